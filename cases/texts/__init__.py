"""The words people say yes to, and the sentences they are sent, as versioned data.

A text that was shown never changes: new words are a new version, added beside the old one.
"""

import hashlib
import json
from collections.abc import Container
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

FOLDER = Path(__file__).parent
NOT_SHOWN = {"reviewed", "review_note", "sources"}


@dataclass(frozen=True)
class ConsentWords:
    """What a person reads before they say yes or no to one purpose."""

    purpose: str
    sides: tuple[str, ...]
    version: str
    language: str
    title: str
    question: str
    says_yes_to: tuple[str, ...]
    who_sees: tuple[str, ...]
    how_to_stop: tuple[str, ...]
    what_stays_private: tuple[str, ...]
    if_you_say_no: tuple[str, ...]
    forms: dict[str, str]
    answers: dict[str, str]
    reviewed: bool
    review_note: str
    sources: tuple[str, ...]
    content_hash: str


@dataclass(frozen=True)
class Notice:
    """A neutral notice: the same words, whatever the cause."""

    code: str
    version: str
    language: str
    title: str
    sentences: tuple[str, ...]
    reviewed: bool
    review_note: str
    content_hash: str

    def filled(self, **words: str) -> list[str]:
        """The sentences with their dates in place. KeyError if one is missing."""
        return [sentence.format(**words) for sentence in self.sentences]


Text = TypeVar("Text", ConsentWords, Notice)


def consent(purpose: str, side: str, version: str | None = None, language: str = "en") -> ConsentWords:
    """The text for this purpose and side, in this version or the newest one. LookupError if there is none."""
    matching = [
        one for one in all_consents() if (one.purpose, one.language) == (purpose, language) and side in one.sides
    ]
    return _newest(matching, version, f"consent text {purpose!r} for {side!r} in {language!r}")


def notice(code: str, version: str | None = None, language: str = "en") -> Notice:
    """The notice in this version or the newest one. LookupError if there is none."""
    matching = [one for one in all_notices() if (one.code, one.language) == (code, language)]
    return _newest(matching, version, f"notice {code!r} in {language!r}")


@cache
def all_consents() -> tuple[ConsentWords, ...]:
    return tuple(ConsentWords(**entry) for entry in _entries("consents.json"))


@cache
def all_notices() -> tuple[Notice, ...]:
    return tuple(Notice(**entry) for entry in _entries("notices.json"))


def content_hash(document: dict[str, Any], leaving_out: Container[str]) -> str:
    """Identifies exactly what a person is shown. It changes with every letter, and not with a review or a source."""

    def shown(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: shown(inner) for key, inner in value.items() if key not in leaving_out}
        return [shown(inner) for inner in value] if isinstance(value, list) else value

    canonical = json.dumps(shown(document), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _entries(file: str) -> list[dict[str, Any]]:
    """Each entry with what its file says once for all of them."""
    content = json.loads((FOLDER / file).read_text())
    entries = [content["common"] | entry for entry in content["texts"]]
    return [_frozen(entry) | {"content_hash": content_hash(entry, leaving_out=NOT_SHOWN)} for entry in entries]


def _frozen(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}


def _newest(matching: list[Text], version: str | None, what: str) -> Text:
    found = [one for one in matching if version in (None, one.version)]
    if not found:
        raise LookupError(f"There is no {what} with version {version or 'any'}.")
    return max(found, key=lambda one: int(one.version))
