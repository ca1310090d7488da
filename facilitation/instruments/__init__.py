"""Question sets as versioned data: what a person is asked, which answers are offered, and what is asked next.

A set that somebody has answered never changes: new words are a new version, in a new file.
Answers are plain: `{link_id: {"codes": [...], "text": "...", "date": "2027-05-03"}}`, and `{}` for a question skipped.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.formats import date_format
from jsonschema import validate

from cases.texts import content_hash

Answer = Mapping[str, Any]
FOLDER = Path(__file__).parent
SCHEMA = FOLDER / "schema.json"
CHOICES = ("choice", "open-choice")
OPEN = ("open-choice", "text")
NOT_SHOWN = {"reviewed", "reviewNote", "sources", "source"}


@dataclass(frozen=True)
class Option:
    """An answer that can be chosen. An exclusive one stands alone; a signpost opens a calm page with phone lines."""

    code: str
    display: str
    exclusive: bool = False
    signpost: str = ""


@dataclass(frozen=True)
class Condition:
    """An earlier answer of the same person, in the same set."""

    question: str
    code: str


@dataclass(frozen=True)
class Question:
    """One page. Its number is None if it only follows from an answer or asks nothing."""

    link_id: str
    type: str
    text: str
    hint: str
    content_note: str
    repeats: bool
    options: tuple[Option, ...]
    enable_when: tuple[Condition, ...]
    number: int | None

    @property
    def offers_choices(self) -> bool:
        return self.type in CHOICES

    @property
    def takes_words(self) -> bool:
        return self.type in OPEN

    @property
    def asks(self) -> bool:
        return self.type != "display"

    def chosen(self, answer: Answer) -> list[Option]:
        return [option for option in self.options if option.code in answer.get("codes", [])]


@dataclass(frozen=True)
class Instrument:
    """A question set in one version and one language, for the sides named."""

    name: str
    version: str
    language: str
    sides: tuple[str, ...]
    title: str
    intro: tuple[str, ...]
    reviewed: bool
    review_note: str
    sources: tuple[str, ...]
    questions: tuple[Question, ...]
    content_hash: str

    @property
    def count(self) -> int:
        """How many questions everybody is asked."""
        return sum(question.number is not None for question in self.questions)

    def question(self, link_id: str) -> Question:
        return next(question for question in self.questions if question.link_id == link_id)


def load(name: str, version: str | None = None, language: str = "en") -> Instrument:
    """The set in this version, or its newest one. LookupError if there is none."""
    found = [one for one in all_instruments() if (one.name, one.language) == (name, language)]
    if version is not None:
        found = [one for one in found if one.version == version]
    if not found:
        raise LookupError(f"There is no question set {name!r} with version {version or 'any'} in {language!r}.")
    return max(found, key=lambda one: int(one.version))


@cache
def all_instruments() -> tuple[Instrument, ...]:
    """Every version that was ever published, by name."""
    return tuple(compiled(json.loads(path.read_text())) for path in sorted(FOLDER.glob("*.v*.*.json")))


def compiled(document: dict[str, Any]) -> Instrument:
    validate(document, json.loads(SCHEMA.read_text()))
    return Instrument(
        name=document["name"],
        version=document["version"],
        language=document["language"],
        sides=tuple(document["for"]),
        title=document["title"],
        intro=tuple(document["intro"]),
        reviewed=document["reviewed"],
        review_note=document["reviewNote"],
        sources=tuple(document["sources"]),
        questions=_questions(document),
        content_hash=content_hash(document, leaving_out=NOT_SHOWN),
    )


def questions_for(instrument: Instrument, answers: Mapping[str, Answer]) -> list[Question]:
    """The questions to ask this person, given their own answers so far and nothing else."""
    return [
        question
        for question in instrument.questions
        if all(when.code in answers.get(when.question, {}).get("codes", []) for when in question.enable_when)
    ]


def standing(instrument: Instrument, answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """The answers that count: an answer to a question no longer asked is left out."""
    asked = questions_for(instrument, answers)
    return {q.link_id: answers[q.link_id] for q in asked if answers.get(q.link_id)}


def readable(question: Question, answer: Answer) -> list[str]:
    """The answer in words, for checking it and for the facilitator. Empty if the question was skipped."""
    words = [option.display for option in question.chosen(answer)]
    if text := answer.get("text"):
        words.append(text)
    if day := answer.get("date"):
        words.append(date_format(date.fromisoformat(day), "l j F Y"))
    return words


def signpost(question: Question, answer: Answer) -> str:
    """The calm page that this answer opens, if any."""
    return next((option.signpost for option in question.chosen(answer) if option.signpost), "")


def _questions(document: dict[str, Any]) -> tuple[Question, ...]:
    questions, number = [], 0
    for item in document["item"]:
        counts = item["type"] != "display" and "enableWhen" not in item
        number += counts
        questions.append(_question(item, document["alwaysOffer"], number if counts else None))
    return tuple(questions)


def _question(item: dict[str, Any], always: list[dict[str, Any]], number: int | None) -> Question:
    options = item["answerOption"] + always if item["type"] in CHOICES else []
    return Question(
        link_id=item["linkId"],
        type=item["type"],
        text=item["text"],
        hint=item.get("hint", ""),
        content_note=item.get("contentNote", ""),
        repeats=item.get("repeats", False),
        options=tuple(Option(**option) for option in options),
        enable_when=tuple(Condition(w["question"], w["answerCode"]) for w in item.get("enableWhen", [])),
        number=number,
    )
