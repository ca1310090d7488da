"""A case from opening to closing, and who may see it."""

from datetime import date

import pytest
import time_machine

from cases.actions import cases
from cases.models import Assignment, Case, CaseEvent, Invitation
from cases.queries import cases as queries
from healing import transitions
from healing.errors import HealingError, NotAllowed
from healing.models import AuditEvent, DataKey, StatusChange
from healing.roles import Role
from tests.factories.cases import give_roles, make_case, make_event, make_participant, make_site, make_staff, opened

pytestmark = pytest.mark.django_db


def outcome_of(act):
    """What an act came to: `done`, or the sentence that was said."""
    try:
        act()
    except HealingError as error:
        return str(error)
    return "done"


def seen_by(user, case):
    with opened(user) as viewer:
        return Case.objects.visible_to(viewer).filter(pk=case.pk).exists(), case.pk in viewer.cases


# --- opening --------------------------------------------------------------------------------------------------------
@time_machine.travel("2026-05-04 10:00Z", tick=False)
def test_a_case_is_opened_from_events_by_an_independent_facilitator():
    site = make_site()
    sam = make_staff(site, Role.FACILITATOR)
    events = [make_event(site), make_event(site)]

    case = make_case(sam, *events)

    with opened(sam) as viewer:
        row = Case.objects.visible_to(viewer).get(pk=case.pk)
        about = CaseEvent.objects.visible_to(viewer).filter(case=case).values_list("event", flat=True)
        named = Assignment.objects.visible_to(viewer).get(case=case)
        assert (row.status, row.next_word_on, row.closed_at) == ("opened", date(2026, 5, 18), None)
        assert {*about} == {event.pk for event in events}
        assert (named.user_id, named.independent_at, named.ended_at) == (sam.pk, row.opened_at, None)
        assert DataKey.objects.visible_to(viewer).filter(holder=case.pk).count() == 1
        assert [*AuditEvent.objects.visible_to(viewer).values_list("verb", "actor")] == [("case.opened", sam.pk)]


@pytest.mark.parametrize(
    ("roles", "independent", "events", "outcome"),
    [
        ([Role.FACILITATOR], True, "own", "done"),
        ([Role.FACILITATOR, Role.LEAD], True, "own", "done"),
        ([Role.FACILITATOR], False, "own", cases.NOT_INDEPENDENT),
        ([Role.FACILITATOR], True, "none", cases.NO_EVENT),
        ([Role.FACILITATOR], True, "elsewhere", cases.NO_EVENT),
        ([Role.LEAD], True, "own", NotAllowed.sentence),
        ([Role.ADMINISTRATOR], True, "own", NotAllowed.sentence),
        ([], True, "own", NotAllowed.sentence),
    ],
)
def test_who_opens_a_case_and_from_what(roles, independent, events, outcome):
    site, elsewhere = make_site(), make_site()
    chosen = {"own": [make_event(site)], "none": [], "elsewhere": [make_event(elsewhere)]}[events]
    user = make_staff(site, *roles)
    with opened(user) as viewer:
        came_to = outcome_of(lambda: cases.open_case(by=viewer, site=site, events=chosen, independent=independent))
    with opened(user) as viewer:
        assert (came_to, len(viewer.cases)) == (outcome, int(outcome == "done"))


def test_a_reference_that_is_taken_is_drawn_again(monkeypatch):
    site = make_site()
    sam = make_staff(site, Role.FACILITATOR)
    drawn = iter(["K7M-4QX", "K7M-4QX", "K7M-4QY"])
    monkeypatch.setattr("healing.ids.reference", lambda: next(drawn))

    assert [make_case(sam, make_event(site)).reference for _ in range(2)] == ["K7M-4QX", "K7M-4QY"]


# --- who works in it ------------------------------------------------------------------------------------------------
def test_a_named_facilitator_sees_the_case_once_she_has_declared_independence():
    site = make_site()
    lead, ana = make_staff(site, Role.LEAD), make_staff(site, Role.FACILITATOR, name="Ana")
    case = make_case(make_staff(site, Role.FACILITATOR))
    seen = [seen_by(ana, case)]
    with opened(lead) as viewer:
        assignment = cases.assign(by=viewer, case=case, user=ana)
        assert cases.assign(by=viewer, case=case, user=ana) == assignment
    seen.append(seen_by(ana, case))
    for _ in range(2):
        with opened(ana) as viewer:
            cases.declare_independent(by=viewer, assignment=assignment)
    seen.append(seen_by(ana, case))

    assert seen == [(False, False), (False, False), (True, True)]
    with opened(ana) as viewer:
        verbs = AuditEvent.objects.visible_to(viewer).filter(case_id=case.pk).values_list("verb", flat=True)
        assert sorted(verbs) == ["case.independent", "case.opened"]


