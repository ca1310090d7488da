"""Harm events from a file: FHIR AdverseEvents (STU3, R4, R5) or a table with a column map. Nothing is stored here.

    for outcome in read(file, name="events.json"): ...

yields Taken, Skipped or Wrong for each row and raises UnreadableFile when the whole file is of no use. A Skipped with
`taken_back` takes back a row that was yielded as Taken before.
"""

from collections.abc import Iterator
from typing import BinaryIO

from cases.importers import fhir, tables
from cases.importers.column_maps import ColumnMap, load_column_map
from cases.importers.json_entries import from_document, from_lines
from cases.importers.records import EventRecord, Outcome, Skipped, Taken, UnreadableFile, Wrong
from cases.importers.repeats import one_per_event
from cases.importers.streams import kind_of, opened

__all__ = [
    "ColumnMap",
    "EventRecord",
    "Outcome",
    "Skipped",
    "Taken",
    "UnreadableFile",
    "Wrong",
    "load_column_map",
    "read",
]

MOST_ROWS = 200_000  # an event's reference is remembered until the end of its file


def read(file: BinaryIO, *, name: str, column_map: ColumnMap | None = None) -> Iterator[Outcome]:
    """What becomes of each row. The kind of file is judged by its content. A table needs a map, or is `generic`."""
    try:
        label, outcomes = _outcomes(file, column_map)
        yield from one_per_event(_limited(outcomes), label)
    except UnreadableFile as problem:
        raise UnreadableFile(f"{name}: {problem}") from None


def _outcomes(file: BinaryIO, column_map: ColumnMap | None) -> tuple[str, Iterator[Outcome]]:
    stream, head = opened(file)
    kind = kind_of(head)
    if kind == "csv":
        return "Row", tables.outcomes(stream, column_map or load_column_map("generic"))
    if kind == "ndjson":
        return "Line", map(fhir.outcome, from_lines(stream))
    return "Entry", map(fhir.outcome, from_document(stream, head))


def _limited(outcomes: Iterator[Outcome]) -> Iterator[Outcome]:
    for count, outcome in enumerate(outcomes, 1):
        if count > MOST_ROWS:
            raise UnreadableFile(f"The file has more than {MOST_ROWS:,} rows. Split it, for instance by month.")
        yield outcome
