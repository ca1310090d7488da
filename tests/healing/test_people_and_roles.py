"""People and roles: given and ended after a fresh second step, recorded, and never the last administrator."""

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from healing import access, clock, due, ids
from healing.errors import HealingError, NotAllowed
from healing.models import AuditEvent, Membership, Site, User
from healing.roles import ROLES, Role
from healing.set_up import actions
from tests.factories.cases import (
    as_role,
    make_case,
    make_participant,
    make_site,
    make_staff,
    show_second_step,
    signed_in,
)
from tests.healing.people import app_code, make_colleague, sign_in_by_code

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(administrator: User) -> Client:
    return signed_in(administrator)


@pytest.fixture
def by(administrator: User) -> Iterator[access.Viewer]:
    with access.opened("user", administrator.pk) as viewer:
        yield viewer


def roles_of(user: User) -> set[str]:
    with as_role("healing_worker"), access.opened("worker") as worker:
        return set(
            Membership.objects.visible_to(worker).filter(user=user, ended_at=None).values_list("role", flat=True)
        )


def role_of(user: User, role: Role) -> Membership:
    with as_role("healing_worker"), access.opened("worker") as worker:
        return Membership.objects.visible_to(worker).get(user=user, role=role)


def recorded() -> list[tuple[str, str, Any]]:
    with as_role("healing_worker"), access.opened("worker") as worker:
        events = AuditEvent.objects.visible_to(worker).filter(verb__startswith="people.").order_by("number")
        return [(event.verb, event.detail, event.actor) for event in events]


def add(client: Client, email: str = "new@hospital.example", role: str = "facilitator", **more: str) -> Any:
    return client.post(reverse("colleague_new"), {"name": "Noor Aziz", "email": email, "role": role} | more)


def test_a_new_colleague_gets_a_role_a_message_and_a_way_in(office: Client, administrator: User) -> None:
    add(office, email=" New@Hospital.example ")
    noor = User.objects.with_address("new@hospital.example")
    with as_role("healing_worker"):
        due.tick()
    browser = Client()

    assert roles_of(noor) == {"facilitator"}
    assert recorded() == [("people.role_given", "facilitator", administrator.pk)]
    assert [message.to for message in mail.outbox] == [["new@hospital.example"]]
    assert mail.outbox[0].subject == "A message for you"
    sign_in_by_code(browser, noor.email)
    assert browser.get(reverse("home")).url == reverse("mfa_activate_totp")


def test_a_participant_s_address_looks_like_any_other(office: Client, site: Site) -> None:
    """Who adds a colleague does not learn that the same address has a room."""
    maria = make_participant(make_case(make_staff(site, Role.FACILITATOR)), name="Maria Lopez")

    addresses = (maria.user.email, "new@hospital.example")

    shown = [office.get(add(office, email=email).url).content.decode() for email in addresses]
    with as_role("healing_worker"):
        due.tick()

    one, other = (page.replace(address, "…") for page, address in zip(shown, addresses, strict=True))
    assert strip_ids(one) == strip_ids(other)
    bodies = {message.to[0]: message.body for message in mail.outbox if "something for you to look at" in message.body}
    assert set(bodies) == set(addresses)
    assert len(set(bodies.values())) == 1


def strip_ids(page: str) -> str:
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|name=\"csrfmiddlewaretoken\" value=\"\w+\"", "", page)


@pytest.mark.parametrize(
    "changes", [{"email": "no address"}, {"email": ""}, {"name": ""}, {"role": ""}, {"role": "owner"}]
)
def test_what_is_missing_is_asked_for_and_nothing_is_lost(changes: dict[str, str], office: Client) -> None:
    page = add(office, **changes)

    assert page.status_code == 422
    assert not User.objects.filter(name="Noor Aziz").exists()
    assert "Noor Aziz" in page.content.decode() or changes == {"name": ""}


def test_adding_somebody_twice_is_harmless(office: Client) -> None:
    for _ in range(2):
        add(office)
    with as_role("healing_worker"):
        due.tick()

    assert len(recorded()) == len(mail.outbox) == 1


