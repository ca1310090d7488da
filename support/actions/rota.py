"""Planning who is on call. All of it is about shifts; none of it knows whether anybody asks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from healing import access, clock
from healing.errors import HealingError
from healing.models import Site
from healing.roles import Permission
from support.actions.plans import rouse
from support.house import Visitor
from support.models import Shift, Supporter
from support.queries import rota as planned
from support.queries.candidates import away_anywhere, standing
from support.queries.supporters import serving
from support.wall_clock import WEEK, Span, coming, whole_week

MOST_WEEKS = 12


class Overlap(HealingError):
    """The same supporter is on call already. The shift that is there goes with it, if it is at this site."""

    def __init__(self, shift: Shift | None) -> None:
        self.shift = shift
        super().__init__(_("They are on call already for a part of this time. Choose another time or another person."))


@dataclass(frozen=True)
class LeftOut:
    supporter: Supporter
    span: Span
    why: str


@dataclass
class Copied:
    made: dict[UUID, UUID] = field(default_factory=dict)  # the new shifts, and whose they are
    spans: list[Span] = field(default_factory=list)  # when they are
    left_out: list[LeftOut] = field(default_factory=list)
    taken: int = 0  # shifts at whose hours somebody was on call already
    shorter: int = 0  # shifts that were cut to the hours in which nobody was


@transaction.atomic
def add_shift(*, by: Visitor, supporter: Supporter, starts_at: datetime, ends_at: datetime) -> Shift:
    """On call from the one to the other. Nobody has two shifts at once, at whichever sites."""
    site = _required(by, supporter.site)
    if ends_at <= clock.now():
        raise HealingError(_("This time is over already. Choose one that is still to come."))
    held = serving(by, site).select_for_update(no_key=True, of=("self",)).filter(pk=supporter.pk).first()
    if held is None:
        raise HealingError(_("Their record has ended meanwhile. Choose somebody else."))
    taken = _at_the_same_time(by, supporter, Span(starts_at, ends_at))
    if taken:
        raise Overlap(taken if taken.site_id == site.pk else None)
    if starts_at <= clock.now():
        rouse(site.pk)
    return Shift.objects.create(site=site, supporter=supporter, starts_at=starts_at, ends_at=ends_at)


@transaction.atomic
def remove_shift(*, by: Visitor, shift: Shift) -> None:
    """From now on nobody is on call for it. One that is over stays: it happened."""
    _required(by, shift.site)
    if shift.ends_at <= clock.now():
        raise HealingError(_("This shift is over. It stays, because coverage is counted from it."))
    Shift.objects.visible_to(by).filter(pk=shift.pk).delete()


@transaction.atomic
def copy_week(*, by: Visitor, site: Site, monday: date, weeks: int, only_gaps: bool = True) -> Copied:
    """The same people at the same times on the wall, in each of the next weeks, where they are free.

    Unless it is to be added to what is there, only hours are filled in which nobody could have been called.
    """
    _required(by, site)
    if not 1 <= weeks <= MOST_WEEKS:
        raise HealingError(_("Choose between 1 and 12 weeks."))
    list(serving(by, site).select_for_update(no_key=True, of=("self",)).order_by("pk"))  # nobody plans at the same time
    span = whole_week(monday, site.time_zone)
    shifts = Shift.objects.visible_to(by).filter(site=site, starts_at__gte=span.start, starts_at__lt=span.end)
    week = list(shifts.select_related("supporter").order_by("starts_at", "pk"))
    wanted = [
        (shift.supporter, _weeks_later(shift, number, site.time_zone))
        for number in range(1, weeks + 1)
        for shift in week
    ]
    copied = Copied()
    gaps = planned.gaps(by, site, _around(wanted)) if only_gaps and wanted else None
    for supporter, span in wanted:
        if max(span) > clock.now():
            _copy(by, supporter, span, gaps, copied)
    return copied


@transaction.atomic
def take_back(*, by: Visitor, site: Site, made: Mapping[UUID, UUID]) -> int:
    """A copy was a mistake: its shifts go, and how many is told. What has begun or changed hands meanwhile stays."""
    _required(by, site)
    coming = Shift.objects.visible_to(by).filter(site=site, pk__in=made, starts_at__gt=clock.now())
    gone = [shift.pk for shift in coming.select_for_update(of=("self",)) if shift.supporter_id == made[shift.pk]]
    Shift.objects.visible_to(by).filter(pk__in=gone).delete()
    return len(gone)


def _around(wanted: list[tuple[Supporter, Span]]) -> Span:
    return Span(min(min(span) for _, span in wanted), max(max(span) for _, span in wanted))


def _copy(by: Visitor, supporter: Supporter, span: Span, gaps: list[Span] | None, copied: Copied) -> None:
    """Into the hours that were open before the copy, so that two who were on call together are so again."""
    parts = [span]
    if gaps is not None and span.end > span.start:
        parts = [part for part in (gap.within(span) for gap in gaps if gap.meets(span)) if part.end > clock.now()]
    copied.taken += not parts
    copied.shorter += bool(parts) and parts != [span]
    for part in parts:
        why = _why_not(by, supporter, part)
        if why:
            copied.left_out.append(LeftOut(supporter, part, why))
            continue
        made = Shift(site_id=supporter.site_id, supporter=supporter, starts_at=part.start, ends_at=part.end)
        made.save(force_insert=True)
        copied.made[made.pk] = made.supporter_id
        copied.spans.append(part)


def _why_not(by: Visitor, supporter: Supporter, span: Span) -> str:
    if supporter.ended_on:
        return _("their record has ended")
    if span.end <= span.start:
        return _("the clocks skip it")
    if _at_the_same_time(by, supporter, span):
        return _("on call already")
    away = away_anywhere(by).filter(Q(ends_at=None) | Q(ends_at__gt=span.start), starts_at__lt=span.end)
    return _("away") if away.filter(supporter__user_id=supporter.user_id).exists() else ""


def _weeks_later(shift: Shift, weeks: int, zone: str) -> Span:
    """What the clock on the wall shows stays; how long it is may change with the clocks by an hour."""
    walls = [at.astimezone(ZoneInfo(zone)) for at in (shift.starts_at, shift.ends_at)]
    return Span(*(coming(wall.date() + weeks * WEEK, wall.time(), zone) for wall in walls))


def _at_the_same_time(by: Visitor, supporter: Supporter, span: Span) -> Shift | None:
    records = standing(by).filter(user_id=supporter.user_id)
    shifts = Shift.objects.visible_to(by).filter(Q(supporter=supporter) | Q(supporter__in=records))
    shifts = shifts.filter(starts_at__lt=span.end, ends_at__gt=span.start)
    return shifts.order_by("starts_at").first()


def _required(by: Visitor, site: Site) -> Site:
    access.require(by, Permission.SUPPORT_COORDINATE, site.pk)
    return site
