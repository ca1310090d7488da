"""What leaves the house because of a conversation: letters that ask again, and one path for every calling off."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from icalendar import Calendar

from cases.actions import cases, consent, people
from cases.models import Case, Notice, Participant, SafeContact
from facilitation.actions import followups, meetings, notices
from facilitation.models import Attendance, FollowUp, Meeting
from healing import due
from healing.models import Effect
from tests.factories.cases import as_role, opened, signed_in
from tests.factories.meetings import Ready, make_booked, make_plan, make_ready, take_back
from tests.mail_sink import Sink

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
SOON = datetime(2026, 3, 10, 14, tzinfo=UTC)
NEXT_MORNING = datetime(2026, 3, 3, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def time():
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


def work() -> None:
    """Everything that is due by now, done by the worker's role."""
    with as_role("healing_worker"):
        while due.tick():
            pass


def rows(ready: Ready, model: type, **which: Any) -> list:
    with opened(ready.sam) as sam:
        return list(model.objects.visible_to(sam).filter(**which).order_by("pk"))


def address(ready: Ready, person: Participant) -> str:
    with opened(ready.sam) as sam:
        return SafeContact.objects.visible_to(sam).get(participant=person).email


def effects(ready: Ready, kind: str) -> list[str]:
    return sorted(row.state for row in rows(ready, Effect, key__startswith=kind))


def test_booking_sends_one_neutral_letter_to_each(ready: Ready, letters: Sink) -> None:
    make_booked(ready, SOON)
    work()
    work()

    assert len(letters.letters) == 2
    [letter] = letters.to(address(ready, ready.maria))
    assert letter["Subject"] == "Your appointment"
    assert "Day: Tuesday 10 March 2026\nTime: 14:00 (London time)" in letter.get_body().get_content()
    for name in ("Maria", "Rana", "Chen", "Garden", "Sam", "conversation"):
        assert name not in letter.as_string()
    assert effects(ready, "appointment.letter") == ["done", "done"]


def test_each_calendar_file_holds_one_person_s_own_appointment(ready: Ready, letters: Sink) -> None:
    make_booked(ready, SOON)
    work()
    files = [Calendar.from_ical(part.get_content()) for letter in letters.letters for part in letter.iter_attachments()]
    [first], [second] = (list(file.walk("VEVENT")) for file in files)

    assert first["UID"] != second["UID"]
    assert first["DTSTART"].dt == SOON
    assert not {"ATTENDEE", "ORGANIZER", "LOCATION", "DESCRIPTION"} & set(first)
    assert [str(event["SUMMARY"]) for event in (first, second)] == ["Appointment"] * 2


def test_whoever_has_no_safe_address_gets_no_mail(letters: Sink, db: None) -> None:
    ready = make_ready()
    with opened(ready.sam) as sam:
        card = {"email": "shared@home.example", "phone": "1", "times": "", "text_ok": False, "voicemail_ok": False}
        people.save_contact(by=sam, participant=ready.maria, email_ok=False, **card)
    make_booked(ready, SOON)
    work()

    assert [letter["To"] for letter in letters.letters] == [address(ready, ready.rana)]
    assert effects(ready, "appointment.letter") == ["done", "void"]


def declined(ready: Ready, meeting: Meeting) -> None:
    take_back(ready, ready.rana, "meet", decision="declined")


def withdrew(ready: Ready, meeting: Meeting) -> None:
    take_back(ready, ready.rana, "meet")


def withdrew_altogether(ready: Ready, meeting: Meeting) -> None:
    take_back(ready, ready.rana, "take_part")


def asked_for_later(ready: Ready, meeting: Meeting) -> None:
    with opened(ready.sam) as sam:
        consent.decide(
            by=sam,
            participant=ready.rana,
            purpose="meet",
            form="in_person",
            decision="later",
            later_until=datetime(2026, 6, 1).date(),
            how="phone",
        )


def paused(ready: Ready, meeting: Meeting) -> None:
    with opened(ready.sam) as sam:
        people.pause(by=sam, participant=ready.rana, reason="wellbeing")


def called_off(ready: Ready, meeting: Meeting) -> None:
    with opened(ready.sam) as sam:
        meetings.cancel(by=sam, meeting=meeting, why="place")


CAUSES = [declined, withdrew, withdrew_altogether, asked_for_later, paused, called_off]


