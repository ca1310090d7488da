"""The cast: a site, its staff, harm events, cases and the people in them, made through the same acts as on the pages.

case = make_case(make_staff(make_site(), Role.FACILITATOR))
maria = make_participant(case, side="harmed", name="Maria Lopez")
with opened(maria.user) as viewer: ...
"""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from itertools import count
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client

from cases.actions import cases, invitations, people
from cases.models import Assignment, Case, HarmEvent, Participant
from healing import access, due
from healing.models import Membership, Site, User
from healing.roles import Role

number = count(1)


def opened(user: User) -> AbstractContextManager[access.Viewer]:
    """What this person may see, for the length of the block."""
    return access.opened("user", user.pk)


def signed_in(user: User) -> Client:
    """A browser in which this person has signed in, staff with their second step."""
    client = Client()
    client.force_login(user)
    show_second_step(client)
    return client


def show_second_step(client: Client) -> None:
    """As if a code from the authenticator app had been typed just now."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": time.time()}]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()


@contextmanager
def as_role(role: str) -> Iterator[None]:
    """For a moment as another database role, such as the worker's."""
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        before = cursor.fetchone()[0]
        cursor.execute(f"set role {role}")
        yield
        cursor.execute(f"set role {before}")


def make_site(**changes: Any) -> Site:
    this = next(number)
    fields = {"slug": f"site-{this}", "name": "Lakeside", "phone": "555 0100", "crisis_lines": "Night line: 555 0199"}
    return Site.objects.create(**fields | changes)


def make_staff(site: Site, *roles: Role, name: str = "Sam Reed", email: str = "") -> User:
    """Somebody who works here, with a second factor."""
    user = User.objects.create_user(email or f"staff{next(number)}@hospital.example", name=name)
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "unused"})
    give_roles(user, site, *roles)
    return user


def give_roles(user: User, site: Site, *roles: Role) -> None:
    with as_role("healing_worker"), access.opened("site", site.pk):
        Membership.objects.bulk_create(Membership(user=user, site=site, role=role) for role in roles)


def make_event(site: Site, **changes: Any) -> HarmEvent:
    this = next(number)
    fields = {
        "source_system": "urn:incidents",
        "reference": f"INC-{this:05}",
        "occurred_on": date(2026, 3, 3),
        "recorded_on": date(2026, 3, 4),
        "kind": "Medication",
        "service_area": "Ward 4",
        "physical_harm": "moderate",
    }
    with as_role("healing_worker"), access.opened("site", site.pk):
        return HarmEvent.objects.create(site=site, **fields | changes)


def make_case(facilitator: User, *events: HarmEvent) -> Case:
    """A case that this facilitator opened, from new or given harm events."""
    with opened(facilitator) as viewer:
        site = events[0].site if events else Site.objects.get(pk=min(viewer.event_sites))
    chosen = list(events) or [make_event(site)]
    with opened(facilitator) as viewer:
        return cases.open_case(by=viewer, site=site, events=chosen, independent=True)


def make_participant(
    case: Case,
    *,
    side: str = "harmed",
    part: str = "",
    name: str = "Maria Lopez",
    user: bool = True,
    accompanies: Participant | None = None,
    **contact: Any,
) -> Participant:
    """Somebody in the case, with a contact card; with `user`, they have accepted their invitation and can sign in."""
    card = {
        "email": f"{name.replace(' ', '.').lower()}{next(number)}@home.example",
        "phone": "555 0123",
        "times": "after two",
        "text_ok": False,
        "voicemail_ok": False,
        "email_ok": True,
    }
    part = part or ("patient" if side == "harmed" else "hcw")
    with opened(facilitator_of(case)) as viewer:
        person = people.add_participant(by=viewer, case=case, side=side, part=part, name=name, accompanies=accompanies)
        people.save_contact(by=viewer, participant=person, **card | contact)
        case.refresh_from_db()
    if user:
        enter(person)
    return person


def enter(person: Participant) -> User:
    """Invite this person and let them come in. The letter is taken back, so that nothing is left to send."""
    facilitator = facilitator_of(person.case)
    with opened(facilitator) as viewer:
        invitation, code = invitations.invite(by=viewer, participant=person)
        due.void(by=viewer, subject=invitation.pk)
    person.user = invitations.accept(token=invitations.token_of(invitation), code=code).user
    return person.user


def facilitator_of(case: Case) -> User:
    with as_role("healing_worker"), access.opened("case", case.pk) as worker:
        standing = Assignment.objects.visible_to(worker).filter(case=case, ended_at=None).select_related("user")
        return standing.earliest("since").user
