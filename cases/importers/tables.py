"""Rows of a CSV table as pointers, read as a column map says. Rows are numbered as a spreadsheet numbers them."""

import csv
import io
from collections.abc import Iterator

from cases.importers.column_maps import AXES, ColumnMap, SkipRule
from cases.importers.dates import from_text, in_order
from cases.importers.harm_scales import SCALES, step
from cases.importers.records import LONGEST, EventRecord, Mistake, Outcome, Skipped, Taken, UnreadableFile, Wrong
from cases.importers.streams import lines
from cases.importers.text import clean, is_label

LONGEST_CELL = 131_072  # the csv module's own limit


def outcomes(stream: io.BufferedReader, column_map: ColumnMap) -> Iterator[Outcome]:
    rows = _numbered_rows(stream, column_map)
    table = _Table(column_map, _headings(rows, column_map))
    for number, cells in rows:
        if any(cells):
            yield table.outcome(number, cells)


def _numbered_rows(stream: io.BufferedReader, column_map: ColumnMap) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(LONGEST_CELL)
    number = 0
    try:
        for cells in csv.reader(lines(stream, column_map.encoding), delimiter=column_map.delimiter, strict=True):
            number += 1
            yield number, cells
    except csv.Error:
        raise UnreadableFile(
            f"From row {number + 1} on this is not a table: a quote is open or out of place, or a cell is longer than "
            f"{LONGEST_CELL:,} characters. Export it again as CSV."
        ) from None


def _headings(rows: Iterator[tuple[int, list[str]]], column_map: ColumnMap) -> list[str]:
    for number, cells in rows:
        if number == column_map.heading_row:
            return [_folded(cell) for cell in cells]
    raise UnreadableFile(f"The table has no row {column_map.heading_row} with headings. Check the map's heading_row.")


def _folded(heading: str) -> str:
    return " ".join(heading.split()).casefold()


class _Table:
    """The map laid on one table's headings."""

    def __init__(self, column_map: ColumnMap, headings: list[str]) -> None:
        self.map = column_map
        self.headings = headings
        self.at: dict[str, tuple[int, str]] = {}
        for field, candidates in column_map.columns.items():
            heading = next((each for each in candidates if _folded(each) in headings), None)
            if heading:
                self.at[field] = (self._only(heading), heading)
            elif field in column_map.required:
                raise UnreadableFile(
                    f"Row {column_map.heading_row} has no heading {' or '.join(candidates)}, which the column map "
                    f"{column_map.name} needs. Choose another map, or correct the heading."
                )
        self.skip = [(self._only(rule.column), rule) for rule in column_map.skip if _folded(rule.column) in headings]

    def _only(self, heading: str) -> int:
        if self.headings.count(_folded(heading)) > 1:
            raise UnreadableFile(f"The heading {heading} is there twice. Rename the one that is not meant.")
        return self.headings.index(_folded(heading))

    def outcome(self, number: int, cells: list[str]) -> Outcome:
        where = f"Row {number}"
        try:
            cells = self._fitted(cells)
            if rule := self._rule_to_skip(cells):
                return Skipped(number, f"{where} {rule.reason}")
            return Taken(number, self._record(cells))
        except Mistake as mistake:
            return Wrong(number, f"{where}: {mistake}")

    def _fitted(self, cells: list[str]) -> list[str]:
        width = len(self.headings)
        if len(cells) < width or any(cells[width:]):
            raise Mistake(f"it has {len(cells)} cells, the heading has {width}. Look for a stray or missing delimiter.")
        return cells[:width]

    def _rule_to_skip(self, cells: list[str]) -> SkipRule | None:
        return next((rule for at, rule in self.skip if cells[at].strip().casefold() in rule.values), None)

    def _record(self, cells: list[str]) -> EventRecord:
        reference = self._text(cells, "reference")
        if not reference:
            raise Mistake(f"{self._heading('reference')} is empty. It should be the event's number in its own system.")
        occurred = from_text(self._raw(cells, "occurred_on"), self.map.dates, self._heading("occurred_on"))
        recorded = from_text(self._raw(cells, "recorded_on"), self.map.dates, self._heading("recorded_on"))
        in_order(occurred, recorded, self._heading("recorded_on"), self._heading("occurred_on"))
        return EventRecord(
            source_system=self.map.source_system,
            reference=reference,
            version=self._text(cells, "version"),
            occurred_on=occurred.day,
            occurred_precision=occurred.precision,
            recorded_on=recorded.day if recorded.precision == "day" else None,
            kind=self._kind(cells),
            physical_harm=self._grade(cells, "physical_harm"),
            psychological_harm=self._grade(cells, "psychological_harm"),
            harm_original=self._original(cells),
            service_area=self._service_area(cells),
        )

    def _heading(self, field: str) -> str:
        return self.at[field][1] if field in self.at else field

    def _raw(self, cells: list[str], field: str) -> str:
        return cells[self.at[field][0]].strip() if field in self.at else ""

    def _text(self, cells: list[str], field: str) -> str:
        return clean(self._raw(cells, field), field, self._heading(field))

    def _kind(self, cells: list[str]) -> str:
        kind = self._text(cells, "kind")
        if kind and not is_label(kind):
            raise Mistake(f"{self._heading('kind')} is a sentence. Map a column with categories, not descriptions.")
        return kind

    def _service_area(self, cells: list[str]) -> str:
        area = self._raw(cells, "service_area")
        area = self.map.service_areas.get(area, area)
        return (
            clean(area, "service_area", self._heading("service_area")) if len(area) <= LONGEST["service_area"] else ""
        )

    def _grade(self, cells: list[str], axis: str) -> str:
        value = self._raw(cells, axis)
        grade = step(self.map.scales[axis], value) if value else ""
        if grade is None:
            right = ", ".join(SCALES[self.map.scales[axis]])
            raise Mistake(f"{self._heading(axis)} is not a grade of the scale. It should be one of: {right}.")
        return grade

    def _original(self, cells: list[str]) -> str:
        """The grades as the source has them. They are of the scale by now, so they hold no free words."""
        values = {axis: self._raw(cells, axis) for axis in AXES}
        told = [f"{axis.removesuffix('_harm')}: {value}" for axis, value in values.items() if value]
        return "; ".join(told)[: LONGEST["harm_original"]]
