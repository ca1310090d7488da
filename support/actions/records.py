"""A supporter's record: from joining to its end. What they signed and how they are called is theirs alone."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from healing import access, clock
from healing.errors import HealingError
from healing.models import Site
from healing.roles import Permission
from support.actions import paging
from support.actions.plans import plan
from support.house import Visitor
from support.models import Away, Channel, Exclusion, Key, Lead, Page, Request, Supporter, Unit
from support.queries.supporters import serving, shifts_to_come, without_record


@transaction.atomic
def begin(*, by: Visitor, site: Site, user_id: UUID, leads: Collection[Unit] = (), **fields: Any) -> Supporter:
    """Somebody with the role of a peer supporter joins: unit, profession, languages, capacity."""
    access.require(by, Permission.SUPPORT_COORDINATE, site.pk)
    if user_id not in dict(without_record(by, site)):
        raise HealingError(_("This colleague is in the list already, or is not a peer supporter any more."))
    supporter = Supporter(site=site, user_id=user_id, joined_on=clock.today(site.time_zone), **fields)
    try:
        with transaction.atomic():
            supporter.save(force_insert=True)
    except IntegrityError:  # pressed twice at the same time
        raise HealingError(_("This colleague is in the list already.")) from None
    _set_leads(by, supporter, leads)
    _stay_away(by, supporter)
    return supporter


@transaction.atomic
def change(*, by: Visitor, supporter: Supporter, leads: Collection[Unit], **fields: Any) -> None:
    locked = _held(by, supporter)
    for name, value in fields.items():
        setattr(locked, name, value)
    locked.save(update_fields=list(fields))
    _set_leads(by, locked, leads)


@transaction.atomic
def end(*, by: Visitor, supporter: Supporter) -> int:
    """They support nobody from now on. Their shifts to come go, and how many those were is told.

    Whom they still have goes to a colleague as due work, which the coordinator cannot see.
    """
    locked = _held(by, supporter)
    gone, _kinds = shifts_to_come(by, locked).delete()
    locked.ended_on = clock.today(locked.site.time_zone)
    locked.save(update_fields=["ended_on"])
    plan("support.left", subject=locked.pk, at=clock.now(), key=f"support.left:{locked.pk}")
    return gone


def let_go(*, by: Visitor, supporter_id: UUID) -> None:
    """Somebody has left: a colleague is called for whoever they still had. Their addresses and exclusions go."""
    rows = Request.objects.visible_to(by).select_for_update(of=("self",)).select_related("site")
    for request in rows.filter(supporter=supporter_id, status__in=("claimed", "reached")).order_by("pk"):
        paging.give_back(by=by, request=request)
    called = list(rows.filter(supporter=supporter_id, status="waiting").order_by("pk"))  # held before their pages are
    Page.objects.visible_to(by).filter(supporter=supporter_id, outcome="open").update(outcome="passed")
    for request in called:
        paging.look_for_somebody(request, at=clock.now())
    for model in (Channel, Exclusion):
        model.objects.visible_to(by).filter(supporter=supporter_id).delete()
    Key.objects.visible_to(by).filter(holder=supporter_id).delete()


def _held(by: Visitor, supporter: Supporter) -> Supporter:
    access.require(by, Permission.SUPPORT_COORDINATE, supporter.site_id)
    rows = serving(by, supporter.site).select_related("site").select_for_update(no_key=True, of=("self",))
    locked = rows.filter(pk=supporter.pk).first()
    if locked is None:
        raise HealingError(_("This record has ended already. Nothing was changed."))
    return locked


def _stay_away(by: Visitor, supporter: Supporter) -> None:
    """Whoever is away at another site is away here too, until they say that they are back."""
    rows = Away.objects.visible_to(by).filter(Q(ends_at=None) | Q(ends_at__gt=clock.now()))
    elsewhere = rows.filter(supporter__user_id=supporter.user_id, supporter__ended_on=None)
    for start, end in set(elsewhere.values_list("starts_at", "ends_at")):
        Away.objects.create(site=supporter.site, supporter=supporter, starts_at=start, ends_at=end)


def _set_leads(by: Visitor, supporter: Supporter, units: Collection[Unit]) -> None:
    """Whoever works in these units is never sent to this supporter."""
    rows = Lead.objects.visible_to(by).filter(supporter=supporter)
    rows.exclude(unit__in=units).delete()
    known = set(rows.values_list("unit", flat=True))
    for unit in units:
        if unit.pk not in known:
            Lead.objects.create(supporter=supporter, site=supporter.site, unit=unit)