def test_a_role_is_ended_on_a_page_of_its_own_and_given_again(office: Client, site: Site) -> None:
    lee = make_colleague(site, Role.LEAD, email="lee@hospital.example")
    held = role_of(lee, Role.LEAD)
    page = office.get(reverse("role_end", args=[held.pk])).content.decode()
    assert roles_of(lee) == {"lead"}
    assert "End the role “Lead” of Sam Reed?" in page

    office.post(reverse("role_end", args=[held.pk]))
    assert roles_of(lee) == set()
    assert "No role now." in office.get(reverse("colleague", args=[lee.pk])).content.decode()

    office.post(reverse("role_give", args=[lee.pk]), {"role": "lead"})
    assert roles_of(lee) == {"lead"}
    assert [verb for verb, _, _ in recorded()] == ["people.role_ended", "people.role_given"]


def test_an_ended_role_counts_at_once(office: Client, site: Site) -> None:
    other = make_colleague(site, Role.ADMINISTRATOR, email="other@hospital.example")
    client = signed_in(other)
    assert client.get(reverse("people")).status_code == 200

    office.post(reverse("role_end", args=[role_of(other, Role.ADMINISTRATOR).pk]))

    assert client.get(reverse("people")).status_code == 403


def test_the_last_administrator_stays(office: Client, administrator: User, site: Site) -> None:
    gone = make_colleague(site, Role.ADMINISTRATOR, email="gone@hospital.example")
    User.objects.filter(pk=gone.pk).update(is_active=False)

    page = office.post(reverse("role_end", args=[role_of(administrator, Role.ADMINISTRATOR).pk]))

    assert page.status_code == 409
    assert "This is the last administrator here." in page.content.decode()
    assert roles_of(administrator) == {"admin"}
    assert recorded() == []


def test_one_of_two_administrators_may_go(office: Client, administrator: User, site: Site) -> None:
    make_colleague(site, Role.ADMINISTRATOR, email="other@hospital.example")

    response = office.post(reverse("role_end", args=[role_of(administrator, Role.ADMINISTRATOR).pk]))

    assert response.url == reverse("home")
    assert roles_of(administrator) == set()


GRAVE = ["colleague_new", "role_give", "role_end"]


@pytest.fixture
def grave(site: Site) -> dict[str, str]:
    lee = make_colleague(site, Role.LEAD, email="lee@hospital.example")
    held = role_of(lee, Role.LEAD)
    arguments: dict[str, list[Any]] = {"colleague_new": [], "role_give": [lee.pk], "role_end": [held.pk]}
    return {name: reverse(name, args=args) for name, args in arguments.items()}


@pytest.mark.parametrize("name", GRAVE)
@pytest.mark.parametrize("method", ["get", "post"])
def test_grave_acts_ask_again_who_it_is(
    name: str, method: str, grave: dict[str, str], administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(administrator)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 11 * 60)

    asked = getattr(client, method)(grave[name], {"role": "privacy", "name": "X", "email": "x@y.example"})

    assert asked.url == f"{reverse('mfa_reauthenticate')}?next={grave[name].replace('/', '%2F')}"
    assert recorded() == []
    assert not User.objects.filter(email="x@y.example").exists()


def test_the_second_step_leads_back_to_the_grave_act(
    grave: dict[str, str], administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(administrator)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 11 * 60)
    asked = client.get(grave["role_end"])

    back = client.post(asked.url, {"code": app_code(administrator)})

    assert back.url == grave["role_end"]
    assert client.get(back.url).status_code == 200


def test_a_password_alone_is_not_enough_for_a_grave_act(grave: dict[str, str], administrator: User) -> None:
    client = Client()
    client.force_login(administrator)
    show_second_step(client)
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "mfa", "at": time.time() - 700},
        {"method": "password", "at": time.time(), "reauthenticated": True},
    ]
    session.save()

    assert client.get(grave["role_end"]).status_code == 302


def questions(client: Client) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(reverse("people")).status_code == 200
    return len(queries)


def test_the_list_asks_one_question_for_all(office: Client, site: Site) -> None:
    one = questions(office)
    for number in range(30):
        make_staff(site, Role.LEAD, Role.FACILITATOR, name=f"Person {number}")

    # session, user, savepoint, context, site, people, context closed, savepoint
    assert questions(office) == one == 8


def test_the_list_shows_each_once_with_their_roles(office: Client, site: Site) -> None:
    make_staff(site, Role.LEAD, Role.FACILITATOR, name="Two Roles")

    page = office.get(reverse("people")).content.decode()

    assert page.count("Two Roles") == 1
    assert "Facilitator, Lead" in page


