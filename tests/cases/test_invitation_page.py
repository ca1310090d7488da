"""The page behind an invitation's link tells nobody anything, and does nothing without the code."""

import re
from datetime import timedelta
from urllib.parse import quote

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.actions import invitations, people
from cases.models import Invitation, Participant
from healing import clock
from healing.models import AuditEvent, Due, User
from healing.roles import Role
from tests.factories.cases import make_case, make_participant, make_site, make_staff, opened, signed_in

pytestmark = pytest.mark.django_db
KINDS = ["valid", "paused person", "known account", "used", "expired", "revoked", "worn out", "invented", "strange"]


@pytest.fixture
def sam():
    return make_staff(make_site(), Role.FACILITATOR)


def invite(sam, person):
    with opened(sam) as viewer:
        invitation, code = invitations.invite(by=viewer, participant=person)
    return invitations.token_of(invitation), code


@pytest.fixture
def links(sam):
    """One link of every kind, with the code that was told for it."""
    case = make_case(sam)
    made = {"invented": ("0" * 32, "000000"), "strange": ("%F0%9F%92%99'--", "000000")}
    with time_machine.travel(clock.now() - timedelta(days=8)):
        made["expired"] = invite(sam, make_participant(case, name="Old Letter", user=False))
    make_participant(make_case(sam), name="Known Account", email="known@home.example")
    for kind in KINDS[:-2]:
        if kind != "expired":
            card = {"email": "known@home.example"} if kind == "known account" else {}
            person = make_participant(case, name=kind, user=False, **card)
            made[kind] = invite(sam, person)
            change(sam, kind, person, *made[kind])
    return made


def change(sam, kind, person, token, code):
    with opened(sam) as viewer:
        if kind == "revoked":
            invitations.revoke_standing(by=viewer, participant=person)
        if kind == "paused person":
            people.pause(by=viewer, participant=person, reason="own_wish")
    if kind == "used":
        invitations.accept(token=token, code=code)
    for _ in range(5 if kind == "worn out" else 0):
        with pytest.raises(invitations.HealingError):
            invitations.accept(token=token, code=wrong(code))


def wrong(code):
    return f"{(int(code) + 1) % 10**6:06}"


def observed(method, token, client=None, **data):
    """All that a visitor or a robot can see, down to the statements asked; only the form's own token is set aside."""
    with CaptureQueriesContext(connection) as asked:
        response = getattr(client or Client(), method)(f"/invitation/{quote(token)}/", data)
    body = re.sub(rb'(name="csrfmiddlewaretoken" value=")\w+', rb"\1", response.content)
    cookies = [re.sub(r"(csrf|expires)=[^;]*", r"\1", cookie.output()) for cookie in response.cookies.values()]
    statements = [re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in asked]
    return response.status_code, sorted(response.headers.items()), cookies, body, statements


def kept(sam):
    """Everything in the database that an invitation could change."""
    with opened(sam) as viewer:
        return (
            [*Invitation.objects.visible_to(viewer).order_by("pk").values()],
            [*Participant.objects.visible_to(viewer).order_by("pk").values_list("pk", "user", "paused_at")],
            [*Due.objects.visible_to(viewer).order_by("pk").values_list("pk", "state")],
            AuditEvent.objects.visible_to(viewer).count(),
            User.objects.count(),
        )


def masked(seen, code):
    """The code that the visitor typed stands in the form again."""
    status, headers, cookies, body, statements = seen
    return status, headers, cookies, body.replace(code.encode(), b"......"), statements


def differences(views):
    """What any kind of link shows that the first one does not."""
    parts = ("status", "headers", "cookies", "body", "statements")
    first = next(iter(views.values()))
    return {
        (kind, part): (one, other)
        for kind, seen in views.items()
        for part, one, other in zip(parts, first, seen, strict=True)
        if one != other
    }


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_every_link_shows_the_same_page_and_changes_nothing(sam, links, method):
    before = kept(sam)
    views = {kind: observed(method, token) for kind, (token, _) in links.items()}

    assert (len(views), differences(views), kept(sam)) == (len(KINDS), {}, before)


