"""The people of a site, with the roles they hold now."""

from dataclasses import dataclass, field
from itertools import groupby
from uuid import UUID

from healing.access import Viewer
from healing.models import Membership, Site, User


@dataclass
class Colleague:
    user: User
    roles: list[Membership] = field(default_factory=list)


def colleagues(viewer: Viewer, site: Site) -> list[Colleague]:
    held = Membership.objects.visible_to(viewer).filter(site=site, ended_at=None)
    held = held.select_related("user").order_by("user__name", "user__email", "role")
    return [Colleague(user, list(roles)) for user, roles in groupby(held, key=lambda role: role.user)]


def colleague(viewer: Viewer, site: Site, user: UUID) -> Colleague | None:
    """Somebody who holds or held a role here, with what they hold now."""
    held = Membership.objects.visible_to(viewer).filter(site=site, user=user)
    known = list(held.select_related("user").order_by("role"))
    return Colleague(known[0].user, [role for role in known if role.ended_at is None]) if known else None
