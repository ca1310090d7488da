"""Shifts as their supporters see them: their own, what is on offer, and who is on call this week."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from healing import clock
from healing.models import Site, User
from healing.protected import ScopedQuerySet
from support.house import Visitor
from support.models import Away, Shift, Supporter, Swap
from support.wall_clock import whole_week


def own_sites(by: Visitor) -> list[Site]:
    """Where they support, by name."""
    own = Supporter.objects.visible_to(by).filter(pk__in=by.supporters).values("site")
    return list(Site.objects.filter(pk__in=own).order_by("name", "pk"))


def names(by: Visitor, sites: Iterable[Site]) -> dict[UUID, str]:
    """What everybody who supports at these sites is called."""
    users = dict(Supporter.objects.visible_to(by).filter(site__in=sites).values_list("pk", "user_id"))
    called = dict(User.objects.filter(pk__in=users.values()).values_list("pk", "name"))
    return {supporter: called.get(user, "") for supporter, user in users.items()}


def colleagues(by: Visitor, shift: Shift) -> list[tuple[str, str]]:
    """Who else could take this shift, by name: whoever supports at its site."""
    rows = Supporter.objects.visible_to(by).filter(site=shift.site, ended_on=None).exclude(pk=shift.supporter_id)
    rows = rows.exclude(pk__in=_left(by).filter(shift=shift).values("to"))  # nobody is asked twice
    called = names(by, [shift.site])
    return sorted(((str(pk), called[pk]) for pk in rows.values_list("pk", flat=True)), key=lambda pair: pair[1])


def open_swaps(by: Visitor) -> ScopedQuerySet[Swap]:
    """What is on offer and has not begun, my own and what I may take."""
    rows = Swap.objects.visible_to(by).filter(state="open", shift__starts_at__gt=clock.now())
    return rows.select_related("shift", "site").order_by("shift__starts_at")


def on_offer_to_me(by: Visitor) -> list[Swap]:
    return list(open_swaps(by).exclude(offered_by__in=by.supporters))


def taken_from_me(by: Visitor) -> list[Swap]:
    """Shifts still to come that I gave away and a colleague has taken."""
    rows = Swap.objects.visible_to(by).filter(offered_by__in=by.supporters, state="taken")
    rows = rows.filter(shift__starts_at__gt=clock.now()).select_related("shift", "site")
    return list(rows.order_by("shift__starts_at"))


def left_with_me(by: Visitor) -> list[Swap]:
    """Shifts still to come that a colleague would rather not take this time, and that are not on offer again."""
    rows = _left(by).filter(shift__starts_at__gt=clock.now(), shift__supporter__in=by.supporters)
    rows = rows.exclude(shift__in=open_swaps(by).values("shift"))
    return list(rows.select_related("shift", "site").order_by("shift__starts_at"))


def _left(by: Visitor) -> ScopedQuerySet[Swap]:
    return Swap.objects.visible_to(by).filter(offered_by__in=by.supporters, state="not_this_time")


def next_days(by: Visitor, site: Site) -> list[dict[str, Any]]:
    """Who is on call on which of the next seven days; a day without a shift is not left out.

    Who came on duty yesterday and is still on call today stands first.
    """
    zone = ZoneInfo(site.time_zone)
    today = clock.today(site.time_zone)
    days = [today + timedelta(days=count) for count in range(7)]
    week = whole_week(today, site.time_zone)
    rows = Shift.objects.visible_to(by).filter(site=site, ends_at__gt=week.start, starts_at__lt=week.end)
    called = names(by, [site])
    lines: dict[date, list[dict[str, Any]]] = {day: [] for day in days}
    for row in rows.order_by("starts_at"):
        day, last = (moment.astimezone(zone).date() for moment in (row.starts_at, row.ends_at))
        line = {"name": called[row.supporter_id], "shift": row, "mine": row.supporter_id in by.supporters}
        lines[max(day, today)].append(line | {"from_before": day < today, "overnight": last != max(day, today)})
    return [{"day": day, "lines": lines[day]} for day in days]


def times_away(by: Visitor) -> list[Away]:
    """Now and to come. Whoever supports at several sites is away at all of them, and reads it once."""
    rows = Away.objects.visible_to(by).filter(supporter__in=by.supporters)
    spans = {(row.starts_at, row.ends_at): row for row in rows if row.ends_at is None or row.ends_at > clock.now()}
    return list(spans.values())