@pytest.mark.parametrize("code", ["", " ", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "' or 1=1"])
def test_a_robot_that_sends_the_form_without_a_code_changes_nothing(sam, links, code):
    before = kept(sam)
    views = {kind: observed("post", token, code=code) for kind, (token, _) in links.items()}

    assert (differences(views), views["valid"][0], kept(sam)) == ({}, 422, before)
    assert b"Write the six numbers that we told you" in views["valid"][3]


def test_a_wrong_code_is_answered_alike_for_every_link(links):
    code = next(code for code in map("{:06}".format, range(20)) if code not in dict(links.values()).values())
    views = {kind: observed("post", token, code=code) for kind, (token, _) in links.items()}

    assert (differences(views), views["valid"][0]) == ({}, 422)
    assert invitations.DID_NOT_OPEN.encode() in views["valid"][3]


def test_the_right_code_is_answered_like_a_wrong_one_where_the_link_is_dead(links):
    dead = ("used", "expired", "revoked", "worn out", "invented")
    views = {kind: masked(observed("post", links[kind][0], code=links[kind][1]), links[kind][1]) for kind in dead}
    views["wrong"] = masked(observed("post", links["valid"][0], code="123456"), "123456")

    assert differences(views) == {}


def test_a_wrong_code_is_counted_though_the_page_fails(sam, links):
    token, code = links["valid"]
    for _ in range(5):
        assert observed("post", token, code=wrong(code))[0] == 422
    with opened(sam) as viewer:
        row = Invitation.objects.visible_to(viewer).get(token_hash=invitations.token_hash(token))

    assert (row.wrong_codes, row.stands, observed("post", token, code=code)[0]) == (5, False, 422)


@pytest.mark.parametrize("kind", ["valid", "known account", "paused person"])
def test_the_code_signs_the_person_in_and_leads_to_their_room(links, sam, kind):
    token, code = links[kind]
    client = Client()
    response = client.post(f"/invitation/{token}/", {"code": f" {code[:3]} {code[3:]}"})
    user = User.objects.get(pk=client.session["_auth_user_id"])
    with opened(user) as viewer:
        rooms = {reverse("room", args=[room]) for room in viewer.rooms}

    assert (response.status_code, response.url in rooms) == (302, True)
    assert client.get(response.url).status_code == 200
    assert client.session["account_authentication_methods"][0]["method"] == "code"


def test_a_visitor_with_an_account_sees_no_other_answer_than_one_without(links):
    answers = []
    for kind in ("valid", "known account"):
        response = Client().post(f"/invitation/{links[kind][0]}/", {"code": links[kind][1]})
        answers.append((response.status_code, sorted(response.headers.keys()), sorted(response.cookies)))

    assert answers[0] == answers[1]


def test_an_account_of_staff_still_shows_its_second_step(sam):
    """The code is the first step only."""
    ana = make_staff(make_site(), Role.FACILITATOR, email="ana@hospital.example")
    token, code = invite(sam, make_participant(make_case(sam), user=False, email=ana.email))
    client = Client()
    entered = client.post(f"/invitation/{token}/", {"code": code})

    assert entered.status_code == 302
    assert client.get(reverse("events")).status_code == 302


def test_limits_count_for_one_link_and_never_for_the_next_persons(links):
    token, code = links["worn out"]
    for _ in range(30):
        observed("post", token, code=wrong(code))
    limited = observed("post", token, code=wrong(code))
    fresh, its_code = links["valid"]

    assert (limited[0], invitations.DID_NOT_OPEN.encode() in limited[3]) == (422, True)
    assert observed("post", fresh, code=its_code)[0] == 302


def test_somebody_who_has_signed_in_sees_the_same_page_for_every_link(links, sam):
    client = signed_in(sam)
    client.get("/invitation/x/")
    views = {kind: observed("get", token, client) for kind, (token, _) in links.items()}

    assert differences(views) == {}
