"""A list asks the database as often for thirty rows as for one, so that its length shows in nothing but the list."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases import door
from cases.actions import consent
from cases.importers import load
from cases.importers.records import Skipped
from facilitation.models import Promise
from healing import audit, clock, ids
from healing.models import User
from tests.facilitation.test_workbench import send_check_in
from tests.factories.cases import make_case, make_event, make_participant, opened, signed_in
from tests.factories.meetings import Ready, make_plan, make_ready

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> Ready:
    return make_ready(user=True)


def asked(user: User, address: str, row: str) -> tuple[int, int]:
    """How many questions this page asks, and how many rows it shows."""
    client = signed_in(user)
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(address)
    return len(queries), page.content.decode().count(row)


def looks(house: Ready, number: int) -> None:
    with opened(house.sam) as sam, clock.pinned(clock.now() - timedelta(days=number)):
        audit.record(by=sam, verb="person.read", subject=house.maria)


def promises(house: Ready, number: int) -> None:
    words = {"promise": f"Number {number}", "owner": "Ward lead", "due_on": date(2027, 1, 1)}
    with opened(house.sam):
        Promise.objects.create(case=house.case, participant=house.maria, commitment_id=ids.new(), **words)


def words_for_maria(house: Ready, number: int) -> None:
    author = make_participant(house.case, side="staff", name=f"Author {number}")
    with opened(author.user) as viewer:
        consent.decide(by=viewer, participant=author, purpose="take_part", decision="given")
        words = {"purpose": "share_statement", "to_side": "harmed", "words": "I think of you."}
        released = consent.decide(by=viewer, participant=author, decision="given", **words)
    with opened(house.sam) as sam:
        door.deliver(by=sam, consent=released, to=[house.maria])


LISTS: list[tuple[str, str, Callable[[Ready, int], None]]] = [
    ("room_looked", "<td", looks),
    ("room_promises", "Number ", promises),
    ("room_deliveries", "There is something from the other side", words_for_maria),
]


@pytest.mark.parametrize(("name", "row", "add"), LISTS, ids=[name for name, _, _ in LISTS])
def test_a_list_in_a_room(house: Ready, name: str, row: str, add: Callable[[Ready, int], None]) -> None:
    address = reverse(name, args=[house.maria.pk])
    add(house, 1)
    queries, few = asked(house.maria.user, address, row)
    for number in range(29):
        add(house, number + 2)

    many = asked(house.maria.user, address, row)

    assert many[0] == queries
    assert many[1] >= few + 29 > 29


def test_the_preview_of_an_import(house: Ready) -> None:
    def shown(rows: int) -> tuple[int, int]:
        outcomes = [Skipped(number, "not a harm event") for number in range(rows)]
        with opened(house.sam) as sam:
            batch = load.preview(by=sam, site=house.site, outcomes=outcomes, file_name="rows.csv")
        return asked(house.sam, reverse("event_preview", args=[batch.pk]), "not a harm event")

    one, thirty = shown(1), shown(30)

    assert thirty[0] == one[0]
    assert thirty[1] == 30


def test_a_case_with_thirty_people(house: Ready) -> None:
    case = make_case(house.sam, make_event(house.site))
    people = []

    def shown(most: int) -> tuple[int, int]:
        while len(people) < most:
            people.append(make_participant(case, side="staff", name=f"Person {len(people)}"))
            send_check_in(house, people[-1])
        make_plan(Ready(house.site, house.sam, case, people[0], people[-1]), *people)
        return asked(house.sam, reverse("case", args=[case.pk]), "Person ")

    one, thirty = shown(1), shown(30)

    assert thirty[0] == one[0]
    assert thirty[1] >= 30
