"""The pages of a case: the list, opening, naming a facilitator, declaring independence, closing, reopening."""

import pytest
from django.test import Client
from django.urls import reverse

from cases.actions import cases
from cases.models import Assignment, Case
from healing import ids, transitions
from healing.roles import Role
from tests.asking import asked
from tests.factories.cases import (
    give_roles,
    make_case,
    make_event,
    make_participant,
    make_site,
    make_staff,
    opened,
    signed_in,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def site():
    return make_site()


@pytest.fixture
def sam(site):
    return make_staff(site, Role.FACILITATOR, name="Sam Reed")


@pytest.fixture
def lead(site):
    return make_staff(site, Role.LEAD, name="Lena Hall")


def own_cases(user):
    with opened(user) as viewer:
        return [*Case.objects.visible_to(viewer).filter(pk__in=viewer.cases).order_by("opened_at")]


def status_of(user, case):
    with opened(user) as viewer:
        return Case.objects.visible_to(viewer).get(pk=case.pk).status


# --- opening --------------------------------------------------------------------------------------------------------
def test_a_case_is_opened_from_ticked_events(sam, site):
    client, events = signed_in(sam), [make_event(site), make_event(site)]
    address = reverse("case_new") + "?" + "&".join(f"event={event.pk}" for event in events)
    shown = client.get(address).content.decode()
    response = client.post(address, {"event": [event.pk for event in events], "independent": "on"})
    (case,) = own_cases(sam)

    assert all(event.reference in shown for event in events)
    assert (response.status_code, response.url) == (302, reverse("person_new", args=[case.pk]))


@pytest.mark.parametrize(
    ("events", "independent", "words"),
    [
        ("own", "", "Only somebody who is independent can open this case"),
        ("none", "on", "Choose at least one harm event."),
        ("invented", "on", "Choose from these answers."),
        ("not an id", "on", "Choose from these answers."),
        ("elsewhere", "on", "Choose from these answers."),
        ("two sites", "on", "These events are at different sites"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_opened(site, events, independent, words):
    other = make_site()
    user = make_staff(site, Role.FACILITATOR)
    here, there = make_event(site), make_event(other)
    if events == "two sites":
        give_roles(user, other, Role.FACILITATOR)
    chosen = {"own": [here.pk], "none": [], "invented": [ids.new()], "not an id": ["x"], "elsewhere": [there.pk]}
    response = signed_in(user).post(
        reverse("case_new"), {"event": chosen.get(events, [here.pk, there.pk]), "independent": independent}
    )

    assert (response.status_code, words in response.content.decode(), own_cases(user)) == (422, True, [])


def test_without_events_the_page_says_where_to_choose_them(sam):
    assert "Choose them in the list" in signed_in(sam).get(reverse("case_new")).content.decode()


def test_a_lead_is_told_that_a_facilitator_opens_cases(lead, site):
    response = signed_in(lead).post(reverse("case_new"), {"event": [make_event(site).pk], "independent": "on"})

    assert response.status_code == 403


# --- the list -------------------------------------------------------------------------------------------------------
def test_the_lead_sees_process_and_no_name_from_a_room(lead, sam):
    case = make_case(sam)
    make_participant(case, name="Maria Lopez")
    words = signed_in(lead).get(reverse("cases")).content.decode()

    assert [text in words for text in (case.reference, "Sam Reed", "Add the people of both sides", "Opened")] == [
        True
    ] * 4
    assert [
        text in words for text in ("Maria", "Lopez", "Medication", f'href="{reverse("case", args=[case.pk])}"')
    ] == [False] * 4


@pytest.mark.parametrize("role", [Role.FACILITATOR, Role.LEAD])
def test_the_list_asks_the_same_for_one_and_for_thirty(site, role):
    sam = make_staff(site, Role.FACILITATOR)
    client = signed_in(sam if role is Role.FACILITATOR else make_staff(site, role))
    counts = []
    for more in (1, 29):
        for _ in range(more):
            make_case(sam)
        counts.append(len(asked(client, reverse("cases"))))

    assert counts == [8, 8]


def test_closed_cases_are_on_a_list_of_their_own(sam):
    client, open_one, closed = signed_in(sam), make_case(sam), make_case(sam)
    with opened(sam) as viewer:
        cases.close(by=viewer, case=closed, reason="letters")
    now, then = client.get(reverse("cases")).content.decode(), client.get(reverse("cases"), {"show": "closed"})

    assert (open_one.reference in now, closed.reference in now) == (True, False)
    assert (open_one.reference in then.content.decode(), "Letters completed" in then.content.decode()) == (False, True)


def test_empty_lists_say_why(sam, lead):
    words = [
        signed_in(user).get(reverse("cases"), query).content.decode()
        for user in (sam, lead)
        for query in ({}, {"show": "closed"})
    ]

    assert ["Open one from a harm event" in words[0], "A facilitator opens one" in words[2]] == [True, True]
    assert all("A case that waits is never closed by itself" in each for each in (words[1], words[3]))


# --- who works in it ------------------------------------------------------------------------------------------------
def test_naming_a_facilitator_and_her_declaration(lead, sam, site):
    case = make_case(sam)
    ana = make_staff(site, Role.FACILITATOR, name="Ana Ito")
    page = signed_in(lead).get(reverse("case_assign", args=[case.pk]))
    named = signed_in(lead).post(reverse("case_assign", args=[case.pk]), {"user": ana.pk})
    client, address = signed_in(ana), reverse("case_independence", args=[case.pk])
    before = client.get(reverse("case_close", args=[case.pk])).status_code
    waiting = client.get(reverse("today")).content.decode()
    missing = client.post(address, {})
    declared = client.post(address, {"independent": "on"})

    assert ("Ana Ito" in page.content.decode(), "Sam Reed" in page.content.decode(), named.status_code) == (
        *(True, False),
        302,
    )
    assert (before, address in waiting, missing.status_code) == (404, True, 422)
    assert (declared.url, client.get(reverse("case_close", args=[case.pk])).status_code) == (
        reverse("case", args=[case.pk]),
        200,
    )


def test_stepping_back_needs_no_reason(lead, sam, site):
    case = make_case(sam)
    ana = make_staff(site, Role.FACILITATOR)
    signed_in(lead).post(reverse("case_assign", args=[case.pk]), {"user": ana.pk})
    client, address = signed_in(ana), reverse("case_independence", args=[case.pk])

    assert client.post(address, {"then": "step_back"}).url == reverse("cases")
    assert (client.get(address).status_code, own_cases(ana)) == (404, [])


def test_naming_nobody_or_somebody_else_is_answered_in_words(lead, sam, site):
    case = make_case(sam)
    wrong = [{}, {"user": ids.new()}, {"user": "x"}, {"user": sam.pk}, {"user": make_staff(site, Role.LEAD).pk}]
    statuses = [signed_in(lead).post(reverse("case_assign", args=[case.pk]), data).status_code for data in wrong]
    with opened(lead) as viewer:
        assert (statuses, Assignment.objects.visible_to(viewer).count()) == ([422] * 5, 1)


def test_a_lead_elsewhere_names_nobody_here_even_in_her_own_case(site):
    both = make_staff(site, Role.FACILITATOR)
    give_roles(both, make_site(), Role.LEAD)
    case = make_case(both, make_event(site))

    assert signed_in(both).get(reverse("case_assign", args=[case.pk])).status_code == 404


# --- closing and reopening ------------------------------------------------------------------------------------------
def test_closing_and_reopening_are_pages_that_say_what_will_happen(sam):
    case, client = make_case(sam), signed_in(sam)
    close, reopen = reverse("case_close", args=[case.pk]), reverse("case_reopen", args=[case.pk])
    said = "Promises stay visible" in client.get(close).content.decode()
    missing = client.post(close, {}).status_code
    nonsense = client.post(close, {"reason": "bored"}).status_code
    before = status_of(sam, case)
    client.post(close, {"reason": "needs"})
    during = status_of(sam, case)
    asked_first = client.get(reopen).status_code, status_of(sam, case)
    client.post(reopen)

    assert (said, missing, nonsense, before, during) == (True, 422, 422, "opened", "closed")
    assert (asked_first, status_of(sam, case)) == ((200, "closed"), "opened")


def test_a_case_with_a_booked_conversation_says_what_to_do_first(sam):
    case = make_case(sam)
    with opened(sam) as viewer:
        for status in ("mapped", "preparing", "arranged"):
            transitions.move(case, status, by=viewer)
    response = signed_in(sam).post(reverse("case_close", args=[case.pk]), {"reason": "met"})

    assert (response.status_code, cases.STILL_BOOKED in response.content.decode()) == (409, True)


# --- outsiders ------------------------------------------------------------------------------------------------------
def test_nobody_else_reaches_a_page_of_a_case(sam, site, lead):
    case = make_case(sam)
    maria, ben = make_participant(case), make_participant(case, side="staff", name="Ben")
    places = [
        *(reverse(name, args=[case.pk]) for name in ("case_close", "case_reopen", "person_new", "case_independence")),
        *(reverse(name, args=[case.pk, maria.pk]) for name in ("person_contact", "person_invite", "person_pause")),
        reverse("case_assign", args=[case.pk]),
        reverse("cases"),
    ]
    others = {
        "facilitator of another case": make_case(colleague := make_staff(site, Role.FACILITATOR)) and colleague,
        "other site": make_staff(make_site(), Role.FACILITATOR, Role.LEAD),
        "lead": lead,
        "administrator": make_staff(site, Role.ADMINISTRATOR),
        "participant": maria.user,
        "other participant": ben.user,
    }
    answers = {who: [signed_in(user).get(place) for place in places] for who, user in others.items()}
    statuses = {who: [answer.status_code for answer in given] for who, given in answers.items()}

    inside = [404] * 3
    assert statuses == {
        "facilitator of another case": [*inside, 404, *inside, 403, 200],
        "other site": [*inside, 404, *inside, 404, 200],
        "lead": [*inside, 403, *inside, 200, 200],
        "administrator": [*inside, 403, *inside, 403, 403],
        "participant": [*inside, 403, *inside, 403, 403],
        "other participant": [*inside, 403, *inside, 403, 403],
    }
    for who in ("facilitator of another case", "other site"):
        assert case.reference not in answers[who][-1].content.decode()
    assert {Client().get(place).status_code for place in places} == {302}


def test_posts_from_outside_change_nothing(sam, site):
    case = make_case(sam)
    outsiders = [make_staff(site, Role.FACILITATOR), make_staff(site, Role.LEAD), make_participant(case).user]
    for user in outsiders:
        for name, data in (("case_close", {"reason": "met"}), ("person_new", {"name": "X", "part": "patient"})):
            assert signed_in(user).post(reverse(name, args=[case.pk]), data).status_code == 404
    assert status_of(sam, case) == "opened"
