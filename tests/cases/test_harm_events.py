"""Grading harm: on two axes, with every grade kept."""

import pytest

from cases.actions import harm_events
from cases.models import HarmEvent
from cases.queries import harm_events as queries
from healing.errors import NotAllowed
from healing.roles import Role
from tests.factories.cases import make_case, make_event, make_participant, make_site, make_staff, opened

pytestmark = pytest.mark.django_db
AS_IT_WAS = {"physical": "moderate", "psychological": "unknown", "cultural": False, "spiritual": False}


def grades_of(user, event):
    with opened(user) as viewer:
        row = HarmEvent.objects.visible_to(viewer).get(pk=event.pk)
        history = [(grade["title"], grade["by"]) for grade in queries.gradings(viewer, row)]
    return [row.physical_harm, row.psychological_harm, row.cultural_harm, row.spiritual_harm], history


@pytest.mark.parametrize(
    ("given", "stands", "history"),
    [
        ({}, ["moderate", "unknown", False, False], []),
        ({"physical": "severe"}, ["severe", "unknown", False, False], ["Physical: Severe"]),
        ({"psychological": "low"}, ["moderate", "low", False, False], ["Psychological: Low"]),
        (
            {"physical": "fatal", "psychological": "severe"},
            ["fatal", "severe", False, False],
            ["Physical: The person died", "Psychological: Severe"],
        ),
        ({"cultural": True}, ["moderate", "unknown", True, False], []),
        ({"spiritual": True, "physical": "none"}, ["none", "unknown", False, True], ["Physical: None"]),
    ],
)
def test_a_grade_changes_the_event_and_is_kept(given, stands, history):
    site = make_site()
    sam, event = make_staff(site, Role.FACILITATOR), make_event(site)
    with opened(sam) as viewer:
        harm_events.grade(by=viewer, event=event, **AS_IT_WAS | given)
        harm_events.grade(by=viewer, event=event, **AS_IT_WAS | given)  # the same again adds nothing

    found, kept = grades_of(sam, event)

    assert (found, kept) == (stands, [(title, "Sam Reed") for title in history])


def test_grades_come_newest_first_from_everybody_who_gave_one():
    site = make_site()
    sam, lena, event = make_staff(site, Role.FACILITATOR), make_staff(site, Role.LEAD, name="Lena"), make_event(site)
    for user, grade in ((sam, "severe"), (lena, "low"), (sam, "severe")):
        with opened(user) as viewer:
            harm_events.grade(by=viewer, event=event, **AS_IT_WAS | {"physical": grade})

    assert grades_of(lena, event)[1] == [
        ("Physical: Severe", "Sam Reed"),
        ("Physical: Low", "Lena"),
        ("Physical: Severe", "Sam Reed"),
    ]


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.PRIVACY_OFFICER, Role.PEER_SUPPORTER, None])
def test_other_roles_do_not_grade(role):
    site = make_site()
    event = make_event(site)
    with opened(make_staff(site, *filter(None, [role]))) as viewer, pytest.raises(NotAllowed):
        harm_events.grade(by=viewer, event=event, **AS_IT_WAS)


def test_events_are_seen_at_ones_own_site_by_those_whose_role_includes_them():
    site, elsewhere = make_site(), make_site()
    event = make_event(site)
    sam = make_staff(site, Role.FACILITATOR)
    case = make_case(sam, event)
    people = {
        "facilitator": sam,
        "lead": make_staff(site, Role.LEAD),
        "administrator": make_staff(site, Role.ADMINISTRATOR),
        "facilitator elsewhere": make_staff(elsewhere, Role.FACILITATOR),
        "participant": make_participant(case).user,
    }
    seen = {}
    for who, user in people.items():
        with opened(user) as viewer:
            seen[who] = [found.pk for found in queries.listed(viewer)]

    assert seen == {
        "facilitator": [event.pk],
        "lead": [event.pk],
        "administrator": [],
        "facilitator elsewhere": [],
        "participant": [],
    }
