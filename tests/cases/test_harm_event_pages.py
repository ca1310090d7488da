"""The pages about harm events: list, event, grading, and a file looked at before anything is kept."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cases import grades
from cases.models import HarmEvent, ImportBatch, ImportRow
from healing import due
from healing.roles import Role
from tests.asking import asked
from tests.factories.cases import (
    as_role,
    make_case,
    make_event,
    make_participant,
    make_site,
    make_staff,
    opened,
    signed_in,
)

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
ROWS = (
    "reference,occurred_on,kind,physical_harm",
    "INC-1,2026-03-03,Fall,low",
    "INC-2,2026-03-04,Fall,severe",
    "INC-3,x,y,z",
)
CSV = "\n".join(ROWS)


@pytest.fixture
def site():
    return make_site()


@pytest.fixture
def sam(site):
    return make_staff(site, Role.FACILITATOR)


@pytest.fixture
def client(sam):
    return signed_in(sam)


def events_of(user):
    with opened(user) as viewer:
        return [*HarmEvent.objects.visible_to(viewer).order_by("reference").values_list("reference", "physical_harm")]


def rows_of(user):
    with opened(user) as viewer:
        return ImportRow.objects.visible_to(viewer).count()


# --- the list -------------------------------------------------------------------------------------------------------
def test_the_newest_come_first_and_those_without_a_date_last(client, site):
    days = {"new": date(2026, 5, 1), "old": date(2024, 1, 1), "middle": date(2025, 7, 1)}
    for name, day in days.items():
        make_event(site, reference=name, occurred_on=day)
    make_event(site, reference="undated", occurred_on=None, occurred_precision="unknown")

    page = client.get(reverse("events")).context["page"]

    assert [event.reference for event in page] == ["new", "middle", "old", "undated"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["A-1", "A-2", "B-1"]),
        ({"reference": "a-"}, ["A-1", "A-2"]),
        ({"service_area": "ward"}, ["A-1"]),
        ({"harm": "severe"}, ["A-2", "B-1"]),
        ({"harm": "severe", "reference": "B"}, ["B-1"]),
        ({"reference": "zzz"}, []),
        ({"harm": "nonsense"}, ["A-1", "A-2", "B-1"]),
        ({"page": "99"}, ["A-1", "A-2", "B-1"]),
        ({"page": "x"}, ["A-1", "A-2", "B-1"]),
    ],
)
def test_the_list_can_be_narrowed(client, site, query, found):
    make_event(site, reference="A-1", service_area="Ward 4")
    make_event(site, reference="A-2", service_area="Theatre", physical_harm="severe")
    make_event(site, reference="B-1", service_area="", psychological_harm="severe", physical_harm="none")

    response = client.get(reverse("events"), query)

    assert sorted(event.reference for event in response.context["page"]) == found
    words = {
        "zzz": "No harm event is like that",
        "nonsense": "Choose one of the answers",
    }.get(query.get("harm", query.get("reference", "")), "Open a case from the ticked events")
    assert words in response.content.decode()


def test_an_empty_list_says_why_and_what_next(client):
    assert "Bring them in from a file of your incident system" in client.get(reverse("events")).content.decode()


def test_the_list_asks_the_same_for_one_and_for_thirty(client, site):
    client.get(reverse("events"))
    counts = []
    for more in (1, 29):
        for _ in range(more):
            make_event(site)
        counts.append(len(asked(client, reverse("events"))))

    assert counts == [7, 7]


# --- one event ------------------------------------------------------------------------------------------------------
def test_an_event_shows_its_grades_in_words_and_that_nobody_need_have_erred(client, site):
    event = make_event(site, physical_harm="severe", psychological_harm="low", harm_original="F")
    words = client.get(reverse("event", args=[event.pk])).content.decode()

    for shown in (
        *(grades.PHYSICAL["severe"], grades.PSYCHOLOGICAL["low"], grades.EVENT_NEEDS_NO_ERROR, grades.IN_DOUBT),
        *("Ward 4", "Medication", "urn:incidents", reverse("case_new") + f"?event={event.pk}"),
    ):
        assert str(shown) in words


def test_only_ones_own_cases_stand_on_the_event(client, sam, site):
    event = make_event(site)
    own, other = make_case(sam, event), make_case(make_staff(site, Role.FACILITATOR), event)
    words = client.get(reverse("event", args=[event.pk])).content.decode()

    assert (own.reference in words, other.reference in words) == (True, False)


@pytest.mark.parametrize(
    ("given", "stands"),
    [
        ({}, ("severe", "low", True, False)),
        ({"physical_harm": "fatal"}, ("fatal", "low", True, False)),
        ({"psychological_harm": "fatal"}, None),
        ({"psychological_harm": ""}, None),
        ({"physical_harm": "nonsense"}, None),
    ],
)
def test_grading_on_the_page(client, sam, site, given, stands):
    event = make_event(site)
    answers = {"physical_harm": "severe", "psychological_harm": "low", "cultural_harm": "on"} | given
    response = client.post(reverse("event_grade", args=[event.pk]), answers)
    with opened(sam) as viewer:
        row = HarmEvent.objects.visible_to(viewer).get(pk=event.pk)
    found = (row.physical_harm, row.psychological_harm, row.cultural_harm, row.spiritual_harm)

    expected = (302, stands) if stands else (422, ("moderate", "unknown", False, False))
    assert (response.status_code, found) == expected


# --- a file ---------------------------------------------------------------------------------------------------------
def upload(client, content=CSV, name="events.csv", **more):
    file = SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)
    return client.post(reverse("event_import"), {"file": file, "columns": "generic"} | more)


def test_a_file_is_looked_at_and_then_taken(client, sam, site):
    looked = upload(client, site=site.pk)
    preview = client.get(looked.url)
    before = events_of(sam)
    taken = client.post(looked.url)

    words = preview.content.decode()
    assert ("Take 2 harm events for Lakeside" in words, "1 row wrong" in words) == (True, True)
    assert (before, taken.url) == ([], reverse("events"))
    assert events_of(sam) == [("INC-1", "low"), ("INC-2", "severe")]
    assert rows_of(sam) == 0
    assert "The harm events are in the list." in client.get(looked.url).content.decode()


def test_a_table_of_another_system_names_itself(client, sam, site):
    table = "RP01 Unique Incident ID,Date of Incident\n100,03/03/2011\n"
    wrong = upload(client, table, site=site.pk)
    right = client.get(upload(client, table, site=site.pk, columns="nrls").url)

    assert "Choose another map" in wrong.content.decode()
    assert right.context["batch"].taken == 1
    assert upload(client, site=site.pk, columns="/etc/passwd").status_code == 422


def test_a_file_that_nobody_decided_about_is_forgotten_after_a_day(client, sam, site):
    with time_machine.travel(MONDAY, tick=False) as time:
        old = upload(client, site=site.pk)
        time.shift(timedelta(hours=23))
        work()
        new = upload(client, site=site.pk)
        before = rows_of(sam)
        time.shift(timedelta(hours=1))
        work()
        after = rows_of(sam)

    assert (before, after) == (6, 3)
    with opened(sam) as viewer:
        states = {str(batch.pk): batch.state for batch in ImportBatch.objects.visible_to(viewer)}
    assert [states[page.url.split("/")[-2]] for page in (old, new)] == ["left", "preview"]


def work():
    with as_role("healing_worker"):
        while due.tick():
            pass


def test_taking_twice_or_bringing_the_same_file_again_changes_nothing(client, sam, site):
    looked = upload(client, site=site.pk)
    client.post(looked.url)
    again = client.post(looked.url)
    second = upload(client, site=site.pk)

    assert (again.status_code, events_of(sam)) == (409, [("INC-1", "low"), ("INC-2", "severe")])
    assert "2 rows skipped" in client.get(second.url).content.decode()


def test_a_file_can_be_left(client, sam, site):
    looked = upload(client, site=site.pk)
    left = client.post(reverse("event_import_leave", args=looked.url.split("/")[-2:-1]))

    assert (left.status_code, events_of(sam), rows_of(sam)) == (302, [], 0)
    assert "Nothing was taken from this file" in client.get(looked.url).content.decode()


@pytest.mark.parametrize("show", ["taken", "skipped", "wrong", "", "nonsense"])
def test_each_row_says_what_becomes_of_it(client, site, show):
    looked = upload(client, site=site.pk)
    page = client.get(looked.url, {"show": show})
    outcomes = {row.outcome for row in page.context["page"]}

    assert outcomes == {"taken": {"taken"}, "wrong": {"wrong"}, "": {"taken", "wrong"}}.get(show, set())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "This file is empty"),
        (None, "Choose a file"),
        ("{", "events.csv"),
        (json.dumps({"resourceType": "Patient"}), "events.csv"),
        (b"\xff\xfe\x00\x00", "events.csv"),
    ],
)
def test_a_file_of_no_use_gets_a_sentence_and_leaves_no_trace(client, sam, site, content, words):
    if content is None:
        response = client.post(reverse("event_import"), {"site": site.pk})
    else:
        response = upload(client, content, site=site.pk)

    assert (response.status_code, words in response.content.decode()) == (422, True)
    with opened(sam) as viewer:
        assert not ImportBatch.objects.visible_to(viewer).exists()
        assert not ImportRow.objects.visible_to(viewer).exists()


def test_a_file_that_is_too_large_is_not_read(client, site, settings):
    settings.IMPORT_MAX_BYTES = 20
    response = upload(client, site=site.pk)

    assert (response.status_code, "This file is larger than 20" in response.content.decode()) == (422, True)


def test_a_file_cannot_be_brought_in_for_another_site(client):
    assert upload(client, site=make_site().pk).status_code == 422


# --- outsiders ------------------------------------------------------------------------------------------------------
def test_nobody_else_sees_an_event_or_a_file(client, sam, site):
    event = make_event(site)
    case = make_case(sam, event)
    batch = upload(client, site=site.pk).url
    places = [
        *(reverse("events"), reverse("event", args=[event.pk]), reverse("event_grade", args=[event.pk])),
        *(reverse("event_import"), batch, batch + "leave/"),
    ]
    others = {
        "elsewhere": make_staff(make_site(), Role.FACILITATOR, Role.LEAD),
        "administrator": make_staff(site, Role.ADMINISTRATOR),
        "participant": make_participant(case).user,
    }
    statuses = {who: [signed_in(user).get(place).status_code for place in places] for who, user in others.items()}

    assert statuses == {
        "elsewhere": [200, 404, 404, 200, 404, 404],
        "administrator": [403] * 6,
        "participant": [403] * 6,
    }
    assert event.reference not in signed_in(others["elsewhere"]).get(places[0]).content.decode()
    assert [signed_in(others["elsewhere"]).post(place).status_code for place in (batch, batch + "leave/")] == [404, 404]


def test_a_visitor_is_asked_to_sign_in(db):
    response = Client().get(reverse("events"))
    assert (response.status_code, "login" in response.url) == (302, True)
