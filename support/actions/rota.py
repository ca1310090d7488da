"""Planning who is on call. All of it is about shifts; none of it knows whether anybody asks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from healing import access, clock, ids
from healing.errors import HealingError
from healing.models import Site
from healing.roles import Permission
from support.actions.plans import plan
from support.house import Visitor
from support.models import Shift, Supporter
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
    left_out: list[LeftOut] = field(default_factory=list)


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
        plan("support.rouse", subject=site.pk, at=clock.now(), key=f"support.rouse:{ids.token()}")
    return Shift.objects.create(site=site, supporter=supporter, starts_at=starts_at, ends_at=ends_at)


@transaction.atomic
def remove_shift(*, by: Visitor, shift: Shift) -> None:
    """From now on nobody is on call for it. One that is over stays: it happened."""
    _required(by, shift.site)
    if shift.ends_at <= clock.now():
        raise HealingError(_("This shift is over. It stays, because coverage is counted from it."))
    Shift.objects.visible_to(by).filter(pk=shift.pk).delete()


@transaction.atomic
def copy_week(*, by: Visitor, site: Site, monday: date, weeks: int) -> Copied:
    """The same people at the same times on the wall, in each of the next weeks, where they are free."""
    _required(by, site)
    if not 1 <= weeks <= MOST_WEEKS:
        raise HealingError(_("Choose between 1 and 12 weeks."))
    list(serving(by, site).select_for_update(no_key=True, of=("self",)).order_by("pk"))  # nobody plans at the same time
    span = whole_week(monday, site.time_zone)
    shifts = Shift.objects.visible_to(by).filter(site=site, starts_at__gte=span.start, starts_at__lt=span.end)
    copied = Copied()
    for number in range(1, weeks + 1):
        for shift in shifts.select_related("supporter").order_by("starts_at", "pk"):
            _copy(by, shift, _weeks_later(shift, number, site.time_zone), copied)
    return copied


@transaction.atomic
def take_back(*, by: Visitor, site: Site, made: Mapping[UUID, UUID]) -> int:
    """A copy was a mistake: its shifts go, and how many is told. What has begun or changed hands meanwhile stays."""
    _required(by, site)
    coming = Shift.objects.visible_to(by).filter(site=site, pk__in=made, starts_at__gt=clock.now())
    gone = [shift.pk for shift in coming.select_for_update(of=("self",)) if shift.supporter_id == made[shift.pk]]
    Shift.objects.visible_to(by).filter(pk__in=gone).delete()
    return len(gone)


def _copy(by: Visitor, shift: Shift, span: Span, copied: Copied) -> None:
    if max(span) <= clock.now():
        return
    why = _why_not(by, shift.supporter, span)
    if why:
        copied.left_out.append(LeftOut(shift.supporter, span, why))
        return
    made = Shift(site_id=shift.site_id, supporter=shift.supporter, starts_at=span.start, ends_at=span.end)
    made.save(force_insert=True)
    copied.made[made.pk] = made.supporter_id


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
