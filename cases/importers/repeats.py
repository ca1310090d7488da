"""One event is taken once, however often a file holds it: the newest version, or else the row with the gravest harm."""

import sys
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from cases.importers.harm_scales import gravity
from cases.importers.records import EventRecord, Outcome, Skipped, Taken


class _Seen(NamedTuple):
    row: int
    version: str
    harm: tuple[str, str]


def one_per_event(outcomes: Iterator[Outcome], label: str) -> Iterator[Outcome]:
    """`label` is what a row is called: Row, Entry or Line."""
    seen: dict[tuple[str, str], _Seen] = {}
    for outcome in outcomes:
        if not isinstance(outcome, Taken):
            yield outcome
            continue
        record = outcome.record
        key = (sys.intern(record.source_system), record.reference)
        earlier, this = seen.get(key), _Seen(outcome.row, record.version, _harm(record))
        if earlier and not _replaces(this, earlier):
            yield Skipped(outcome.row, _reason(label, earlier, this))
            continue
        seen[key] = this
        yield outcome
        if earlier:
            yield Skipped(earlier.row, _reason(label, this, earlier), taken_back=True)


def _harm(record: EventRecord) -> tuple[str, str]:
    return record.physical_harm, record.psychological_harm


def _replaces(this: _Seen, earlier: _Seen) -> bool:
    order = compare_versions(this.version, earlier.version)
    return order > 0 or (order == 0 and max(map(gravity, this.harm)) > max(map(gravity, earlier.harm)))


def _reason(label: str, taken: _Seen, other: _Seen) -> str:
    differs = "; its harm grade differs" if taken.harm != other.harm else ""
    newer = "a newer version of " if compare_versions(taken.version, other.version) > 0 else ""
    return f"{label} {other.row} is not taken: {label.lower()} {taken.row} has {newer}the same event{differs}."


def compare_versions(one: str, other: str) -> int:
    """1 when `one` is newer, -1 when older, 0 when that cannot be told."""
    ours, theirs = _rank(one), _rank(other)
    if ours is None or theirs is None or type(ours) is not type(theirs):
        return 0
    return (ours > theirs) - (ours < theirs)


def _rank(version: str) -> int | float | None:
    if version.isascii() and version.isdecimal():
        return int(version)
    try:
        return datetime.fromisoformat(version).timestamp()
    except (ValueError, OverflowError):
        return None
