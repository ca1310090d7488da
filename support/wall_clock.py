"""The clock on the wall at a site, and stretches of time. A rota is planned on the wall and kept in UTC."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from healing.errors import HealingError

WEEK = timedelta(days=7)


class SkippedTime(HealingError):
    """The clocks go forward over this time: it is never on the wall."""


class Span(NamedTuple):
    start: datetime
    end: datetime

    @property
    def hours(self) -> float:
        return (self.end - self.start) / timedelta(hours=1)

    def meets(self, other: "Span") -> bool:
        return self.start < other.end and other.start < self.end

    def within(self, other: "Span") -> "Span":
        return Span(max(self.start, other.start), min(self.end, other.end))


def moment(day: date, at: time, zone: str) -> datetime:
    """When the clock shows this. A time that comes twice is the first one; one that is skipped raises."""
    wall = datetime.combine(day, at)
    found = coming(day, at, zone)
    if found.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != wall:
        said = _("The clocks go forward on %(day)s, and %(at)s is skipped. Choose a time before or after.")
        raise SkippedTime(said % {"day": f"{day:%d.%m.%Y}", "at": f"{at:%H:%M}"})
    return found


def coming(day: date, at: time, zone: str) -> datetime:
    """The same, but in place of a skipped time the one that the clock shows then."""
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)


def whole_day(day: date, zone: str) -> Span:
    """From midnight to midnight: 23, 24 or 25 hours."""
    return Span(coming(day, time(), zone), coming(day + timedelta(days=1), time(), zone))


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def whole_week(monday: date, zone: str) -> Span:
    return Span(whole_day(monday, zone).start, whole_day(monday + WEEK, zone).start)


def without(span: Span, holes: Iterable[Span]) -> list[Span]:
    """What is left of a stretch of time when others are taken out of it."""
    left, start = [], span.start
    for hole in sorted(hole for hole in holes if hole.meets(span)):
        if hole.start > start:
            left.append(Span(start, hole.start))
        start = max(start, hole.end)
    return [*left, Span(start, span.end)] if start < span.end else left


def on_the_wall(at: datetime, zone: str) -> str:
    """14:30; an hour that comes twice says which one it is."""
    local = at.astimezone(ZoneInfo(zone))
    twice = local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
    return f"{local:%H:%M} {local.tzname()}" if twice else f"{local:%H:%M}"
