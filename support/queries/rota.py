"""The rota as it would work if somebody asked: whoever is away, has ended or is not trained leaves a gap."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import ceil
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.translation import gettext as _

from healing import clock
from healing.languages import shares_one
from healing.models import Holiday, Site
from support.codes import NEEDED_COMPETENCES
from support.house import Visitor
from support.models import Alarm, Competence, Shift, Supporter
from support.queries.candidates import away_anywhere
from support.queries.supporters import givers, names
from support.wall_clock import Span, on_the_wall, whole_day, whole_week, without

LATER = datetime.max.replace(tzinfo=UTC)
NIGHT = timedelta(days=1)  # a gap at night is told with its end, also on the week's last day


@dataclass(frozen=True)
class OnCall:
    """One shift, and the parts of it in which its supporter could really be called."""

    shift: Shift
    name: str
    counts: list[Span]
    note: str

    @property
    def span(self) -> Span:
        return Span(self.shift.starts_at, self.shift.ends_at)


@dataclass(frozen=True)
class Line:
    """One line of a day: somebody, or nobody. `since` and `until` are empty where it goes on beyond, or all day."""

    span: Span
    on_call: OnCall | None
    since: str
    until: str
    over: bool
    acts: bool  # something can be done about it, and the day before does not offer that already


@dataclass(frozen=True)
class Day:
    date: date
    holiday: str
    hours: int
    lines: list[Line]


@dataclass(frozen=True)
class Week:
    monday: date
    days: list[Day]
    hours: int
    covered: float

    @property
    def open(self) -> int:
        """Hours, rounded up: none is only said of none."""
        return ceil(round(self.hours - self.covered, 3))


def week(by: Visitor, site: Site, monday: date) -> Week:
    zone = site.time_zone
    whole = whole_week(monday, zone)
    seen = Span(whole.start - NIGHT, whole.end + NIGHT)
    shifts = on_call(by, site, seen)
    open_hours = _open(seen, shifts)
    dates = [monday + timedelta(days=number) for number in range(7)]
    off = dict(Holiday.objects.filter(site=site, day__in=dates).values_list("day", "name"))
    missing = sum(gap.within(whole).hours for gap in open_hours if gap.meets(whole))
    first = {monday, clock.today(zone)}  # on these days the page begins: what is on the day before may be folded away
    days = [_day(day, off.get(day, ""), shifts, open_hours, zone, day in first) for day in dates]
    return Week(monday, days, round(whole.hours), whole.hours - missing)


def gaps(by: Visitor, site: Site, span: Span) -> list[Span]:
    """When in this time nobody could be called."""
    return _open(span, on_call(by, site, span))


def _open(span: Span, shifts: list[OnCall]) -> list[Span]:
    return without(span, (part for one in shifts for part in one.counts))


def holidays(site: Site, spans: list[Span]) -> list[Holiday]:
    """Days off that any of these stretches of time touches."""
    if not spans:
        return []
    zone = ZoneInfo(site.time_zone)
    first, last = min(span.start for span in spans), max(span.end for span in spans)
    between = (first.astimezone(zone).date(), last.astimezone(zone).date())
    rows = Holiday.objects.filter(site=site, day__range=between)
    return [
        row for row in rows.order_by("day") if any(span.meets(whole_day(row.day, site.time_zone)) for span in spans)
    ]


def on_call(by: Visitor, site: Site, span: Span) -> list[OnCall]:
    """Every shift in this time, by when it begins."""
    rows = Shift.objects.visible_to(by).filter(site=site, starts_at__lt=span.end, ends_at__gt=span.start)
    shifts = list(rows.select_related("supporter").order_by("starts_at", "pk"))
    known = names(shift.supporter.user_id for shift in shifts)
    fit = {shift.supporter_id: shift.supporter for shift in shifts}
    could = _could_be_called(by, site, fit)
    away = _away(by, [one.user_id for one in fit.values()], span)
    return [
        _one(shift, known.get(shift.supporter.user_id, ""), *could[shift.supporter_id], away[shift.supporter.user_id])
        for shift in shifts
    ]


def alarms(by: Visitor) -> dict[Site, int]:
    """How many wait at each of the sites whose rota is looked after, where somebody does."""
    found = Counter(alarm.site for alarm in Alarm.objects.visible_to(by).select_related("site"))
    return dict(sorted(found.items(), key=lambda one: one[0].name))


def _one(shift: Shift, name: str, could: Span, why: str, away: list[Span]) -> OnCall:
    span = Span(shift.starts_at, shift.ends_at)
    fit = [span.within(could)] if span.meets(could) else []
    counts = [part for one in fit for part in without(one, away)]
    if fit != [span]:
        return OnCall(shift, name, counts, why)
    if not counts:
        return OnCall(shift, name, counts, _("away"))
    return OnCall(shift, name, counts, "" if counts == [span] else _("away for a part of it"))


def _could_be_called(by: Visitor, site: Site, supporters: dict[UUID, Supporter]) -> dict[UUID, tuple[Span, str]]:
    """From when until when each of them is somebody who may be called, and in words why not at other times."""
    standing = givers(by, site)
    learnt: dict[UUID, dict[str, Competence]] = defaultdict(dict)
    for one in Competence.objects.visible_to(by).filter(supporter__in=supporters, number__in=NEEDED_COMPETENCES):
        learnt[one.supporter_id][one.number] = one
    return {
        pk: _standing(supporter, learnt[pk], site)
        if supporter.user_id in standing
        else (_never(), _("not a peer supporter any more"))
        for pk, supporter in supporters.items()
    }


def _standing(supporter: Supporter, learnt: dict[str, Competence], site: Site) -> tuple[Span, str]:
    if supporter.agreed_on is None:
        return _never(), _("has not signed yet")
    if len(learnt) < len(NEEDED_COMPETENCES):
        return _never(), _("training is missing")
    if not shares_one(site.languages, supporter.languages):
        return _never(), _("speaks no language that people here can choose")
    starts = [supporter.agreed_on, *(one.gained_on for one in learnt.values())]
    ends = [one.expires_on for one in learnt.values() if one.expires_on]
    if supporter.ended_on:
        ends.append(supporter.ended_on + timedelta(days=1))
    end = whole_day(min(ends), site.time_zone).start if ends else LATER
    return Span(whole_day(max(starts), site.time_zone).start, end), _("training is not valid all of this time")


def _never() -> Span:
    return Span(LATER, LATER)


def _away(by: Visitor, users: list[UUID], span: Span) -> dict[UUID, list[Span]]:
    found: dict[UUID, list[Span]] = defaultdict(list)
    rows = away_anywhere(by).filter(Q(ends_at=None) | Q(ends_at__gt=span.start), supporter__user_id__in=users)
    for user, start, end in rows.values_list("supporter__user_id", "starts_at", "ends_at"):
        found[user].append(Span(start, end or LATER))
    return found


def _day(day: date, holiday: str, shifts: list[OnCall], gaps: list[Span], zone: str, first: bool) -> Day:
    whole = whole_day(day, zone)
    everything: list[tuple[Span, OnCall | None]] = [(gap, None) for gap in gaps if first or not _told(gap, whole)]
    everything += [(one.span, one) for one in shifts]
    lines = [_line(span, one, whole, zone, first) for span, one in everything if span.meets(whole)]
    lines.sort(key=lambda line: (line.span.within(whole).start, line.on_call is None))
    return Day(day, holiday, round(whole.hours), lines)


def _told(gap: Span, whole: Span) -> bool:
    """A night without anybody is one gap: it stands with its end on the day on which it begins."""
    return whole.start - NIGHT < gap.start < whole.start and gap.end <= whole.end


def _line(span: Span, one: OnCall | None, whole: Span, zone: str, first: bool) -> Line:
    begins = span.start >= whole.start
    all_day = span.start <= whole.start and span.end >= whole.end
    ends = span.end <= (whole.end + NIGHT if begins else whole.end)
    over = min(span.end, whole.end) <= clock.now()
    return Line(
        span=span,
        on_call=one,
        since=on_the_wall(span.start, zone) if begins and not all_day else "",
        until=on_the_wall(span.end, zone) if ends and not all_day else "",
        over=over,
        acts=not over and (begins or first or one is None),
    )
