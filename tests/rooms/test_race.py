"""Taking back and carrying across at the same moment, in two real connections: no word is readable afterwards."""

from collections.abc import Callable
from threading import Barrier, Event, Thread
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from cases import door
from cases.actions import consent as acts
from healing.errors import ConsentMissing
from tests.factories.cases import opened
from tests.rooms.visiting import furnished

WAIT = 1  # seconds in which the other connection would have come through, if nothing held it
ROUNDS = 8


@pytest.fixture
def house(committed: None) -> SimpleNamespace:
    """Two connections only see what is committed."""
    here = furnished()
    for person in (here.maria, here.ben):
        with opened(person.user) as viewer:
            acts.decide(by=viewer, participant=person, purpose="take_part", decision="given")
    return here


def say(house: SimpleNamespace, decision: str) -> None:
    with opened(house.maria.user) as viewer:
        acts.decide(
            by=viewer,
            participant=house.maria,
            purpose="share_statement",
            to_side="staff",
            decision=decision,
            words="It was my father." if decision == "given" else "",
        )


def carry(house: SimpleNamespace, then: Callable[[], Any] = lambda: None) -> None:
    """Deliver to Ben; `then` happens before it is committed."""
    with opened(house.sam) as viewer:
        row = acts.standing(viewer, house.maria, "share_statement", to_side="staff")
        if row is None:
            raise ConsentMissing
        door.deliver(by=viewer, consent=row, to=[house.ben])
        then()


def readable(house: SimpleNamespace) -> list[bytes]:
    with opened(house.ben.user), connection.cursor() as cursor:
        cursor.execute("select words from cases_delivery where participant_id = %s and words <> ''", [house.ben.pk])
        return cursor.fetchall()


def beside(work: Callable[[], None], outcomes: list[Any]) -> Thread:
    """Run this in a connection of its own."""

    def run() -> None:
        try:
            work()
            outcomes.append("done")
        except Exception as error:
            outcomes.append(type(error))
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    return thread


def test_a_withdrawal_waits_for_a_delivery_that_has_begun_and_then_closes_it(house):
    say(house, "given")
    through, outcomes = Event(), []

    def withdraw() -> None:
        say(house, "withdrawn")
        through.set()

    threads = []

    def meanwhile() -> None:
        threads.append(beside(withdraw, outcomes))
        assert not through.wait(WAIT)

    carry(house, then=meanwhile)
    threads[0].join()

    assert outcomes == ["done"]
    assert readable(house) == []


def test_a_delivery_waits_for_a_withdrawal_that_has_begun_and_then_carries_nothing(house):
    say(house, "given")
    outcomes: list[Any] = []
    with opened(house.maria.user) as viewer:
        acts.decide(
            by=viewer, participant=house.maria, purpose="share_statement", to_side="staff", decision="withdrawn"
        )
        thread = beside(lambda: carry(house), outcomes)
        thread.join(WAIT)
        assert thread.is_alive()
    thread.join()

    assert outcomes == [ConsentMissing]
    assert readable(house) == []


def test_however_they_meet_no_word_is_readable_after_the_withdrawal(house):
    for _ in range(ROUNDS):
        say(house, "given")
        start, outcomes = Barrier(2), []

        def at_once(work: Callable[[], None], start: Barrier = start) -> None:
            start.wait()
            work()

        threads = [
            beside(lambda: at_once(lambda: say(house, "withdrawn")), outcomes),
            beside(lambda: at_once(lambda: carry(house)), outcomes),
        ]
        for thread in threads:
            thread.join()

        assert "done" in outcomes
        assert set(outcomes) <= {"done", ConsentMissing}
        assert readable(house) == []


def test_two_withdrawals_at_once_are_one(house):
    say(house, "given")
    outcomes: list[Any] = []
    threads = [beside(lambda: say(house, "withdrawn"), outcomes) for _ in range(2)]
    for thread in threads:
        thread.join()
    assert outcomes == ["done", "done"]