def test_another_site_s_people_are_not_there(office: Client) -> None:
    other = make_site(host="other.example")
    theirs = make_colleague(other, Role.LEAD, email="theirs@hospital.example")
    held = role_of(theirs, Role.LEAD)

    assert "theirs@hospital.example" not in office.get(reverse("people")).content.decode()
    assert office.get(reverse("colleague", args=[theirs.pk])).status_code == 404
    assert office.post(reverse("role_end", args=[held.pk])).status_code == 404
    assert office.post(reverse("role_give", args=[theirs.pk]), {"role": "admin"}).status_code == 404
    assert roles_of(theirs) == {"lead"}


def test_no_case_and_no_participant_is_seen_here(office: Client, site: Site) -> None:
    facilitator = make_staff(site, Role.FACILITATOR)
    case = make_case(facilitator)
    maria = make_participant(case, name="Maria Lopez")

    page = (
        office.get(reverse("people")).content.decode()
        + office.get(reverse("colleague", args=[facilitator.pk])).content.decode()
    )

    assert maria.user.email not in page
    assert case.reference not in page
    assert office.get(reverse("colleague", args=[maria.user_id])).status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_nobody_else_looks_after_people(role: Role, site: Site, administrator: User) -> None:
    client = signed_in(make_staff(site, role))
    held = role_of(administrator, Role.ADMINISTRATOR)

    answers = [
        client.get(reverse("people")),
        client.post(reverse("colleague_new"), {"name": "X", "email": "x@y.example", "role": "admin"}),
        client.get(reverse("colleague", args=[administrator.pk])),
        client.post(reverse("role_give", args=[administrator.pk]), {"role": "lead"}),
        client.post(reverse("role_end", args=[held.pk])),
    ]

    assert [answer.status_code for answer in answers] == [403] * 5
    assert recorded() == []


def test_the_acts_ask_for_the_right_themselves(site: Site, administrator: User) -> None:
    held = role_of(administrator, Role.ADMINISTRATOR)
    with access.opened("user", make_staff(site, Role.LEAD).pk) as lead:
        for act in (
            lambda: actions.add_colleague(by=lead, site=site, email="x@y.example", name="X", role="admin"),
            lambda: actions.give_role(by=lead, site=site, user=administrator, role="lead"),
            lambda: actions.end_role(by=lead, held=held),
            lambda: actions.change_site(by=lead, site=site, name="X"),
            lambda: actions.add_holiday(by=lead, site=site, day=clock.today("UTC"), name="X"),
        ):
            with pytest.raises(NotAllowed):
                act()


def test_an_ended_role_ends_once(by: access.Viewer, site: Site) -> None:
    lee = make_colleague(site, Role.LEAD, email="lee@hospital.example")
    held = role_of(lee, Role.LEAD)

    for _ in range(2):
        actions.end_role(by=by, held=held)

    assert [verb for verb, _, _ in recorded()] == ["people.role_ended"]


def test_the_last_administrator_stays_in_the_act_too(by: access.Viewer, administrator: User) -> None:
    with pytest.raises(HealingError, match="the last administrator"):
        actions.end_role(by=by, held=role_of(administrator, Role.ADMINISTRATOR))


def test_every_role_s_words_stand_where_it_is_given(office: Client) -> None:
    page = office.get(reverse("colleague_new")).content.decode()

    for name, words, _ in ROLES.values():
        assert escape(name) in page
        assert escape(words) in page


def test_somebody_who_does_not_exist_is_not_there(office: Client) -> None:
    assert office.get(reverse("colleague", args=[ids.new()])).status_code == 404


def test_nobody_gives_a_role_to_themselves(site: Site, administrator: User) -> None:
    """Otherwise one person alone could make a way into every case."""
    with access.opened("user", administrator.pk) as viewer, pytest.raises(HealingError, match="themselves"):
        actions.give_role(by=viewer, site=site, user=administrator, role=Role.LEAD)


def test_a_second_step_never_stands_before_one_s_own_room(site: Site, administrator: User) -> None:
    """A colleague who is also in a case can always reach their own page: above all to take back a yes."""
    person = make_participant(make_case(make_staff(site, Role.FACILITATOR)), side="staff", name="Aisha Rahman")
    with access.opened("user", administrator.pk) as viewer:
        actions.give_role(by=viewer, site=site, user=person.user, role=Role.PEER_SUPPORTER)
    client = Client()
    client.force_login(person.user)

    assert client.get(reverse("room_consents", args=[person.pk])).status_code == 200
    assert client.get(reverse("home")).status_code == 302
