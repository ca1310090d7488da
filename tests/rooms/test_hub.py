"""The hub, the guest's one page, my conversation, promises, looking back, contact, who looked, pausing."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from cases.actions import consent as acts
from cases.actions import people
from cases.models import SafeContact
from facilitation.actions import notices
from facilitation.models import Attendance, FollowUp, Promise
from healing import clock, ids
from healing.clocks import FOLLOW_UPS
from tests.factories.cases import make_case, make_participant, opened
from tests.rooms.test_consent import answer, due_kinds
from tests.rooms.visiting import visitor

EVERY_PAGE = ("check-in/", "consent/", "words/", "for-you/", "conversation/", "promises/", "contact/", "looked/")


def book(house, *rooms, status="booked", form="in_person", starts=None):
    """Everybody's own copy, as booking writes them."""
    with opened(house.sam):
        meeting = ids.new()
        Attendance.objects.bulk_create(
            Attendance(
                case=house.case,
                participant=room,
                meeting_id=meeting,
                status=status,
                form=form,
                starts_at=starts or clock.now() + timedelta(days=9),
                minutes=90,
                place="Garden House, first floor",
                people="Maria Lopez, Ben Okoro, Sam Reed",
            )
            for room in rooms
        )


def titles(page):
    return [task["title"] for task in page.context["tasks"]]


def test_a_worker_finds_the_way_to_a_peer(maria, ben):
    assert 'rel="noreferrer" href="/support/"' in ben.get().text  # no address of a room comes along
    assert 'href="/support/"' not in maria.get().text


def test_the_hub_of_an_empty_room(maria):
    hub = maria.get()

    assert "Hello Maria Lopez" in hub.text
    assert "Sam Reed goes with you through this." in hub.text
    assert "You can call Sam Reed at 555 0100." in hub.text
    assert titles(hub) == [
        "Check-in",
        "What I say yes to",
        "What I share",
        "Your conversation",
        "Promises",
        "How to reach me safely",
        "Who looked",
    ]
    assert "There are no words for you yet." in hub.text
    assert "it is not about you" in hub.text


def test_every_line_of_the_hub_leads_somewhere_and_every_page_leads_back(maria):
    for task in maria.get().context["tasks"]:
        page = maria.client.get(task["url"])
        assert page.status_code == 200, task
        assert f'href="{maria.at}"' in page.text, task


def test_notices_come_newest_first_with_dates_only(house, maria, time_machine):
    time_machine.move_to("2026-05-04T22:30:00+00:00", tick=False)
    with opened(house.sam) as viewer:
        notices.publish(by=viewer, case=house.case, code="no_news_yet", day=clock.today("Europe/London"))
    time_machine.move_to("2026-05-09T23:30:00+00:00", tick=False)
    with opened(house.sam) as viewer:
        notices.publish(by=viewer, case=house.case, code="not_possible_now", day=clock.today("Europe/London"))
    words = maria.get().text.split("Words for you")[1]

    assert words.index("A meeting is not possible right now") < words.index("When you will hear from us")
    assert words.index("Sunday 10 May") < words.index("Monday 4 May")
    assert ":30" not in words


def test_somebody_with_two_rooms_chooses(house, maria):
    assert maria.client.get("/home/")["Location"] == maria.at
    other_case = make_case(house.sam)
    email = house.maria.user.email
    other = make_participant(other_case, name="Maria Lopez", email=email)
    assert maria.client.get("/home/")["Location"] == "/rooms/"
    page = maria.client.get("/rooms/")
    assert maria.at in page.text
    assert f"/room/{other.pk}/" in page.text


def test_a_room_of_somebody_else_is_not_there(house, maria):
    for path in ("", *EVERY_PAGE):
        assert maria.client.get(f"/room/{house.ben.pk}/{path}").status_code == 404


