"""What of the rota is still open, from now on: for planning the next weeks, and for filling a form in."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil

from healing import clock
from healing.models import Site
from support.house import Visitor
from support.queries import rota
from support.wall_clock import WEEK, Span, monday_of, whole_week

WEEKS = 4
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Ahead:
    """A week as far as it is still to come."""

    monday: date
    open: int  # hours in which nobody is on call; a part of one is one
    first: datetime | None  # when they begin
    empty: bool


def weeks_ahead(by: Visitor, site: Site) -> list[Ahead]:
    """This week and the next three."""
    monday = monday_of(clock.today(site.time_zone))
    mondays = [monday + number * WEEK for number in range(WEEKS)]
    coming = Span(clock.now(), whole_week(mondays[-1], site.time_zone).end)
    gaps = rota.gaps(by, site, coming)
    return [_ahead(one, whole_week(one, site.time_zone).within(coming), gaps) for one in mondays]


def _ahead(monday: date, week: Span, gaps: list[Span]) -> Ahead:
    found = [gap.within(week) for gap in gaps if gap.meets(week)]
    return Ahead(
        monday=monday,
        open=ceil(sum(gap.hours for gap in found)),
        first=found[0].start if found else None,
        empty=found == [week],
    )


def first_gap(by: Visitor, site: Site, monday: date) -> Span | None:
    """The first hours of a week, from now on, in which nobody is on call; with their end, also after the week."""
    week = whole_week(monday, site.time_zone)
    coming = Span(max(week.start, clock.now()), week.end + DAY)
    if coming.start >= week.end:
        return None
    return next((gap for gap in rota.gaps(by, site, coming) if gap.start < week.end), None)


def next_start(by: Visitor, site: Site) -> datetime | None:
    """When within a day the next one is on call who can be called."""
    soon = Span(clock.now(), clock.now() + DAY)
    starts = [part.start for one in rota.on_call(by, site, soon) for part in one.counts if part.start > soon.start]
    return min((start for start in starts if start < soon.end), default=None)
