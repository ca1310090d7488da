"""A real mail server for tests. It keeps what it took, and can be told to say no or to hang up."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope, Session

TAKEN = "250 taken"


class Sink:
    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.recipient_answer = TAKEN
        self.data_answer = TAKEN  # an empty answer hangs up after the message was read

    async def handle_RCPT(self, server: Any, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        if self.recipient_answer == TAKEN:
            envelope.rcpt_tos.append(address)
        return self.recipient_answer

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:
        if self.data_answer in (TAKEN, ""):
            self.letters.append(message_from_bytes(envelope.content.replace(b"\r\n", b"\n"), policy=policy.default))
        if not self.data_answer:
            server.transport.abort()
        return self.data_answer or TAKEN

    def to(self, address: str) -> list[EmailMessage]:
        return [letter for letter in self.letters if letter["To"] == address]


@contextmanager
def listening(settings: Any, sink: Sink | None = None) -> Iterator[Sink]:
    """Point the mailer at a server of this test's own."""
    sink = sink or Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = controller.hostname, controller.port
        yield sink
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
