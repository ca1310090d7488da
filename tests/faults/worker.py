"""A worker of due work that dies now and then, at any statement: before a commit, after it, with a letter in hand."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any
from unittest.mock import patch

from django.core import mail
from django.db import connection

from healing import clock, due, ids
from healing.models.due_work import DueWork
from tests.conftest import become
from tests.faults.history import History, Letter

TICK = timedelta(seconds=10)  # as beat has it
NOW_PAGE = "/m/"
SWAP, NEWS = "support.swap", "support.news"
STATEMENTS = 60  # a worker that dies does so within so many statements


class Killed(BaseException):
    """The process ends here: nothing catches this."""


class Worker:
    def __init__(self, history: History, chance: Random, dies: float) -> None:
        self.history, self.chance, self.dies = history, chance, dies
        self.left: int | None = None  # statements until the end
        self.before_writing_down = False  # it ends when a letter was taken, and that is not written down yet
        self.builds_swaps, self.builds_news, self.performs = due.SENDINGS[SWAP], due.SENDINGS[NEWS], due.perform

    def round(self) -> bool:
        """One round of due work. False: the process died in it."""
        self.left = self.chance.randint(1, STATEMENTS) if self.chance.random() < self.dies else None
        self.before_writing_down = self.chance.random() < self.dies
        become("healing_worker")
        try:
            with (
                connection.execute_wrapper(self._live),
                patch.dict(due.SENDINGS, {SWAP: self._swap, NEWS: self._news}),
                patch.object(due, "perform", self._perform),
            ):
                due.tick()
            return True
        except Killed:
            self.history.kills.append(clock.now())
            return False
        finally:
            become("healing_web")

    def _perform(self, item: DueWork) -> None:
        """Whoever dies after handing a letter over has not written down that it left: it is sent again."""
        try:
            self.performs(item)
        except Killed:
            self.history.not_written_down.update({number_of(item)} & {letter_number(one) for one in mail.outbox})
            raise

    def _swap(self, item: DueWork) -> due.Message | None:
        """A letter about a shift looks like any other, so that it is noted here which these are."""
        self.history.swaps.add(number_of(item))
        return self.builds_swaps(item)

    def _news(self, item: DueWork) -> due.Message | None:
        """Neither can it be told from a call that something has changed."""
        self.history.news[number_of(item)] = item.subject
        return self.builds_news(item)

    def _live(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.history.statements["worker"] += 1
        if self.left is not None:
            self.left -= 1
        if self.left == 0 or (self.before_writing_down and mail.outbox):
            raise Killed
        return execute(sql, params, many, context)


def in_time(moment: datetime, kills: list[datetime], within: timedelta = timedelta()) -> datetime:
    """Until when what was due at some time within so long of this moment has been done: a round later, or when the
    leases of the dead ran out.
    """
    latest = moment + within + 2 * TICK
    for kill in kills:
        if moment <= kill <= latest:
            latest = max(latest, kill + due.LEASE + 2 * TICK)
    return latest


def begun(moment: datetime, kills: list[datetime]) -> datetime:
    """When what was done at this moment may first have been in hand: before each death, at most a lease ago."""
    for kill in reversed(kills):
        if kill <= moment <= kill + due.LEASE + 2 * TICK:
            moment = kill
    return moment


def a_worker_died(now: datetime, kills: list[datetime]) -> bool:
    """With a letter in hand, perhaps: it is sent once more, since it says nothing and somebody waits."""
    return bool(kills) and now - kills[-1] <= due.LEASE + 2 * TICK


def number_of(item: DueWork) -> str:
    """The number that this work's letter bears, however often it is sent."""
    return ids.fingerprint(item.key, "message-id")[:32]


def letter_number(letter: Any) -> str:
    return str(letter.extra_headers["Message-ID"][1:33])


def new_letters(history: History) -> tuple[Counter[str], int]:
    """What the mail server took since the last look: calls by whom they are for, and how many to coordinators."""
    taken = list(mail.outbox)
    mail.outbox.clear()
    history.letters += [
        Letter(clock.now(), letter.to[0], letter.subject, str(letter.body), letter_number(letter)) for letter in taken
    ]
    no_calls = history.swaps | history.news.keys() | history.alarms.keys()
    calls = Counter(letter.to[0] for letter in taken if letter_number(letter) not in no_calls)
    return calls, sum(letter_number(letter) in history.alarms for letter in taken)
