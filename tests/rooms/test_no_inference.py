"""What one participant can see and measure does not depend on what another did: two worlds, the same bytes."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases import door
from cases.actions import consent as acts
from cases.actions import people
from facilitation.actions import preparation
from facilitation.models import FollowUp, Promise
from healing import clock, ids
from tests.factories.cases import make_participant, opened
from tests.rooms.test_consent import answer, ask_to_meet
from tests.rooms.test_hub import book, follow_ups, send_first
from tests.rooms.visiting import visitor

PAGES = (
    *("", "check-in/", "check-in/feeling/", "check-in/answers/", "check-in/sent/", "consent/", "consent/take-part/"),
    *("consent/meet-in_person/", "consent/meet-in_person/later/", "consent/meet-video/", "consent/share-staff/"),
    *("consent/count-answers/", "words/", "for-you/", "contact/", "looked/", "pause/", "conversation/", "promises/"),
    *("conversation/appointment.ics", "looking-back/", "looking-back/feeling/"),
)


def seen(person):
    """Every page of a room: its status, its bytes without what is new on each look, its headers and its query count."""
    world = {}
    for path in PAGES:
        with CaptureQueriesContext(connection) as queries:
            page = person.get(path)
        body = re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", page.content)
        headers = {name: value for name, value in page.headers.items() if name != "Set-Cookie"}
        world[path] = (page.status_code, body, headers, len(queries))
    return world


def declined(house, other):
    ask_to_meet(house, house.ben)
    answer(other, "take-part", "declined")
    answer(other, "meet-in_person", "declined")


def withdrawn(house, other):
    ask_to_meet(house, house.ben)
    answer(other, "take-part", "given")
    answer(other, "meet-in_person", "given")
    answer(other, "take-part", "withdrawn")


def later(house, other):
    ask_to_meet(house, house.ben)
    other.post("consent/meet-in_person/later/", {"day_0": "3", "day_1": "5", "day_2": "2099"})


def said_yes(house, other):
    ask_to_meet(house, house.ben)
    answer(other, "take-part", "given")
    answer(other, "meet-in_person", "given")


def paused(house, other):
    other.post("pause/")


def answered(house, other):
    other.post("check-in/")
    other.post("check-in/feeling/", {"codes": "not-safe"})
    other.post("check-in/answers/")


def wrote_and_shared_nothing_yet(house, other):
    other.post("words/", {"words": "I was there that night."})
    answer(other, "share-harmed", "given")


def company(house, other):
    make_participant(house.case, side="staff", name="Ada Bright")
    make_participant(house.case, part="supporter", name="Ana Diaz", accompanies=house.ben)


def everything_at_the_workbench(house, other):
    with opened(house.sam) as viewer:
        today = clock.today("Europe/London")
        preparation.note_preparation(by=viewer, participant=house.ben, happened_on=today, note="Long talk.")
        preparation.assess(by=viewer, participant=house.ben, outcome="not_now", risks="Tired.", strengths="")
        people.pause(by=viewer, participant=house.ben, reason="parallel")
        Promise.objects.create(
            case=house.case, participant=house.ben, commitment_id=ids.new(), promise="A", owner="B", due_on=today
        )
    follow_ups(house, house.ben)
    send_first(house, house.ben)


ACTS = [
    *(declined, withdrawn, later, said_yes, paused, answered, wrote_and_shared_nothing_yet, company),
    everything_at_the_workbench,
]


def furnish(house, maria):
    """Maria's own room is full, so that there is much that could give something away."""
    ask_to_meet(house, house.maria)
    answer(maria, "take-part", "given")
    answer(maria, "meet-in_person", "given")
    maria.post("words/", {"words": "It was my father."})
    maria.post("check-in/")
    maria.post("check-in/feeling/", {"codes": "steady"})
    book(house, house.maria)
    follow_ups(house, house.maria)
    send_first(house, house.maria)
    maria.get()


@pytest.mark.parametrize("full", [False, True], ids=["empty room", "full room"])
@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_a_room_is_the_same_whatever_happens_in_another(house, maria, time_machine, act, full):
    time_machine.move_to(clock.now(), tick=False)
    if full:
        furnish(house, maria)
    before = seen(maria)
    act(house, visitor(house.ben))

    assert seen(maria) == before


def test_the_comparison_can_tell(house, maria):
    before = seen(maria)
    maria.post("check-in/")
    assert seen(maria) != before


def test_taking_back_looks_the_same_as_never_having_been_asked_until_the_neutral_time(house, maria, ben, time_machine):
    """The other room keeps its own copy of the appointment until the same notice is written everywhere."""
    time_machine.move_to(clock.now(), tick=False)
    for person in (maria, ben):
        ask_to_meet(house, person.room)
        answer(person, "meet-in_person", "given")
    book(house, house.maria, house.ben)
    maria.get()
    before = seen(maria)
    answer(ben, "meet-in_person", "withdrawn")

    assert seen(maria) == before


def test_reading_what_was_shared_is_not_seen_by_its_author(house, maria, ben, time_machine):
    time_machine.move_to(clock.now(), tick=False)
    answer(ben, "take-part", "given")
    answer(maria, "take-part", "given")
    maria.post("words/", {"words": "It was my father."})
    answer(maria, "share-staff", "given")
    maria.get()
    with opened(house.sam) as viewer:
        consent = acts.standing(viewer, house.maria, "share_statement", to_side="staff")
        [delivery] = door.deliver(by=viewer, consent=consent, to=[house.ben])
    before = seen(maria)
    time_machine.move_to(clock.now() + timedelta(minutes=5), tick=False)
    ben.post(f"for-you/{delivery.pk}/read/")
    time_machine.move_to(clock.now() - timedelta(minutes=5), tick=False)

    assert seen(maria) == before


def test_a_hub_asks_as_many_questions_for_much_as_for_little(house, maria):
    furnish(house, maria)
    with CaptureQueriesContext(connection) as few:
        maria.get()
    with opened(house.sam):
        for number in range(30):
            FollowUp.objects.create(
                case=house.case,
                participant=house.maria,
                meeting_id=ids.new(),
                number=number,
                due_on=clock.today("Europe/London"),
            )
            Promise.objects.create(
                case=house.case,
                participant=house.maria,
                commitment_id=ids.new(),
                promise="A",
                owner="B",
                due_on=clock.today("Europe/London"),
            )
    with CaptureQueriesContext(connection) as many:
        maria.get()

    assert len(many) == len(few)
