"""Dates as sources write them: to the day, the month or the year, and only if they are possible."""

import re
from datetime import date, datetime, timedelta
from typing import NamedTuple

from cases.importers.records import Mistake
from cases.importers.text import shown
from healing import clock

EARLIEST = date(1920, 1, 1)
FHIR_DATE = re.compile(
    r"(?P<year>\d{4})(-(?P<month>\d\d)(-(?P<day>\d\d)(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?", re.ASCII
)


class When(NamedTuple):
    day: date | None
    precision: str


UNKNOWN = When(None, "unknown")


def from_fhir(value: object, field: str) -> When:
    """The day as it was where the event took place: the offset is not applied."""
    if value in (None, ""):
        return UNKNOWN
    match = FHIR_DATE.fullmatch(value) if isinstance(value, str) else None
    if not match:
        raise Mistake(f"{field} is not a date. It should be a date such as 2024-03-31, 2024-03 or 2024.")
    parts = match.groupdict()
    precision = "day" if parts["day"] else "month" if parts["month"] else "year"
    try:
        day = date(int(parts["year"]), int(parts["month"] or 1), int(parts["day"] or 1))
    except ValueError:
        raise Mistake(f"{field} is {match[0][:10]}, a day that does not exist. It should be a real date.") from None
    return possible(day, precision, field)


def from_text(value: str, formats: tuple[str, ...], column: str) -> When:
    """The first format that fits decides the day and how exact it is."""
    if not value:
        return UNKNOWN
    for pattern in formats:
        try:
            day = datetime.strptime(value, pattern).date()
        except ValueError:
            continue
        return possible(day, _precision(pattern), column)
    raise Mistake(f"{column} is {shown(value)}. It should be a real date written as {' or '.join(formats)}.")


def _precision(pattern: str) -> str:
    if "%d" in pattern:
        return "day"
    return "month" if any(part in pattern for part in ("%m", "%b", "%B")) else "year"


def possible(day: date, precision: str, field: str) -> When:
    latest = clock.today("UTC") + timedelta(days=1)  # it may be tomorrow already where the event took place
    if day < EARLIEST:
        raise Mistake(f"{field} is in the year {day.year:04}, before {EARLIEST.year}. Check the year.")
    if day > latest:
        raise Mistake(f"{field} is {day}, a day to come. Check the date.")
    return When(day, precision)


def in_order(occurred: When, later: When, field: str, occurred_field: str) -> None:
    """An event is noticed and recorded after it happened; a day's grace allows for time zones."""
    if occurred.day and later.day and later.precision == "day" and later.day + timedelta(days=1) < occurred.day:
        raise Mistake(f"{field} ({later.day}) is before {occurred_field} ({occurred.day}). Check both dates.")