@pytest.mark.parametrize("cause", CAUSES)
def test_after_every_cause_letters_that_still_wait_are_kept_back(
    ready: Ready, letters: Sink, cause: Callable[[Ready, Meeting], None]
) -> None:
    meeting = make_booked(ready, SOON)
    cause(ready, meeting)
    work()

    assert letters.letters == []
    assert "done" not in effects(ready, "appointment.letter")
    assert rows(ready, Meeting)[0].status == "cancelled"


def observed(cause: Callable[[Ready, Meeting], None], settings: Any, traveller: Any, sink: Sink) -> dict[str, list]:
    """Everything that reaches each of two rooms, from the booking until long after it was called off."""
    traveller.move_to(MONDAY)
    sink.letters.clear()
    ready = make_ready()
    meeting = make_booked(ready, SOON)
    work()
    traveller.shift(timedelta(hours=2))
    cause(ready, meeting)
    seen: dict[str, list] = {"maria": [], "rana": []}
    for moment in (timedelta(0), timedelta(seconds=10), timedelta(hours=5), timedelta(hours=21), timedelta(days=8)):
        traveller.move_to(MONDAY + timedelta(hours=2) + moment)
        work()
        for name, person in (("maria", ready.maria), ("rana", ready.rana)):
            seen[name].append(room(ready, person, sink))
    return seen


def room(ready: Ready, person: Participant, sink: Sink) -> tuple:
    notices = [(row.code, row.version, row.day, row.published_at) for row in rows(ready, Notice, participant=person)]
    attendance = [
        (row.status, row.starts_at, row.minutes, row.form, row.published_at)
        for row in rows(ready, Attendance, participant=person)
    ]
    mails = [neutral(letter.as_string()) for letter in sink.to(address(ready, person))]
    return sorted(notices, key=str), attendance, mails


def neutral(letter: str) -> str:
    """A mail without what must differ: to whom it goes, its own ids, and the machine's clock."""
    for pattern in (r"(?m)^(To|Date|Message-ID):.*$", r"UID:\w+", r'boundary="[^"]+"', r"--=+\d+==(--)?"):
        letter = re.sub(pattern, "", letter)
    return letter


def test_taking_back_another_form_keeps_no_letter_back(ready: Ready, letters: Sink) -> None:
    make_booked(ready, SOON)
    with opened(ready.sam) as sam:
        for decision in ("given", "withdrawn"):
            consent.decide(by=sam, participant=ready.rana, purpose="meet", form="video", decision=decision, how="phone")
    work()

    assert len(letters.to(address(ready, ready.rana))) == 1


STOPPED = {"withdrew_altogether", "paused"}  # Rana was promised that nothing more is sent


def test_every_cause_looks_the_same_in_the_other_room(db: None, settings: Any, time: Any, letters: Sink) -> None:
    """The same notice, words and minute: from Maria's room nobody can tell what Rana did, nor whether she did."""
    told = {cause.__name__: observed(cause, settings, time, letters) for cause in CAUSES}
    one = told["called_off"]["maria"]

    for name, rooms in told.items():
        assert rooms["maria"] == one, name
        assert [seen[:2] for seen in rooms["rana"]] == [seen[:2] for seen in one], name
        assert len(rooms["rana"][-1][2]) == (1 if name in STOPPED else 2), name
    notices, [(status, *_)], mails = one[-1]
    assert [notice[0] for notice in notices] == ["conversation_booked", "conversation_off"]
    assert notices[1][2:] == (datetime(2026, 3, 17).date(), NEXT_MORNING)
    assert (status, len(mails)) == ("off", 2)
    assert "This appointment is off" in mails[1]


def test_nobody_hears_anything_before_the_neutral_morning(ready: Ready, letters: Sink, time: Any) -> None:
    meeting = make_booked(ready, SOON)
    work()
    withdrew(ready, meeting)
    work()
    time.move_to(NEXT_MORNING - timedelta(seconds=1))
    work()

    assert len(letters.letters) == 2
    assert {row.status for row in rows(ready, Attendance)} == {"booked"}
    time.move_to(NEXT_MORNING)
    work()
    assert len(letters.letters) == 4
    assert {row.status for row in rows(ready, Attendance)} == {"off"}


def test_a_change_of_mind_that_changes_nothing_calls_nothing_off(ready: Ready, letters: Sink) -> None:
    """Taking back a yes to another form, or to being counted, is no reason."""
    meeting = make_booked(ready, SOON)
    work()
    with opened(ready.sam) as sam:
        for decision in ("given", "withdrawn"):
            consent.decide(by=sam, participant=ready.rana, purpose="meet", form="video", decision=decision, how="phone")
    work()

    assert rows(ready, Meeting, pk=meeting.pk)[0].status == "confirmed"
    assert len(letters.letters) == 2


