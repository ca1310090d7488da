"""A withdrawal against everything that runs beside it, on several connections: no hand-over begins after its commit."""

import random
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection

from facilitation.actions import meetings
from facilitation.models import Attendance, Invitee, Meeting
from healing import clock, due, mail
from healing.errors import HealingError
from healing.models import Due, Effect
from tests.conftest import become
from tests.factories.cases import as_role, opened
from tests.factories.meetings import SOON, Ready, make_booked, make_plan, make_ready, take_back
from tests.mail_sink import Sink

pytestmark = pytest.mark.usefixtures("committed")
ROUNDS = 12


def in_thread(work: Callable[[], Any], role: str = "healing_web") -> threading.Thread:
    def run() -> None:
        become(role)
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def work_off() -> None:
    while due.tick():
        pass


def as_worker_now() -> None:
    with as_role("healing_worker"):
        work_off()


def wait_until_somebody_waits() -> None:
    """Until a connection waits for another's lock."""
    waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    with as_role("healing_owner"), connection.cursor() as cursor:
        for _ in range(500):
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                return
            time.sleep(0.02)
    pytest.fail("nobody waits")


def rows(ready: Ready, model: type, **which: Any) -> list:
    with opened(ready.sam) as sam:
        return list(model.objects.visible_to(sam).filter(**which))


def test_a_withdrawal_waits_for_the_letter_that_is_being_handed_over(letters: Sink, monkeypatch: Any) -> None:
    ready = make_ready()
    make_booked(ready)
    begun, go_on, give = threading.Event(), threading.Event(), mail._give
    order: list[str] = []

    def slowly(message: Any) -> None:
        begun.set()
        go_on.wait(10)
        give(message)
        order.append("left")

    monkeypatch.setattr(mail, "_give", slowly)
    worker = in_thread(lambda: due.tick(), "healing_worker")
    assert begun.wait(10)

    def withdraw() -> None:
        take_back(ready, ready.rana)
        order.append("withdrawn")

    withdrawal = in_thread(withdraw)
    wait_until_somebody_waits()
    assert order == []
    go_on.set()
    worker.join()
    withdrawal.join()
    as_worker_now()

    assert order[0] == "left"
    assert rows(ready, Meeting)[0].status == "cancelled"


def test_no_letter_begins_to_leave_after_a_withdrawal_was_committed(letters: Sink, monkeypatch: Any) -> None:
    give = mail._give
    begun: list[float] = []
    leaving = threading.Event()

    def noted(message: Any) -> None:
        begun.append(time.monotonic())
        leaving.set()
        give(message)

    monkeypatch.setattr(mail, "_give", noted)
    chance = random.Random(7)
    for number in range(ROUNDS):
        begun.clear()
        leaving.clear()
        ready = make_ready()
        make_booked(ready)
        withdrawn: list[float] = []
        in_time = number % 2  # in every other round the withdrawal begins while the first letter leaves
        withdraw = partial(take_back_after, chance.uniform(0, 0.08), ready, withdrawn, leaving if in_time else None)
        threads = [in_thread(withdraw), in_thread(work_off, "healing_worker")]
        for thread in threads:
            thread.join()
        as_worker_now()

        assert all(moment < withdrawn[0] for moment in begun)
        assert begun or not in_time
        assert rows(ready, Meeting)[0].status == "cancelled"
        assert "ambiguous" not in {row.state for row in rows(ready, Effect)}


def test_a_withdrawal_waits_for_a_booking_that_is_being_made_and_then_takes_it_back(
    letters: Sink, monkeypatch: Any
) -> None:
    ready = make_ready()
    meeting = make_plan(ready)
    asked, go_on, tell = threading.Event(), threading.Event(), meetings._tell_all_rooms

    def slowly(*arguments: Any) -> Any:
        asked.set()
        go_on.wait(10)
        return tell(*arguments)

    monkeypatch.setattr(meetings, "_tell_all_rooms", slowly)
    withdrawn: list[float] = []
    booking = in_thread(partial(booked, ready, meeting))
    assert asked.wait(10)
    withdrawal = in_thread(partial(take_back_after, 0, ready, withdrawn))
    wait_until_somebody_waits()
    assert withdrawn == []
    go_on.set()
    booking.join()
    withdrawal.join()
    as_worker_now()

    assert rows(ready, Meeting)[0].status == "cancelled"
    assert letters.letters == []


def test_booking_and_withdrawing_at_once_never_leaves_a_booking_without_a_yes(letters: Sink) -> None:
    outcomes = set()
    chance = random.Random(11)
    for _ in range(ROUNDS):
        ready = make_ready()
        meeting = make_plan(ready)

        withdraw = partial(take_back_after, chance.uniform(0, 0.04), ready, [])
        book = partial(booked, ready, meeting, chance.uniform(0, 0.04))
        threads = [in_thread(withdraw), in_thread(book)]
        for thread in threads:
            thread.join()
        as_worker_now()
        [meeting] = rows(ready, Meeting)
        outcomes.add(meeting.status)

        assert meeting.status != "confirmed"
        if meeting.status == "cancelled":
            assert len(rows(ready, Due, kind="conversation.tell_off")) == 1
        else:
            assert rows(ready, Attendance) == []

    assert outcomes <= {"drafted", "cancelled"}


def take_back_after(wait: float, ready: Ready, withdrawn: list[float], happened: threading.Event | None = None) -> None:
    if happened:
        happened.wait(10)
    else:
        time.sleep(wait)
    take_back(ready, ready.rana)
    withdrawn.append(time.monotonic())


def booked(ready: Ready, meeting: Meeting, wait: float = 0) -> None:
    time.sleep(wait)
    try:
        with opened(ready.sam) as sam:
            meetings.book(
                by=sam, meeting=meeting, starts_at=clock.now() + SOON, minutes=90, place="Garden room", people="All"
            )
    except HealingError:
        pass


def test_pressing_twice_books_once() -> None:
    ready = make_ready()
    meeting = make_plan(ready)
    threads = [in_thread(lambda: booked(ready, meeting)) for _ in range(4)]
    for thread in threads:
        thread.join()

    assert len(rows(ready, Attendance)) == len(rows(ready, Invitee)) == 2
    assert len(rows(ready, Due, kind="appointment.letter")) == 2