def test_a_named_facilitator_may_step_back_and_be_named_again():
    site = make_site()
    lead, ana = make_staff(site, Role.LEAD), make_staff(site, Role.FACILITATOR)
    case = make_case(make_staff(site, Role.FACILITATOR))
    with opened(lead) as viewer:
        first = cases.assign(by=viewer, case=case, user=ana)
    with opened(ana) as viewer:
        cases.step_back(by=viewer, assignment=first)
        assert outcome_of(lambda: cases.declare_independent(by=viewer, assignment=first)) == NotAllowed.sentence
        assert queries.waiting_for_me(viewer) == []
    with opened(lead) as viewer:
        assert cases.assign(by=viewer, case=case, user=ana) != first


def test_nobody_declares_for_somebody_else():
    site = make_site()
    lead, ana = make_staff(site, Role.LEAD, Role.FACILITATOR), make_staff(site, Role.FACILITATOR)
    case = make_case(make_staff(site, Role.FACILITATOR))
    with opened(lead) as viewer:
        assignment = cases.assign(by=viewer, case=case, user=ana)
        assert outcome_of(lambda: cases.declare_independent(by=viewer, assignment=assignment)) == NotAllowed.sentence
    assert seen_by(ana, case) == (False, False)


@pytest.mark.parametrize(
    ("roles", "named", "outcome"),
    [
        ([Role.LEAD], [Role.FACILITATOR], "done"),
        ([Role.LEAD], [Role.LEAD], cases.NOT_A_FACILITATOR),
        ([Role.LEAD], [], cases.NOT_A_FACILITATOR),
        ([Role.FACILITATOR], [Role.FACILITATOR], NotAllowed.sentence),
        ([Role.ADMINISTRATOR], [Role.FACILITATOR], NotAllowed.sentence),
    ],
)
def test_who_names_whom(roles, named, outcome):
    site = make_site()
    case = make_case(make_staff(site, Role.FACILITATOR))
    user = make_staff(site, *named)
    with opened(make_staff(site, *roles)) as viewer:
        assert outcome_of(lambda: cases.assign(by=viewer, case=case, user=user)) == outcome


def test_a_lead_elsewhere_names_nobody():
    case = make_case(make_staff(make_site(), Role.FACILITATOR))
    elsewhere = make_site()
    ana = make_staff(elsewhere, Role.FACILITATOR)
    with opened(make_staff(elsewhere, Role.LEAD)) as viewer:
        assert outcome_of(lambda: cases.assign(by=viewer, case=case, user=ana)) == NotAllowed.sentence


# --- closing and reopening ------------------------------------------------------------------------------------------
def test_a_case_is_closed_for_a_reason_and_opened_again():
    sam = make_staff(make_site(), Role.FACILITATOR)
    case = make_case(sam)
    make_participant(case)
    make_participant(case, side="staff", name="Ben Okafor", user=False)
    with opened(sam) as viewer:
        for _ in range(2):
            cases.close(by=viewer, case=case, reason="needs")
        closed = Case.objects.visible_to(viewer).get(pk=case.pk)
        assert (closed.status, closed.close_reason, closed.closed_at is None) == ("closed", "needs", False)
        for _ in range(2):
            cases.reopen(by=viewer, case=case)
        again = Case.objects.visible_to(viewer).get(pk=case.pk)
        moves = [*StatusChange.objects.visible_to(viewer).order_by("at").values_list("to_status", "why")]
    assert (again.status, again.close_reason, again.closed_at) == ("mapped", "", None)
    assert moves == [("mapped", ""), ("closed", "needs"), ("opened", ""), ("mapped", "")]


