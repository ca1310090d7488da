"""Files that are meant to hurt: the answer comes early, in little memory, and is always a sentence."""

import json
import tracemalloc
from collections.abc import Callable
from itertools import islice
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from importing import DATA, R4, fhir, outcomes

from cases.importers import ColumnMap, Skipped, Taken, UnreadableFile, Wrong, load_column_map, read
from cases.importers.records import LONGEST

MEGABYTE = 1024 * 1024
MAPS = [load_column_map(name) for name in ("generic", "lfpse", "nrls")]


def read_what_can_be_read(content: bytes, column_map: ColumnMap | None = None) -> None:
    try:
        found = outcomes(content, column_map)
    except UnreadableFile:
        return
    for outcome in found:
        if isinstance(outcome, Taken):
            assert all(len(getattr(outcome.record, field)) <= most for field, most in LONGEST.items())
        else:
            assert isinstance(outcome, Wrong | Skipped)
            assert outcome.reason.endswith(".")


@given(st.binary(max_size=400), st.sampled_from([None, *MAPS]))
def test_arbitrary_bytes_never_surprise(content: bytes, column_map: ColumnMap | None) -> None:
    read_what_can_be_read(content, column_map)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(["AdverseEvent"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(R4)), inner, max_size=4),
    max_leaves=8,
)
FIELDS = [
    *R4,
    "meta",
    "status",
    "detected",
    "recordedDate",
    "occurrencePeriod",
    "extension",
    "modifierExtension",
    "code",
]


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(FIELDS), anything, max_size=4))
def test_any_value_in_any_field_never_surprises(changes: dict[str, Any]) -> None:
    read_what_can_be_read(fhir(**changes))


@given(st.data())
def test_a_file_that_is_cut_or_changed_anywhere_never_surprises(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(["r5/Bundle-assembled-compass.json", "stu3/AdverseEvent-example.json"]))
    content = bytearray((DATA / "fhir" / path).read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    read_what_can_be_read(bytes(content[: data.draw(st.integers(0, len(content)))]))


@given(st.lists(st.lists(st.text(max_size=12), max_size=5), max_size=5), st.sampled_from(MAPS))
def test_any_table_never_surprises(rows: list[list[str]], column_map: ColumnMap) -> None:
    heading = ",".join(headings[0] for headings in column_map.columns.values())
    body = "\n".join(",".join(row) for row in rows)
    read_what_can_be_read(f"{heading}\n{body}".encode(errors="surrogatepass"), column_map)


class Endless:
    """A file of 200 MB that exists nowhere: a start, and then the same bytes again and again."""

    def __init__(self, start: bytes, again: bytes) -> None:
        self.start, self.block, self.left = start, again * (MEGABYTE // len(again) + 1), 200 * MEGABYTE

    def read(self, size: int) -> bytes:
        data, self.start = (self.start[:size], self.start[size:]) if self.start else (self.block[:size], b"")
        data = data[: max(self.left, 0)]
        self.left -= len(data)
        return data


HEADINGS = b"reference,occurred on\n"
NONSENSE = {
    "blanks": (b"", b" "),
    "one long line": (b"", b"abc "),
    "open objects": (b"", b'{"a":'),
    "open lists": (b"", b"["),
    "an endless text": (b'{"resourceType": "AdverseEvent", "id": "', b"a"),
    "an endless number": (b"[", b"1"),
    "one endless entry": (b'{"resourceType": "Bundle", "entry": [{"resource": {"a": [', b"{},"),
    "endless keys": (b"{", b'"a":1,'),
    "empty entries": (b'{"resourceType": "Bundle", "entry": [', b"{},"),
    "empty lines of JSON": (b"{}\n{}\n", b"{}\n"),
    "blank lines": (HEADINGS, b"\n"),
    "wrong rows": (HEADINGS, b"x,y\n"),
    "an open quote": (HEADINGS + b'"', b"x\n"),
    "delimiters": (HEADINGS, b","),
    "latin letters": (HEADINGS, b"\xe9,2024-01-01\n"),
    "bytes": (b"", bytes(range(256))),
}


@pytest.mark.parametrize("name", NONSENSE)
def test_two_hundred_megabytes_of_nonsense_are_turned_down_early_and_in_little_memory(name: str) -> None:
    file = Endless(*NONSENSE[name])
    with pytest.raises(UnreadableFile):
        for _ in read(file, name=name):
            pass
    assert 200 * MEGABYTE - file.left < 10 * MEGABYTE
    assert memory_for(lambda: list(islice(read(Endless(*NONSENSE[name]), name=name), 20_000))) < 40 * MEGABYTE


def memory_for(act: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        act()
    except UnreadableFile:
        pass
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return peak


def test_a_large_file_is_read_with_little_memory() -> None:
    entry = json.dumps({"resource": R4}).encode() + b","
    bundle = Endless(b'{"resourceType": "Bundle", "entry": [', entry)
    bundle.left = 20 * MEGABYTE

    def read_all() -> None:
        for _ in read(bundle, name="bundle"):
            pass

    assert memory_for(read_all) < 12 * MEGABYTE
