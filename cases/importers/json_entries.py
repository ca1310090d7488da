"""The resources of a FHIR file one by one: a single resource, a Bundle, a list, or one resource to a line.

Each entry has a budget of bytes, values and depth, so a hostile file costs no more memory than an honest one.
"""

import codecs
import io
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import ijson

from cases.importers.records import Mistake, UnreadableFile
from cases.importers.streams import HEAD, SAVE_AS_UTF8, lines
from cases.importers.text import is_code

MOST_BYTES = 8 * 1024 * 1024
MOST_VALUES = 100_000
DEEPEST = 60
WANTED = "Choose a file with an AdverseEvent, a Bundle or a list of AdverseEvents, or one AdverseEvent to a line."


class Entry(NamedTuple):
    label: str  # what the row is called to the user: Entry or Line
    row: int
    resource: Any
    full_url: Any = None
    repeated: str = ""  # a key that is there twice
    broken: str = ""  # why this line is not JSON


class _Metered:
    """A file that notices when one entry grows past its budget, and text that is not UTF-8."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.decoder = codecs.getincrementaldecoder("utf-8")()
        self.since_last_entry = 0

    def read(self, size: int = -1) -> bytes:
        data = self.stream.read(size)
        self.decoder.decode(data, final=not data)
        self.since_last_entry += len(data)
        if self.since_last_entry > MOST_BYTES:
            raise Mistake(f"is larger than {MOST_BYTES // 1024**2} MB. Leave out attachments and images.")
        return data


class _Parser:
    def __init__(self, stream: Any) -> None:
        self.meter = _Metered(stream)
        self.events = ijson.basic_parse(self.meter, use_float=True)
        self.begin_entry()

    def begin_entry(self) -> None:
        self.meter.since_last_entry = self.values = 0
        self.repeated = ""

    def value(self, event: str, value: Any, depth: int = 0) -> Any:
        self.values += 1
        if self.values > MOST_VALUES:
            raise Mistake(f"has more than {MOST_VALUES} values. Check that this is the right file.")
        if depth > DEEPEST:
            raise Mistake(f"is nested deeper than {DEEPEST} levels. Check that this is the right file.")
        if event == "start_map":
            return self._object(depth + 1)
        if event == "start_array":
            return list(self.items(depth + 1))
        return value

    def _object(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for event, key in self.events:
            if event == "end_map":
                break
            if key in found:
                self.repeated = key if is_code(key) else "a key"
            event, value = next(self.events)
            found[key] = self.value(event, value, depth)
        return found

    def items(self, depth: int = 0) -> Iterator[Any]:
        for event, value in self.events:
            if event == "end_array":
                return
            yield self.value(event, value, depth)


def from_document(stream: io.BufferedReader, head: bytes) -> Iterator[Entry]:
    parser = _Parser(stream)
    row = 0
    try:
        for entry in _document(parser):
            row = entry.row
            yield entry
        for _ in parser.events:  # only to hear of what follows the end
            pass
    except Mistake as mistake:
        raise UnreadableFile(f"Entry {row + 1} {mistake}") from None
    except UnicodeDecodeError:
        raise UnreadableFile(f"The file is not in UTF-8 in entry {row + 1}. {SAVE_AS_UTF8}") from None
    except (ijson.JSONError, ValueError) as error:
        if "premature EOF" in str(error):
            raise UnreadableFile(f"The file is cut off in entry {row + 1}. Get the whole file again.") from None
        raise UnreadableFile(f"The file is not JSON {_place(head, row + 1)}. Export it again.") from None


def from_lines(stream: io.BufferedReader) -> Iterator[Entry]:
    """A broken line spoils only itself."""
    for row, line in enumerate(lines(stream, "utf-8"), 1):
        if not line.strip():
            continue
        parser = _Parser(io.BytesIO(line.encode()))
        try:
            resource = parser.value(*next(parser.events))
            for _ in parser.events:
                pass
        except Mistake as mistake:
            yield Entry("Line", row, None, broken=str(mistake))
        except (ijson.JSONError, ValueError):
            yield Entry("Line", row, None, broken="is not JSON. It should be one whole AdverseEvent.")
        else:
            yield Entry("Line", row, resource, repeated=parser.repeated)


def _document(parser: _Parser) -> Iterator[Entry]:
    event, _ = next(parser.events)
    if event == "start_map":
        yield from _bundle_or_resource(parser)
    elif event == "start_array":
        for row, resource in enumerate(parser.items(), 1):
            yield Entry("Entry", row, resource, repeated=parser.repeated)
            parser.begin_entry()


def _bundle_or_resource(parser: _Parser) -> Iterator[Entry]:
    top: dict[str, Any] = {}
    repeated = ""
    for event, key in parser.events:
        if event == "end_map":
            break
        event, value = next(parser.events)
        if key in top and key in ("entry", "resourceType"):
            raise UnreadableFile(f'The key "{key}" is there twice. Export the file again.')
        if key == "entry" and event == "start_array" and top.get("resourceType", "Bundle") == "Bundle":
            top[key] = []
            yield from _bundle_entries(parser)
            continue
        if key in top:
            repeated = key if is_code(key) else "a key"
        top[key] = parser.value(event, value)
        if key == "resourceType":
            _require_usable(top[key])
    _require_usable(top.get("resourceType"))
    if top["resourceType"] == "AdverseEvent":
        if top.get("entry") == []:
            raise UnreadableFile("The file is an AdverseEvent with entries, which FHIR does not know. Export it again.")
        yield Entry("Entry", 1, top, repeated=repeated or parser.repeated)
    elif not isinstance(top.get("entry", []), list):
        raise UnreadableFile("The Bundle's entry is not a list. Export the file again.")


def _bundle_entries(parser: _Parser) -> Iterator[Entry]:
    parser.begin_entry()
    for row, item in enumerate(parser.items(), 1):
        if isinstance(item, dict):
            yield Entry("Entry", row, item.get("resource"), item.get("fullUrl"), parser.repeated)
        else:
            yield Entry("Entry", row, item)
        parser.begin_entry()


def _require_usable(resource_type: Any) -> None:
    if resource_type in ("AdverseEvent", "Bundle"):
        return
    what = f"a FHIR {resource_type}" if is_code(resource_type) else "JSON without a FHIR resource type"
    raise UnreadableFile(f"The file is {what}. {WANTED}")


def _place(head: bytes, row: int) -> str:
    """The line of the mistake, where the whole file is at hand; else the entry."""
    if len(head) < HEAD // 2:
        try:
            json.loads(head)
        except json.JSONDecodeError as error:
            return f"in line {error.lineno}"
        except (ValueError, RecursionError):
            pass
    return f"in entry {row}"
