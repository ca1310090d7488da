"""A year of peer support: the real engine on a real database, and only the clock and the mail server are invented.

Time jumps from one thing to the next: what a person does, or what is due. Everything that happens is noted from the
outside (`history`); `checks` looks at that and at nothing else.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

from healing import clock, due
from healing.models.due_work import DueWork
from tests.faults.askers import Askers
from tests.faults.history import History
from tests.faults.hospital import FIRST, LAST, open_hospital
from tests.faults.rota import plan_changes
from tests.faults.supporters import Supporters
from tests.faults.worker import TICK, Worker, new_letters, number_of

Act = Callable[..., None]
BEGIN = datetime.combine(FIRST, datetime.min.time(), UTC)
TAIL = timedelta(days=50)  # after the last request: what is kept for days goes too


class Year:
    def __init__(self, requests: int, seed: int, traveller: Any, dies: float = 0.05) -> None:
        self.chance, self.history, self.traveller = Random(seed), History(), traveller
        self.agenda: list[tuple[datetime, int, Act, tuple[Any, ...]]] = []
        self.rounds: list[tuple[datetime, int, datetime, UUID | None]] = []  # when, and what for
        self.last_round = clock.now()
        self.number = count()
        self.hospital = open_hospital(self.chance)
        self.worker = Worker(self.history, self.chance, dies)
        self.supporters, self.askers = Supporters(self), Askers(self)
        plan_changes(self)
        for moment in self.arrivals(requests):
            self.at(moment, self.askers.ask)

    def at(self, moment: datetime, act: Act, *arguments: Any) -> None:
        heappush(self.agenda, (max(moment, clock.now()), next(self.number), act, arguments))

    def after(self, low: float, high: float, act: Act, *arguments: Any) -> None:
        """Somewhere between so many minutes from now."""
        self.at(clock.now() + timedelta(minutes=self.chance.uniform(low, high)), act, *arguments)

    def noticing(self, write_down: Callable[[DueWork], None]) -> Callable[[DueWork], None]:
        """Beat wakes a worker every few seconds. Here it does so only when there may be something to do."""

        def and_wake(row: DueWork) -> None:
            write_down(row)
            if row.kind == "support.page":
                self.history.meant.add((row.subject, row.to))
            if row.kind == "support.alarm":
                self.history.alarms[number_of(row)] = row.subject
            self.wake(row.due_at, row.subject)

        return and_wake

    def wake(self, moment: datetime, subject: UUID | None = None) -> None:
        moment = max(moment, clock.now())
        heappush(self.rounds, (moment + self.chance.random() * TICK, next(self.number), moment, subject))

    def run(self) -> History:
        end = datetime.combine(LAST, datetime.min.time(), UTC) + TAIL
        while self.agenda or (self.rounds and self.rounds[0][0] < end):
            if self.rounds and (not self.agenda or self.rounds[0][0] <= self.agenda[0][0]):
                self.next_round()
            else:
                moment, _, act, arguments = heappop(self.agenda)
                self.traveller.move_to(moment)
                act(*arguments)
        return self.history

    def next_round(self) -> None:
        moment, _, wanted, subject = heappop(self.rounds)
        if wanted <= self.last_round or self.askers.has_ended(subject, wanted):
            return
        self.traveller.move_to(moment)
        if self.worker.round():
            self.last_round = moment
        else:
            self.wake(moment + timedelta(seconds=1))  # another process goes on with the rest
            self.wake(moment + due.LEASE + timedelta(seconds=1))  # and then with what the dead one held
        to_look, to_coordinator = new_letters(self.history)
        for address, letters in to_look.items():
            self.supporters.look(self.hospital.by_address(address), letters)
        if to_coordinator:
            self.askers.look_for_escalations()

    def arrivals(self, requests: int) -> list[datetime]:
        """At any hour of the year; some in a bunch after the same event, and some in certain nights."""
        begin = BEGIN + timedelta(hours=12)
        nights = [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)]
        nights.append(self.hospital.dark[0] + timedelta(hours=9))
        moments = [night + timedelta(minutes=self.chance.uniform(0, 180)) for night in nights for _ in range(3)]
        while len(moments) < requests:
            moment = begin + self.chance.random() * timedelta(days=364)
            bunch = self.chance.choice([1, 1, 1, 1, 4])
            moments += [moment + timedelta(minutes=self.chance.uniform(0, 15)) for _ in range(bunch)]
        return moments[:requests]
