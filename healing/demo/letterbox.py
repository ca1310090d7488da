"""The demo's letter box: what would have left the house lies in files."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.core import mail

END_OF_MESSAGE = b"\n" + b"-" * 79 + b"\n"
MOST = 200


@dataclass(frozen=True)
class Letter:
    ident: str
    to: str
    subject: str
    at: datetime
    text: str
    calendar: str


def put(*, to: str, subject: str, text: str) -> None:
    """What is no letter lies among the letters."""
    box = mail.get_connection("django.core.mail.backends.filebased.EmailBackend", file_path=settings.EMAIL_FILE_PATH)
    mail.EmailMessage(subject, text, to=[to], connection=box).send()


def letters() -> list[Letter]:
    """The newest first."""
    files = sorted(Path(settings.EMAIL_FILE_PATH).glob("*.log"), key=_written, reverse=True)
    return [letter for file in files[:MOST] for letter in reversed(list(_in_file(file)))]


def letter(ident: str) -> Letter | None:
    return next((letter for letter in letters() if letter.ident == ident), None)


def _written(file: Path) -> int:
    return file.stat().st_mtime_ns


def _in_file(file: Path) -> Iterator[Letter]:
    at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    for raw in file.read_bytes().split(END_OF_MESSAGE):
        if raw.strip():
            yield _letter(message_from_bytes(raw, policy=policy.default), at)


def _letter(message: EmailMessage, at: datetime) -> Letter:
    parts = list(message.walk())
    return Letter(
        ident=re.sub(r"\W", "", message["Message-ID"].partition("@")[0]),
        to=str(message["To"]),
        subject=str(message["Subject"]),
        at=at,
        text=_of_kind(parts, "text/plain"),
        calendar=_of_kind(parts, "text/calendar"),
    )


def _of_kind(parts: list[EmailMessage], kind: str) -> str:
    return "\n".join(part.get_content() for part in parts if part.get_content_type() == kind)
