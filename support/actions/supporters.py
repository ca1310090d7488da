"""One's own record as a supporter: what one keeps to oneself, whom one can support, how one is called."""

from collections.abc import Collection
from typing import Any

from django.db import transaction

from healing import clock, sealed
from healing.errors import HealingError
from support.actions.shifts import require_own
from support.house import Visitor
from support.models import Channel, Exclusion, Key, Supporter, Unit
from support.queries.giving import unsigned

MOST_WAYS = 5
TOO_MANY = "There are five ways already. Remove one that you do not use any more."


@transaction.atomic
def sign(*, by: Visitor) -> None:
    """They keep confidence, from today on, wherever they support. It is signed once."""
    for supporter in unsigned(by).select_related("site").order_by("pk"):
        today = clock.today(supporter.site.time_zone)
        Supporter.objects.visible_to(by).filter(pk=supporter.pk, agreed_on=None).update(agreed_on=today)


@transaction.atomic
def change(*, by: Visitor, supporter: Supporter, languages: str, not_for: Collection[Unit], **changes: Any) -> None:
    """`changes`: profession, capacity, listed, backup. The rest is the coordinator's."""
    require_own(by, supporter)
    rows = Supporter.objects.visible_to(by).filter(pk=supporter.pk)
    rows.update(languages=languages, **{name: changes[name] for name in OWN})
    _set_exclusions(by, supporter, not_for)  # the record is locked now: pressed twice, one comes after the other


@transaction.atomic
def add_channel(*, by: Visitor, supporter: Supporter, kind: str, address: str) -> None:
    """One more way to be called. The same one twice is one."""
    require_own(by, supporter)
    rows = Supporter.objects.visible_to(by).select_for_update(no_key=True)
    rows.get(pk=supporter.pk)
    if not Key.objects.visible_to(by).filter(holder=supporter.pk).exists():
        sealed.create_key(supporter.pk, Key)
    known = list(Channel.objects.visible_to(by).filter(supporter=supporter))
    if any((way.kind, way.address) == (kind, address) for way in known):
        return
    if len(known) >= MOST_WAYS:
        raise HealingError(TOO_MANY)
    Channel(supporter=supporter, kind=kind, address=address).save(force_insert=True)


@transaction.atomic
def remove_channel(*, by: Visitor, channel: Channel) -> None:
    Channel.objects.visible_to(by).filter(pk=channel.pk, supporter__in=by.supporters).delete()


def _set_exclusions(by: Visitor, supporter: Supporter, units: Collection[Unit]) -> None:
    """They are not called for colleagues from these units, nor from any part of them."""
    rows = Exclusion.objects.visible_to(by).filter(supporter=supporter)
    rows.exclude(unit__in=units).delete()
    known = set(rows.values_list("unit", flat=True))
    for unit in units:
        if unit.pk not in known:
            Exclusion.objects.create(supporter=supporter, site=supporter.site, unit=unit)


OWN = ("profession", "capacity", "listed", "backup")