# --- the guest ------------------------------------------------------------------------------------------------------
def test_a_guest_has_one_page_and_no_other(house):
    ana = make_participant(house.case, part="supporter", name="Ana Diaz", accompanies=house.maria)
    guest = visitor(ana)
    assert "Nothing is booked now." in guest.get().text
    book(house, house.maria, house.ben, ana)
    page = guest.get()
    assert "Garden House, first floor" in page.text
    assert "One person speaks at a time." in page.text
    for name in ("Maria", "Ben"):
        assert name not in page.text
    for path in ("check-in/", "consent/", "consent/take-part/", "words/", "for-you/", "contact/", "looked/", "pause/"):
        assert guest.get(path).status_code == 404, path
        assert path not in page.text


# --- my conversation ------------------------------------------------------------------------------------------------
def test_nothing_booked_is_explained(maria):
    page = maria.get("conversation/").text
    assert "Nothing is booked now." in page
    assert "It is not about you." in page
    assert maria.get("conversation/appointment.ics").status_code == 404


def test_my_own_copy_of_when_and_where(house, maria, time_machine):
    time_machine.move_to("2026-05-04T12:00:00+00:00")
    with opened(house.sam) as viewer:
        acts.ask(by=viewer, participant=house.maria, purpose="meet", form="in_person")
    answer(maria, "meet-in_person", "given")
    book(house, house.maria, house.ben)
    page = maria.get("conversation/").text

    assert "Wednesday 13 May, 13:00" in page
    assert "Garden House, first floor" in page
    assert "Wednesday 13 May" in maria.get().text
    file = Calendar.from_ical(maria.get("conversation/appointment.ics").content)
    [event] = file.walk("VEVENT")
    assert event["SUMMARY"] == "Appointment"
    assert not {"ATTENDEE", "ORGANIZER", "LOCATION", "DESCRIPTION"} & set(event)
    assert event["DTSTART"].dt.isoformat() == "2026-05-13T13:00:00+01:00"


def test_not_wanting_it_any_more_is_two_presses_away(house, maria):
    with opened(house.sam) as viewer:
        acts.ask(by=viewer, participant=house.maria, purpose="meet", form="in_person")
    answer(maria, "meet-in_person", "given")
    book(house, house.maria, house.ben)
    page = maria.get("conversation/").text
    assert f"{maria.at}consent/meet-in_person/" in page
    assert f"{maria.at}consent/meet-in_person/later/" in page
    answer(maria, "meet-in_person", "withdrawn")
    assert due_kinds(house.maria) == ["conversation.review"]
    assert "it will not take place for you" in maria.get("conversation/").text


# --- promises -------------------------------------------------------------------------------------------------------
def test_a_promise_stays_until_its_person_says_that_it_is_settled(house, maria, ben):
    with opened(house.sam):
        promise = Promise.objects.create(
            case=house.case,
            participant=house.maria,
            commitment_id=ids.new(),
            promise="Call on Friday",
            owner="Ward lead",
            due_on=clock.today("Europe/London"),
            status="not_done",
        )
    page = maria.get("promises/").text
    assert "Call on Friday" in page
    assert "It was not done." in page
    assert "1 promise" in maria.get().text
    assert ben.post(f"promises/{promise.pk}/settle/").status_code == 404
    settled = maria.post(f"promises/{promise.pk}/settle/", follow=True)
    assert "You said that it is settled." in settled.text
    assert "No promises are written down yet." in ben.get("promises/").text


# --- looking back ---------------------------------------------------------------------------------------------------
def follow_ups(house, room):
    with opened(house.sam):
        meeting = ids.new()
        today = clock.today("Europe/London")
        FollowUp.objects.bulk_create(
            FollowUp(case=house.case, participant=room, meeting_id=meeting, number=number, due_on=today)
            for number in range(1, len(FOLLOW_UPS) + 1)
        )


def statuses(room):
    with opened(room.user) as viewer:
        own = FollowUp.objects.visible_to(viewer).filter(participant=room).order_by("number")
        return list(own.values_list("status", flat=True))


def send_first(house, room):
    with opened(house.sam) as viewer:
        first = FollowUp.objects.visible_to(viewer).filter(participant=room, number=1)
        first.update(status="sent", sent_at=clock.now())


