"""The parts of the house."""

from uuid import UUID

from healing.models import Site
from healing.protected import ScopedQuerySet
from support.house import Visitor
from support.models import Unit


def all_units(by: Visitor, site: Site) -> ScopedQuerySet[Unit]:
    return Unit.objects.visible_to(by).filter(site=site).select_related("parent")


def open_units(by: Visitor, site: Site) -> ScopedQuerySet[Unit]:
    return all_units(by, site).filter(closed_on=None)


def with_parts(by: Visitor, unit: Unit) -> set[UUID]:
    """A unit and every part of the house below it."""
    pairs = list(Unit.objects.visible_to(by).filter(site=unit.site_id).values_list("pk", "parent"))
    found: set[UUID] = set()
    new = {unit.pk}
    while new:
        found |= new
        new = {pk for pk, parent in pairs if parent in found} - found
    return found