def test_withdrawing_after_it_began_calls_nothing_off(ready: Ready, letters: Sink, time: Any) -> None:
    make_booked(ready, SOON)
    work()
    time.move_to(SOON + timedelta(minutes=30))
    take_back(ready, ready.rana, "take_part")
    work()

    assert rows(ready, Meeting)[0].status == "confirmed"
    assert len(letters.letters) == 2


def test_a_letter_that_waited_too_long_is_not_sent(ready: Ready, letters: Sink, time: Any) -> None:
    make_booked(ready, SOON)
    time.move_to(SOON + timedelta(minutes=1))
    work()

    assert letters.letters == []


def test_a_follow_up_goes_out_on_its_morning_and_opens_in_the_room(ready: Ready, letters: Sink, time: Any) -> None:
    meeting = make_booked(ready, SOON)
    work()
    letters.letters.clear()
    time.move_to(SOON + timedelta(hours=2))
    with opened(ready.sam) as sam:
        meetings.hold(by=sam, meeting=meeting, ended_how="completed")
    time.move_to(datetime(2026, 3, 12, 8, 59, 59, tzinfo=UTC))
    work()
    assert letters.letters == []
    time.move_to(datetime(2026, 3, 12, 9, tzinfo=UTC))
    work()

    assert {letter["Subject"] for letter in letters.letters} == {"A message for you"}
    assert len(letters.letters) == 2
    assert [row.number for row in rows(ready, FollowUp, status="sent")] == [1, 1]


@pytest.mark.parametrize("cause", ["withdrew", "paused", "opted out", "no address"])
def test_a_follow_up_asks_again_whether_it_is_wanted(ready: Ready, letters: Sink, time: Any, cause: str) -> None:
    meeting = make_booked(ready, SOON)
    work()
    letters.letters.clear()
    time.move_to(SOON + timedelta(hours=2))
    with opened(ready.sam) as sam:
        meetings.hold(by=sam, meeting=meeting, ended_how="completed")
        first = FollowUp.objects.visible_to(sam).get(participant=ready.rana, number=1)
        if cause == "withdrew":
            consent.decide(by=sam, participant=ready.rana, purpose="take_part", decision="withdrawn", how="phone")
        if cause == "paused":
            people.pause(by=sam, participant=ready.rana, reason="wellbeing")
        if cause == "opted out":
            followups.opt_out(by=sam, follow_up=first)
        if cause == "no address":
            SafeContact.objects.visible_to(sam).filter(participant=ready.rana).update(email_ok=False)
    time.move_to(datetime(2026, 3, 12, 9, tzinfo=UTC))
    work()

    assert [letter["To"] for letter in letters.letters] == [address(ready, ready.maria)]
    assert [row.status for row in rows(ready, FollowUp, participant=ready.rana, number=1)] != ["sent"]


def test_closing_the_case_keeps_the_follow_ups_of_those_who_take_part(ready: Ready, letters: Sink, time: Any) -> None:
    """Somebody is asked how they are long after the work has ended (M51), but nobody who has stopped."""
    meeting = make_booked(ready, SOON)
    work()
    letters.letters.clear()
    time.move_to(SOON + timedelta(hours=2))
    with opened(ready.sam) as sam:
        meetings.hold(by=sam, meeting=meeting, ended_how="completed")
        consent.decide(by=sam, participant=ready.rana, purpose="take_part", decision="withdrawn", how="phone")
        cases.close(by=sam, case=Case.objects.visible_to(sam).get(pk=ready.case.pk), reason="met")
    time.move_to(datetime(2026, 3, 12, 9, tzinfo=UTC))
    work()

    assert [letter["To"] for letter in letters.letters] == [address(ready, ready.maria)]
    page = signed_in(ready.sam).get(reverse("case_close", args=[ready.case.pk])).content.decode()
    assert "Follow-ups that are planned still go out, to everybody who takes part." in page


def test_word_to_everybody_is_sent_alike_and_to_nobody_who_stopped(db: None, letters: Sink) -> None:
    ready = make_ready(user=True)
    withdrew_altogether(ready, make_plan(ready))
    with opened(ready.sam) as sam:
        notices.publish(by=sam, case=ready.case, code="no_news_yet", day=SOON.date())
    work()

    assert [letter["Subject"] for letter in letters.to(address(ready, ready.maria))] == ["A message for you"]
    assert letters.to(address(ready, ready.rana)) == []
    assert {notice.participant_id for notice in rows(ready, Notice)} == {ready.maria.pk, ready.rana.pk}
