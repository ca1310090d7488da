"""Changes to a site, and to who may do what there. Each is recorded in the site's own chain."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from healing import access, audit, clock, due
from healing.errors import HealingError
from healing.models import Holiday, LegalNotice, Membership, Site, User
from healing.roles import Permission, with_permission
from healing.set_up.addresses import taken_at_once

NOT_ONESELF = "Nobody gives a role to themselves. Ask another administrator."


@transaction.atomic
def change_site(*, by: access.Viewer, site: Site, **changes: Any) -> None:
    access.require(by, Permission.SITE_SET_UP, site.pk)
    new = {name: value for name, value in changes.items() if _plain(getattr(site, name)) != value}
    for name, value in new.items():
        setattr(site, name, value)
        audit.record(by=by, verb="site.changed", subject=site, detail=name)
    if new:
        with taken_at_once(site.host):
            site.save(update_fields=list(new))


@transaction.atomic
def add_holiday(*, by: access.Viewer, site: Site, day: date, name: str) -> None:
    access.require(by, Permission.SITE_SET_UP, site.pk)
    _, is_new = Holiday.objects.update_or_create(site=site, day=day, defaults={"name": name})
    audit.record(by=by, verb="site.holiday_added" if is_new else "site.holiday_renamed", subject=site, detail=str(day))


@transaction.atomic
def remove_holiday(*, by: access.Viewer, holiday: Holiday) -> None:
    access.require(by, Permission.SITE_SET_UP, holiday.site_id)
    if Holiday.objects.filter(pk=holiday.pk).delete()[0]:
        audit.record(by=by, verb="site.holiday_removed", subject=holiday.site, detail=str(holiday.day))


@transaction.atomic
def add_legal_notice(
    *, by: access.Viewer, site: Site, about: str, jurisdiction: str, text: str, valid_from: date
) -> None:
    """Earlier notices stay: what somebody was shown can be looked up by its date."""
    access.require(by, Permission.SITE_SET_UP, site.pk)
    notice: dict[str, Any] = {"about": about, "jurisdiction": jurisdiction, "text": text, "valid_from": valid_from}
    _, is_new = LegalNotice.objects.get_or_create(site=site, **notice)
    if is_new:
        audit.record(by=by, verb="site.legal_notice_added", subject=site, detail=str(valid_from))


@transaction.atomic
def add_colleague(*, by: access.Viewer, site: Site, email: str, name: str, role: str) -> User:
    """Let a colleague in. The page and the message are the same whether the address had an account or not."""
    access.require(by, Permission.PEOPLE_MANAGE, site.pk)
    user = User.objects.known_or_new(email, name)
    give_role(by=by, site=site, user=user, role=role)
    key = f"account.welcome:{site.pk}:{user.pk}"
    due.plan("account.welcome", subject=user.pk, at=clock.now(), key=key, case=None)
    return user


@transaction.atomic
def give_role(*, by: access.Viewer, site: Site, user: User, role: str) -> None:
    """Nobody gives a role to themselves: a way into cases takes two people."""
    access.require(by, Permission.PEOPLE_MANAGE, site.pk)
    if user.pk == by.user_id:
        raise HealingError(NOT_ONESELF)
    roles = Membership.objects.visible_to(by)
    held, is_new = roles.get_or_create(
        site=site, user=user, role=role, ended_at=None, defaults={"given_by": by.user_id}
    )
    if is_new:
        audit.record(by=by, verb="people.role_given", subject=held, detail=role)


@transaction.atomic
def end_role(*, by: access.Viewer, held: Membership) -> None:
    """A site never loses the last person who can look after its people, also when two end each other's role at once."""
    access.require(by, Permission.PEOPLE_MANAGE, held.site_id)
    keepers = Membership.objects.visible_to(by).filter(
        site=held.site_id, role__in=with_permission(Permission.PEOPLE_MANAGE), ended_at=None, user__is_active=True
    )
    standing = {keeper.pk: keeper.user_id for keeper in keepers.order_by("pk").select_for_update(of=("self",))}
    standing.pop(held.pk, None)
    if held.role in with_permission(Permission.PEOPLE_MANAGE) and not standing:
        raise HealingError(_("This is the last administrator here. Give the role to somebody else first."))
    rows = Membership.objects.visible_to(by).filter(pk=held.pk, ended_at=None)
    if rows.update(ended_at=clock.now()):
        audit.record(by=by, verb="people.role_ended", subject=held, detail=held.role)


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value
