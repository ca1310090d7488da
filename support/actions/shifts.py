"""Shifts change hands between colleagues, and a supporter is away. Nobody is asked why."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from healing import clock
from healing.errors import HealingError, NotAllowed
from healing.protected import ScopedQuerySet
from support.actions.plans import plan, rouse
from support.house import Visitor
from support.models import Away, Shift, Supporter, Swap
from support.queries.giving import missing

GONE = "This shift is not on offer any more. Nothing was changed."
BEGUN = "This shift has begun, or it is not yours any more. Nothing was changed."
OFFERED = "This shift is on offer already. Take the offer back first, if you would like another one."
ON_CALL = "You are on call at that time already. Nothing was changed."
AWAY = "You are away at that time. End your time away first, or leave this shift to a colleague."


@transaction.atomic
def offer(*, by: Visitor, shift: Shift, to: Supporter | None = None) -> Swap:
    """Somebody else may have this shift: one colleague, or whoever takes it."""
    rows = Shift.objects.visible_to(by).select_for_update(of=("self",))
    locked = rows.filter(pk=shift.pk, supporter__in=by.supporters, starts_at__gt=clock.now()).first()
    if locked is None:
        raise HealingError(BEGUN)
    if Swap.objects.visible_to(by).filter(shift=locked, state="open").exists():
        raise HealingError(OFFERED)
    swap = Swap(site_id=locked.site_id, shift=locked, offered_by_id=locked.supporter_id, to=to)
    swap.save(force_insert=True)
    if to is not None:
        _tell(swap, to.pk)
    return swap


@transaction.atomic
def withdraw(*, by: Visitor, swap: Swap) -> None:
    """The shift stays with whoever has it."""
    mine = Swap.objects.visible_to(by).filter(pk=swap.pk, offered_by__in=by.supporters, state="open")
    if not mine.update(state="withdrawn"):
        raise HealingError(GONE)


@transaction.atomic
def take(*, by: Visitor, swap: Swap) -> None:
    """One shift goes to one colleague, who is free then. Whoever gave it hears that it is taken."""
    own = _own(by).select_for_update(of=("self",), no_key=True).select_related("site").order_by("pk")
    taker = next((one for one in own if one.site_id == swap.site_id), None)
    shifts = Shift.objects.visible_to(by).select_for_update(of=("self",))
    # The shift first: whoever removes it takes its offers along, and neither waits for the other.
    shift = shifts.filter(pk=swap.shift_id, starts_at__gt=clock.now()).first()
    offers = Swap.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=swap.pk, state="open")
    locked = offers.exclude(offered_by__in=by.supporters).first()
    if taker is None or locked is None or shift is None or shift.supporter_id != locked.offered_by_id:
        raise HealingError(GONE)
    _require_free(by, taker, shift)
    shifts.filter(pk=shift.pk).update(supporter=taker)
    Swap.objects.visible_to(by).filter(pk=locked.pk).update(state="taken")
    _tell(locked, locked.offered_by_id)


@transaction.atomic
def leave(*, by: Visitor, swap: Swap) -> None:
    """Not this time, from the one it was offered to. It stays with whoever has it, who hears as of anything else."""
    offers = Swap.objects.visible_to(by).select_for_update(of=("self",))
    locked = offers.filter(pk=swap.pk, to__in=by.supporters, state="open").first()
    if locked is None:
        raise HealingError(GONE)
    Swap.objects.visible_to(by).filter(pk=locked.pk).update(state="not_this_time")
    _tell(locked, locked.offered_by_id)


@transaction.atomic
def go_away(*, by: Visitor, starts_at: datetime, ends_at: datetime | None) -> list[Away]:
    """Not called from then until then, or until they say that they are back: at none of the sites where they support.

    What overlaps becomes one, but leave that is planned is not swallowed by a time without an end: whoever comes back
    from that still has their leave. What is over is forgotten.
    """
    own = list(_own(by).select_for_update(no_key=True).order_by("pk"))
    rows = Away.objects.visible_to(by).filter(supporter__in=own)
    rows.filter(ends_at__lte=clock.now()).delete()
    rows = rows.filter(ends_at__gte=starts_at, starts_at__lte=ends_at) if ends_at else rows.filter(ends_at=None)
    before = list(rows)
    Away.objects.visible_to(by).filter(pk__in=[row.pk for row in before]).delete()
    start = min([starts_at, *(row.starts_at for row in before)])
    end = max([ends_at, *(row.ends_at for row in before if row.ends_at)]) if ends_at else None
    return Away.objects.bulk_create(
        Away(site_id=one.site_id, supporter=one, starts_at=start, ends_at=end) for one in own
    )


@transaction.atomic
def come_back(*, by: Visitor, away: Away) -> None:
    """Back now, or not away after all, at every site. Nothing is left of it."""
    rows = Away.objects.visible_to(by).filter(supporter__in=by.supporters)
    rows.filter(starts_at=away.starts_at, ends_at=away.ends_at).delete()
    for own in _own(by):
        rouse(own.site_id)


def require_own(by: Visitor, supporter: Supporter) -> None:
    if supporter.pk not in by.supporters:
        raise NotAllowed


def _own(by: Visitor) -> ScopedQuerySet[Supporter]:
    """Their records, one for each site where they support."""
    return Supporter.objects.visible_to(by).filter(pk__in=by.supporters)


def _require_free(by: Visitor, taker: Supporter, shift: Shift) -> None:
    lacking = missing(by, taker, shift.starts_at)
    if lacking:
        raise HealingError(lacking[0])
    own = Shift.objects.visible_to(by).filter(supporter__in=by.supporters)
    if own.filter(starts_at__lt=shift.ends_at, ends_at__gt=shift.starts_at).exists():
        raise HealingError(ON_CALL)
    away = Away.objects.visible_to(by).filter(Q(ends_at=None) | Q(ends_at__gt=shift.starts_at))
    if away.filter(supporter__in=by.supporters, starts_at__lt=shift.ends_at).exists():
        raise HealingError(AWAY)


def _tell(swap: Swap, supporter: UUID) -> None:
    """A letter that says nothing but that there is something to look at."""
    key = f"support.swap:{swap.pk}:{supporter}"
    plan("support.swap", subject=swap.pk, at=clock.now(), key=key, to=supporter)
