"""Today: every kind of row, in order of how much it presses, and as many queries for thirty rows as for one."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from cases.actions import cases, consent, people
from cases.models import Case, SafeContact
from facilitation.actions import agreements, meetings
from facilitation.models import Commitment, Meeting
from healing import access, due, ids, mail
from healing.models import Due, Effect
from healing.roles import Role
from tests.facilitation.test_workbench import send_check_in
from tests.factories.cases import as_role, make_case, make_event, make_staff, opened, signed_in
from tests.factories.meetings import Ready, make_booked, make_ready, take_back

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
SOON = datetime(2026, 3, 6, 14, tzinfo=UTC)


@pytest.fixture(autouse=True)
def time():
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def house(db: None) -> Ready:
    return make_ready(user=True)


def today(house: Ready) -> str:
    page = signed_in(house.sam).get(reverse("today"))
    assert page.status_code == 200
    shown = re.sub(r"<(head|footer|header)\b.*?</\1>", "", page.content.decode(), flags=re.S)
    return " ".join(strip_tags(shown).split())


def work() -> None:
    with as_role("healing_worker"):
        while due.tick():
            pass


def test_emptiness_is_explained(house: Ready) -> None:
    assert "Nothing needs you right now. No conversation is booked." in today(house)
    make_booked(house, MONDAY + timedelta(days=20))

    assert "Next: a conversation on Sunday 22 March, 10:00, case" in today(house)


def test_distress_comes_first_then_replies(house: Ready, time: Any) -> None:
    send_check_in(house, house.maria)
    time.shift(timedelta(days=1))
    send_check_in(house, house.rana, feeling="not-safe")
    time.shift(timedelta(days=2))
    page = today(house)

    hard = page.index("Rana Chen (staff) has sent a check-in. An answer says that things are very hard right now.")
    assert hard < page.index("Maria Lopez (family) has sent a check-in. Their answers are new.")
    assert "For 2 days" in page
    assert "Read what Maria Lopez (family) wrote" in page


def test_a_person_is_due_on_the_day_they_chose_and_not_before(house: Ready, time: Any) -> None:
    with opened(house.maria.user) as viewer:
        consent.decide(
            by=viewer,
            participant=house.maria,
            purpose="meet",
            form="in_person",
            decision="later",
            later_until=SOON.date(),
        )
    time.move_to(SOON - timedelta(days=1))
    assert "asked to be asked again" not in today(house)
    time.move_to(SOON)
    assert "Maria Lopez (family) asked to be asked again from now on." in today(house)
    with opened(house.sam) as viewer:
        people.pause(by=viewer, participant=house.maria, reason="wellbeing")
    assert "asked to be asked again" not in today(house)


def test_a_conversation_this_week_and_one_that_is_over(house: Ready, time: Any) -> None:
    make_booked(house, SOON)
    sentence = "The conversation of Maria Lopez (family) and Rana Chen (staff) is coming."
    assert f"{sentence} Friday 6 March, 14:00" in today(house)
    time.move_to(SOON + timedelta(hours=3))
    page = today(house)
    assert "was to take place" in page
    assert "Note how it ended" in page


def test_a_letter_that_may_have_left_waits_for_a_person(house: Ready, monkeypatch: Any) -> None:
    def dies(*_: object, **__: object) -> None:
        raise ConnectionAbortedError

    monkeypatch.setattr(mail, "_give", dies)
    make_booked(house, SOON)
    work()
    page = today(house)

    letter = "the letter with the appointment to Maria Lopez (family)"
    sentence = f"We cannot tell whether {letter} left. Check, then mark it."
    assert sentence in page
    with opened(house.sam) as viewer:
        letter = Due.objects.visible_to(viewer).get(kind="appointment.letter", participant_id=house.maria.pk)
    client = signed_in(house.sam)
    client.post(reverse("letter_checked", args=[letter.pk]))
    assert sentence not in today(house)
    with opened(house.sam) as viewer:
        looked = Effect.objects.visible_to(viewer).get(participant_id=house.maria.pk)
    assert (looked.state, looked.looked_at) == ("ambiguous", MONDAY)
    stranger = signed_in(make_staff(house.site, Role.FACILITATOR))
    assert stranger.post(reverse("letter_checked", args=[letter.pk])).status_code == 404


UNDONE = "Something that was due in case {} could not be done. Look at the case."


def fail(monkeypatch: Any, time: Any, kind: str) -> None:
    """The act meets a mistake, however often it is tried."""

    def broken(item: Due) -> None:
        raise RuntimeError

    monkeypatch.setitem(due.ACTS, kind, broken)
    for _ in range(due.MOST_ATTEMPTS):
        work()
        time.shift(timedelta(minutes=31))


def test_an_act_that_keeps_failing_is_seen_and_still_tried(house: Ready, time: Any, monkeypatch: Any) -> None:
    make_booked(house, SOON)
    take_back(house, house.maria)
    sentence = UNDONE.format(house.case.reference)
    with monkeypatch.context() as patch:
        fail(patch, time, "conversation.review")
    assert sentence in today(house)
    assert "could not be done" not in stranger_today(house)
    work()

    assert sentence not in today(house)
    with opened(house.sam) as viewer:
        assert Meeting.objects.visible_to(viewer).get().status == Meeting.Status.CANCELLED


def stranger_today(house: Ready) -> str:
    return signed_in(make_staff(house.site, Role.FACILITATOR)).get(reverse("today")).content.decode()


@pytest.mark.parametrize("kind", ["conversation.review", "conversation.tell_off", "of.an.older.version"])
def test_whatever_was_given_up_is_seen_until_somebody_has_looked(house: Ready, kind: str) -> None:
    with as_role("healing_worker"), access.opened("worker"):
        row = Due.objects.create(
            kind=kind, key="x", subject=ids.new(), case_id=house.case.pk, due_at=MONDAY, state="stuck"
        )
    page = today(house)
    assert UNDONE.format(house.case.reference) in page
    assert f"I have looked at case {house.case.reference}" in page
    signed_in(house.sam).post(reverse("letter_checked", args=[row.pk]))

    assert "could not be done" not in today(house)


def test_a_notice_that_may_have_left_is_seen(house: Ready) -> None:
    with as_role("healing_worker"), access.opened("worker"):
        Due.objects.create(
            kind="notice.letter",
            key="x",
            subject=ids.new(),
            case_id=house.case.pk,
            participant_id=house.maria.pk,
            due_at=MONDAY,
            state="stuck",
        )

    letter = "the letter about something to read to Maria Lopez (family)"
    assert f"We cannot tell whether {letter} left. Check, then mark it." in today(house)
    assert "could not be done" not in today(house)


def test_whoever_cannot_be_mailed_is_called(house: Ready) -> None:
    with opened(house.sam) as viewer:
        SafeContact.objects.visible_to(viewer).filter(participant=house.maria).update(email_ok=False)
    make_booked(house, SOON)
    work()
    sentence = "Call Maria Lopez (family): the letter with the appointment could not go by e-mail."
    page = today(house)

    assert sentence in page
    assert "I have told Maria Lopez (family)" in page
    assert "Rana Chen (staff): the letter" not in page
    with opened(house.sam) as viewer:
        letter = Due.objects.visible_to(viewer).get(kind="appointment.letter", participant_id=house.maria.pk)
    signed_in(house.sam).post(reverse("letter_checked", args=[letter.pk]))
    assert sentence not in today(house)


def test_nobody_is_called_about_what_is_no_longer_true(house: Ready) -> None:
    with opened(house.sam) as viewer:
        SafeContact.objects.visible_to(viewer).filter(participant=house.maria).update(email_ok=False)
    meeting = make_booked(house, SOON)
    work()
    with opened(house.sam) as viewer:
        meetings.cancel(by=viewer, meeting=meeting, why="place")
    work()
    assert "Call Maria Lopez (family): the letter" in today(house)  # her page says booked until the neutral morning
    with time_machine.travel(MONDAY + timedelta(days=1), tick=False):
        work()
        page = today(house)

    assert "Call Maria Lopez (family): the note that the appointment is off could not go by e-mail." in page
    assert "Call Maria Lopez (family): the letter" not in page


def test_a_promise_is_due(house: Ready, time: Any) -> None:
    promise(house, time, days=1)
    page = today(house)

    assert "Dr Obi promised: Write about the alarm." in page
    assert "Since today" in page


def promise(house: Ready, time: Any, days: int) -> None:
    meeting = make_booked(house, SOON)
    time.move_to(SOON + timedelta(days=1))
    with opened(house.sam) as viewer:
        meetings.hold(by=viewer, meeting=meeting, ended_how="completed")
        meeting.refresh_from_db()
        agreements.record_agreement(
            by=viewer,
            meeting=meeting,
            text="We met.",
            promise="Write about the alarm.",
            owner="Dr Obi",
            due_on=SOON.date() + timedelta(days=days),
            to=[house.maria],
        )


def test_a_case_without_a_next_step_surfaces_by_itself(house: Ready, time: Any) -> None:
    time.shift(timedelta(days=13))
    assert "has no next step" not in today(house)
    time.shift(timedelta(days=2))

    assert f"Case {house.case.reference} has no next step." in today(house)
    with opened(house.sam) as viewer:
        meetings.plan(by=viewer, case=house.case, form="video", participants=house.people)
    assert "has no next step" not in today(house)


def test_a_colleague_who_was_named_is_asked_to_declare(house: Ready) -> None:
    lead, jo = make_staff(house.site, Role.LEAD), make_staff(house.site, Role.FACILITATOR)
    with opened(lead) as viewer:
        cases.assign(by=viewer, case=house.case, user=jo)

    page = signed_in(jo).get(reverse("today")).content.decode()
    assert "Say whether you are independent" in page
    assert house.case.reference not in page


def test_the_order_of_everything(house: Ready, time: Any) -> None:
    promise(house, time, days=1)
    other = make_case(house.sam, make_event(house.site))
    with opened(house.sam) as viewer:
        Case.objects.visible_to(viewer).filter(pk=other.pk).update(next_word_on=None)
        Commitment.objects.visible_to(viewer).get()
    send_check_in(house, house.maria)
    send_check_in(house, house.rana, feeling="not-safe")
    page = today(house)

    found = [page.index(words) for words in ("very hard right now", "answers are new", "promised:", "no next step")]
    assert found == sorted(found)


def test_as_many_queries_for_thirty_rows_as_for_one(house: Ready, time: Any) -> None:
    def fill(ready: Ready) -> None:
        send_check_in(ready, ready.maria, feeling="very-low")
        send_check_in(ready, ready.rana)
        make_booked(ready, SOON)
        case = make_case(ready.sam, make_event(ready.site))
        with opened(ready.sam) as viewer:
            Case.objects.visible_to(viewer).filter(pk=case.pk).update(next_word_on=None)

    def count() -> tuple[int, int]:
        client = signed_in(house.sam)
        client.get(reverse("today"))
        with CaptureQueriesContext(connection) as queries:
            page = client.get(reverse("today")).content.decode()
        return len(queries), page.count('class="row"')

    fill(house)
    queries, few = count()
    for _ in range(7):
        more = make_ready(user=True, site=house.site, sam=house.sam)
        fill(more)

    assert count() == (queries, few * 8)
    assert few * 8 >= 30