def test_looking_back_opens_when_a_contact_has_gone_out(house, maria):
    follow_ups(house, house.maria)
    assert "Looking back" not in titles(maria.get())
    assert maria.get("looking-back/").status_code == 404
    assert maria.post("looking-back/").status_code == 404
    send_first(house, house.maria)
    assert "Looking back" in titles(maria.get())
    assert maria.post("looking-back/")["Location"].endswith("/looking-back/feeling/")
    maria.post("looking-back/feeling/", {"codes": "steady"})
    maria.post("looking-back/answers/")

    assert statuses(house.maria) == ["answered", "planned", "planned", "planned", "planned"]
    assert "There is nothing more to do here." in maria.get("looking-back/").text
    assert "Send to" not in maria.get("looking-back/").text
    assert "Sent" in maria.get().text


def test_stop_asking_me_stops_every_contact_to_come(house, maria):
    follow_ups(house, house.maria)
    send_first(house, house.maria)
    maria.post("looking-back/")
    maria.post("looking-back/wishes/", {"codes": ["stop"]})
    maria.post("looking-back/answers/")
    assert statuses(house.maria) == ["answered", *["not_wanted"] * 4]


# --- contact, who looked, pause -------------------------------------------------------------------------------------
def test_what_is_safe_is_said_by_the_person(house, maria):
    page = maria.get("contact/")
    assert "555 0123" in page.text
    wrong = maria.post("contact/", {"email": "maria@", "email_ok": "on", "phone": ""})
    assert wrong.status_code == 422
    assert "like name@example.org" in wrong.text
    maria.post("contact/", {"email": "maria@new.example", "email_ok": "on", "phone": "555 0177", "times": "after two"})
    with opened(house.sam) as viewer:
        card = SafeContact.objects.visible_to(viewer).get(participant=house.maria)
        assert (card.email, card.email_ok, card.phone, card.text_ok) == ("maria@new.example", True, "555 0177", False)


def test_who_looked_shows_days_and_no_times_and_no_names_but_the_guide_s(house, maria, time_machine):
    looked = maria.get("looked/").text
    assert "Sam Reed</bdi>, Facilitator" in looked
    assert "Maria" not in looked.split("<main")[1].split("</main>")[0]
    rows = maria.get("looked/").context["page"].object_list
    assert [(row.day, row.name) for row in rows] == [(clock.today("Europe/London"), "Sam Reed")]
    time_machine.move_to(clock.now() + timedelta(days=2))
    with opened(house.sam) as viewer:
        acts.ask(by=viewer, participant=house.maria, purpose="meet", form="video")
        acts.ask(by=viewer, participant=house.maria, purpose="meet", form="phone")
    rows = visitor(house.maria).get("looked/").context["page"].object_list
    assert [row.day for row in rows] == [clock.today("Europe/London"), clock.today("Europe/London") - timedelta(days=2)]


def test_pausing_and_starting_again_are_two_presses_each(maria):
    assert f"{maria.at}pause/" in maria.get().text
    paused = maria.post("pause/", follow=True)
    assert "Nothing will be sent to you." in paused.text
    assert due_kinds(maria.room) == ["conversation.review"]
    assert "Start again" in paused.text
    again = maria.post("resume/", follow=True)
    assert "You have started again." in again.text
    assert "Everything is paused" not in again.text


@pytest.mark.parametrize("reason", ["parallel", "wellbeing"])
def test_a_pause_that_somebody_else_made_is_not_ended_in_the_room(house, maria, reason):
    with opened(house.sam) as viewer:
        people.pause(by=viewer, participant=house.maria, reason=reason)
    assert "Sam Reed can tell you more." in maria.get().text
    assert "Start again" not in maria.get().text
    maria.post("resume/")
    assert "Everything is paused" in maria.get().text


@pytest.mark.parametrize("path", ["pause/", "resume/", "consent/take-part/", "words/save/"])
def test_a_look_pauses_and_changes_nothing(maria, path):
    maria.get(path)
    assert "Everything is paused" not in maria.get().text


def test_whoever_has_stopped_is_told_that_nothing_more_is_asked(maria):
    answer(maria, "take-part", "given")
    assert "You are not taking part now." not in maria.get().text
    answer(maria, "take-part", "withdrawn")
    hub = maria.get()
    assert "You are not taking part now. Nothing more is asked of you." in hub.text
    assert "Nothing to answer" in hub.text
