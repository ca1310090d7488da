"""What an import yields: for every row of a file, whether it was taken, skipped or wrong, and why.

A record points to the hospital's incident system; it never copies it. Narratives, names and reporters are not read.
"""

from dataclasses import dataclass
from datetime import date

from healing.errors import HealingError

LONGEST = {
    "source_system": 200,
    "reference": 200,
    "version": 40,
    "kind": 120,
    "harm_original": 60,
    "service_area": 80,
}


@dataclass(frozen=True, slots=True)
class EventRecord:
    """Where an event can be found again, and the few coded facts that help to decide whom to ask."""

    source_system: str  # the namespace in which the reference is unique
    reference: str
    version: str
    occurred_on: date | None  # the first day of the month or year when no day is known
    occurred_precision: str  # day, month, year or unknown
    recorded_on: date | None
    kind: str  # a category's code or display, never a description
    physical_harm: str  # a step of harm_scales.STEPS, or "" when the source says nothing
    psychological_harm: str
    harm_original: str  # the codes as the source had them
    service_area: str


@dataclass(frozen=True, slots=True)
class Taken:
    row: int
    record: EventRecord


@dataclass(frozen=True, slots=True)
class Skipped:
    """`taken_back` is true when the row was Taken before, and a later row of the same event took its place."""

    row: int
    reason: str
    taken_back: bool = False


@dataclass(frozen=True, slots=True)
class Wrong:
    row: int
    reason: str


Outcome = Taken | Skipped | Wrong


class UnreadableFile(HealingError):
    """The whole file cannot be used. The sentence says what it is and what would be right."""


class Mistake(Exception):
    """One row cannot be used. The sentence names the field and says what would be right."""
