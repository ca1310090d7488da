"""The parts of the house: wards and the divisions that they belong to."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from healing import access, clock
from healing.errors import HealingError
from healing.models import Site
from healing.roles import Permission
from support.house import Visitor
from support.models import Unit
from support.queries import units


class TakenAddress(HealingError):
    def __init__(self) -> None:
        super().__init__(_("Another unit has this address already. Choose another one."))


@transaction.atomic
def add(*, by: Visitor, site: Site, name: str, slug: str, parent: Unit | None) -> Unit:
    access.require(by, Permission.SUPPORT_COORDINATE, site.pk)
    _free(by, site, slug)
    return Unit.objects.create(site=site, name=name, slug=slug, parent=parent)


@transaction.atomic
def change(*, by: Visitor, unit: Unit, name: str, slug: str, parent: Unit | None) -> None:
    """The house is a tree: no unit is a part of itself, however far around."""
    access.require(by, Permission.SUPPORT_COORDINATE, unit.site_id)
    rows = Unit.objects.visible_to(by).filter(site=unit.site_id).order_by("pk")
    list(rows.select_for_update(no_key=True))  # two moves at once could close a ring
    _free(by, unit.site, slug, but=(unit.pk,))
    if parent and parent.pk in units.with_parts(by, unit):
        raise HealingError(_("A unit cannot belong to itself or to a part of itself."))
    unit.name, unit.slug, unit.parent = name, slug, parent
    unit.save(update_fields=["name", "slug", "parent"])


@transaction.atomic
def close(*, by: Visitor, unit: Unit) -> None:
    """Nobody asks from there any more. Its supporters stay supporters."""
    access.require(by, Permission.SUPPORT_COORDINATE, unit.site_id)
    unit.closed_on = clock.today(unit.site.time_zone)
    unit.save(update_fields=["closed_on"])


@transaction.atomic
def open_again(*, by: Visitor, unit: Unit) -> None:
    access.require(by, Permission.SUPPORT_COORDINATE, unit.site_id)
    unit.closed_on = None
    unit.save(update_fields=["closed_on"])


def _free(by: Visitor, site: Site, slug: str, but: tuple[UUID, ...] = ()) -> None:
    if Unit.objects.visible_to(by).filter(site=site, slug=slug).exclude(pk__in=but).exists():
        raise TakenAddress
