"""Why a conversation cannot be arranged yet: every condition alone closes the gate, and nothing else does."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine

from cases.actions import cases, people
from cases.models import Case
from facilitation import gate
from facilitation.gate import Facts, Person
from facilitation.models import Meeting
from healing import access, clock
from healing.roles import Role
from tests.factories.cases import make_participant, make_staff, opened
from tests.factories.meetings import Ready, make_plan, make_ready, prepare, say_yes, take_back

MARIA = Person(who="Maria Lopez (family)", side="harmed")
RANA = Person(who="Rana Chen (staff)", side="staff")
OPEN = Facts(form="in_person", people=(MARIA, RANA))
TWO = "This case needs two facilitators who are independent. Ask your lead to name another."


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({}, None),
        ({"preparations": 1}, None),
        ({"takes_part": False}, "There is no standing yes from Maria Lopez (family) to take part."),
        ({"meets": False}, "There is no standing yes from Maria Lopez (family) to meet in person."),
        ({"preparations": 0}, "A preparation with Maria Lopez (family) is needed."),
        ({"assessment": ""}, "Nothing is noted yet about risks and strengths for Maria Lopez (family)."),
        ({"assessment": "old"}, "The assessment for Maria Lopez (family) is too old. Go through it again."),
        ({"assessment": "not_now"}, "The assessment for Maria Lopez (family) says: not suitable now."),
        ({"aftercare": False}, "Nobody is named yet to be there for Maria Lopez (family) during and afterwards."),
        ({"paused": True}, "Maria Lopez (family) has paused."),
        ({"here": False}, "Maria Lopez (family) is no longer part of the case."),
    ],
)
@pytest.mark.parametrize("other", [RANA, replace(RANA, guest=False, preparations=5)])
def test_each_person_must_lack_nothing(change: dict, sentence: str | None, other: Person) -> None:
    plan = replace(OPEN, people=(replace(MARIA, **change), other))

    assert gate.missing(plan) == ([sentence] if sentence else [])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"people": (RANA,)}, "Nobody from the family's side is invited yet."),
        ({"people": (MARIA,)}, "Nobody from the staff side is invited yet."),
        ({"people": (MARIA, replace(RANA, guest=True))}, "Nobody from the staff side is invited yet."),
        ({"facilitators": 2}, TWO),
        ({"facilitators": 2, "independent": 0}, TWO),
        (
            {"not_declared": ("Jo Blunt",)},
            "Jo Blunt has not declared yet to be independent of everybody in the case.",
        ),
    ],
)
def test_the_plan_itself_must_lack_nothing(change: dict, sentence: str) -> None:
    assert gate.missing(replace(OPEN, **change)) == [sentence]


@pytest.mark.parametrize(
    ("had", "needed", "sentence"),
    [
        (0, 1, "A preparation with Maria Lopez (family) is needed."),
        (0, 2, "Preparing twice with Maria Lopez (family) is needed."),
        (1, 2, "One more preparation with Maria Lopez (family) is needed."),
        (2, 2, None),
        (3, 1, None),
    ],
)
def test_severe_harm_needs_two_preparations(had: int, needed: int, sentence: str | None) -> None:
    plan = replace(OPEN, preparations=needed, people=(replace(MARIA, preparations=had), RANA))

    assert gate.missing(plan) == ([sentence] if sentence else [])


def test_everything_that_is_missing_is_said_at_once() -> None:
    nobody_ready = Person(
        who="X", takes_part=False, meets=False, preparations=0, assessment="", aftercare=False, paused=True
    )

    assert len(gate.missing(replace(OPEN, people=(nobody_ready, RANA)))) == 6


@pytest.mark.parametrize("form", ["in_person", "video", "phone", "hybrid"])
def test_every_form_reads_as_a_sentence(form: str) -> None:
    plan = replace(OPEN, form=form, people=(replace(MARIA, meets=False), RANA))
    words = {"in_person": "in person", "video": "by video", "phone": "by phone"}
    how = words.get(form, "with some in the room and some by video")

    assert gate.missing(plan) == [f"There is no standing yes from Maria Lopez (family) to meet {how}."]


# --- the facts behind it, read from real rows -------------------------------------------------------------------------
@pytest.fixture
def ready(db: None) -> Ready:
    return make_ready()


def reasons(ready: Ready, meeting: Meeting) -> list[str]:
    with opened(ready.sam) as sam:
        return gate.reasons(sam, meeting)


def test_a_case_that_lacks_nothing_opens_the_gate(ready: Ready) -> None:
    assert reasons(ready, make_plan(ready)) == []


def test_a_yes_to_another_form_is_not_a_yes_to_this_one(ready: Ready) -> None:
    assert reasons(ready, make_plan(ready, form="video")) == [
        "There is no standing yes from Maria Lopez (family) to meet by video.",
        "There is no standing yes from Rana Chen (staff) to meet by video.",
    ]


@pytest.mark.parametrize("purpose", ["meet", "take_part"])
def test_taking_back_a_yes_closes_it(ready: Ready, purpose: str) -> None:
    meeting = make_plan(ready)
    take_back(ready, ready.maria, purpose)

    found = reasons(ready, meeting)

    assert "There is no standing yes from Maria Lopez (family) to meet in person." in found
    assert ("There is no standing yes from Maria Lopez (family) to take part." in found) is (purpose == "take_part")


def test_a_pause_closes_it_and_resuming_opens_it(ready: Ready) -> None:
    meeting = make_plan(ready)
    with opened(ready.sam) as sam:
        people.pause(by=sam, participant=ready.rana, reason="wellbeing")
    paused = reasons(ready, meeting)
    with opened(ready.sam) as sam:
        people.resume(by=sam, participant=ready.rana)

    assert paused == ["Rana Chen (staff) has paused."]
    assert reasons(ready, meeting) == []


def test_an_assessment_is_fresh_for_as_long_as_the_site_says(ready: Ready) -> None:
    meeting = make_plan(ready)
    now = clock.now()
    with time_machine.travel(now + timedelta(days=30, minutes=-1), tick=False):
        fresh = reasons(ready, meeting)
    with time_machine.travel(now + timedelta(days=30, minutes=1), tick=False):
        old = reasons(ready, meeting)

    assert fresh == []
    assert old == [
        "The assessment for Maria Lopez (family) is too old. Go through it again.",
        "The assessment for Rana Chen (staff) is too old. Go through it again.",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("grade", "needed"),
    [
        ({"physical_harm": "moderate"}, 1),
        ({"physical_harm": "unknown"}, 1),
        ({"physical_harm": "severe"}, 2),
        ({"physical_harm": "fatal"}, 2),
        ({"physical_harm": "none", "psychological_harm": "severe"}, 2),
    ],
)
def test_the_grade_of_harm_says_how_often_to_prepare(grade: dict, needed: int) -> None:
    ready = make_ready(**grade)
    meeting = make_plan(ready)
    with opened(ready.sam) as sam:
        assert gate.facts(sam, meeting).preparations == needed
    if needed == 2:
        assert reasons(ready, meeting) == [
            "One more preparation with Maria Lopez (family) is needed.",
            "One more preparation with Rana Chen (staff) is needed.",
        ]
        prepare(ready, ready.maria, days_ago=3)  # the same day again is the same preparation
        assert len(reasons(ready, meeting)) == 2
        prepare(ready, ready.maria, days_ago=1)
        prepare(ready, ready.rana, days_ago=1)
    assert reasons(ready, meeting) == []


def test_a_colleague_who_has_not_declared_independence_closes_it(ready: Ready) -> None:
    meeting = make_plan(ready)
    lead = make_staff(ready.site, Role.LEAD)
    jo = make_staff(ready.site, Role.FACILITATOR, name="Jo Blunt")
    with opened(lead) as viewer:
        named = cases.assign(by=viewer, case=ready.case, user=jo)
    waiting = reasons(ready, meeting)
    with opened(jo) as viewer:
        cases.declare_independent(by=viewer, assignment=named)

    assert waiting == ["Jo Blunt has not declared yet to be independent of everybody in the case."]
    assert reasons(ready, meeting) == []


def test_a_complex_case_needs_two_facilitators(ready: Ready) -> None:
    with opened(ready.sam) as sam:
        Case.objects.visible_to(sam).filter(pk=ready.case.pk).update(complex=True)
        ready.case.refresh_from_db()

    assert reasons(ready, make_plan(ready)) == [TWO]


def test_somebody_who_is_not_invited_does_not_close_it(ready: Ready) -> None:
    make_participant(ready.case, side="harmed", name="Jon Lopez", user=False)

    assert reasons(ready, make_plan(ready)) == []


def test_as_many_queries_for_eight_people_as_for_two(ready: Ready, django_assert_num_queries) -> None:
    meeting = make_plan(ready)
    with opened(ready.sam) as sam, django_assert_num_queries(10):
        gate.reasons(sam, gate_meeting(sam, meeting))
    more = [make_participant(ready.case, side="staff", name=f"Person {n}", user=False) for n in range(6)]
    for person in more:
        say_yes(ready, person)
    meeting = make_plan(ready, *ready.people, *more)
    with opened(ready.sam) as sam, django_assert_num_queries(10):
        assert len(gate.reasons(sam, gate_meeting(sam, meeting))) == 12


def gate_meeting(viewer: access.Viewer, meeting: Meeting) -> Meeting:
    return Meeting.objects.visible_to(viewer).select_related("case__site").get(pk=meeting.pk)


def test_an_event_that_cannot_be_seen_counts_as_severe(ready: Ready, as_worker: None) -> None:
    meeting = make_plan(ready)
    with access.opened("case", ready.case.pk) as worker:
        assert gate.facts(worker, meeting).preparations == 2