def test_closing_ends_the_invitations_that_nobody_used():
    sam = make_staff(make_site(), Role.FACILITATOR)
    case = make_case(sam)
    used = make_participant(case)
    open_one = make_participant(case, side="staff", name="Ben Okafor", user=False)
    with opened(sam) as viewer:
        cases.invitations.invite(by=viewer, participant=open_one)
        cases.close(by=viewer, case=case, reason="stopped")
        revoked = {one.participant_id: one.revoked_at is not None for one in Invitation.objects.visible_to(viewer)}
    assert revoked == {used.pk: False, open_one.pk: True}


def test_a_case_with_a_booked_conversation_is_not_closed():
    sam = make_staff(make_site(), Role.FACILITATOR)
    case = make_case(sam)
    with opened(sam) as viewer:
        for status in ("mapped", "preparing", "arranged"):
            transitions.move(case, status, by=viewer)
        assert outcome_of(lambda: cases.close(by=viewer, case=case, reason="met")) == cases.STILL_BOOKED


def test_only_a_facilitator_of_the_case_closes_or_reopens_it():
    site = make_site()
    case = make_case(make_staff(site, Role.FACILITATOR))
    maria = make_participant(case)
    for user in (make_staff(site, Role.FACILITATOR), make_staff(site, Role.LEAD), maria.user):
        with opened(user) as viewer:
            acts = [lambda: cases.close(by=viewer, case=case, reason="met"), lambda: cases.reopen(by=viewer, case=case)]
            assert [outcome_of(act) for act in acts] == [NotAllowed.sentence] * 2


def test_reopening_a_case_that_is_under_way_changes_nothing():
    sam = make_staff(make_site(), Role.FACILITATOR)
    case = make_case(sam)
    with opened(sam) as viewer:
        transitions.move(case, "mapped", by=viewer)
        transitions.move(case, "preparing", by=viewer)
        cases.reopen(by=viewer, case=case)
        assert Case.objects.visible_to(viewer).get(pk=case.pk).status == "preparing"


# --- the list -------------------------------------------------------------------------------------------------------
def test_a_facilitator_lists_her_own_cases_and_a_lead_every_case_of_the_site_without_what_it_is_about():
    site, elsewhere = make_site(), make_site()
    sam, ana = make_staff(site, Role.FACILITATOR, name="Sam"), make_staff(site, Role.FACILITATOR, name="Ana")
    lead = make_staff(site, Role.LEAD)
    sams, anas = make_case(sam), make_case(ana)
    make_case(make_staff(elsewhere, Role.FACILITATOR))
    with opened(lead) as viewer:
        cases.assign(by=viewer, case=anas, user=sam)

    listed = {}
    for user in (sam, lead, make_staff(site, Role.ADMINISTRATOR, name="Ada"), make_participant(sams).user):
        with opened(user) as viewer:
            rows = queries.rows(viewer, queries.listed(viewer, closed=False))
            listed[user.name] = [(r.case.pk, r.facilitators, r.undeclared, r.about, str(r.next_step)) for r in rows]

    first = "Add the people of both sides"
    assert listed == {
        "Sam": [(sams.pk, ["Sam"], [], "Medication", first)],
        "Sam Reed": [(sams.pk, ["Sam"], [], "", first), (anas.pk, ["Ana"], ["Sam"], "", first)],
        "Ada": [],
        "": [],
    }


def test_a_lead_does_not_name_herself():
    site = make_site()
    both = make_staff(site, Role.LEAD, Role.FACILITATOR)
    case = make_case(make_staff(site, Role.FACILITATOR))
    with opened(both) as viewer, pytest.raises(HealingError, match="themselves"):
        cases.assign(by=viewer, case=case, user=both)


def test_nobody_facilitates_a_case_that_they_are_in():
    """A nurse who is also a facilitator is named by a lead who cannot know: she may not come in by that door."""
    site = make_site()
    lead, case = make_staff(site, Role.LEAD), make_case(make_staff(site, Role.FACILITATOR))
    nurse = make_participant(case, side="staff", name="Aisha Rahman")
    give_roles(nurse.user, site, Role.FACILITATOR)
    with opened(lead) as viewer:
        named = cases.assign(by=viewer, case=case, user=nurse.user)
    with opened(nurse.user) as viewer, pytest.raises(HealingError):
        cases.declare_independent(by=viewer, assignment=named)
    with opened(nurse.user) as viewer:
        assert case.pk not in viewer.cases
