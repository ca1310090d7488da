"""Two tellings of one story that differ only in what somebody else does, and everything one person could notice.

An observation is what leaves the house towards the observer: status, headers, bytes and the number of questions asked
of the database for each page of their room, in the order of its links; each mail to their address, whole; each calendar
file. Random values are named in the order in which they appear, so that equal means equal byte for byte.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from itertools import count
from typing import Any

import time_machine
from django.core import mail as outbox
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.actions import consent, people
from cases.models import Case, Participant
from facilitation.actions import notices, readiness
from healing import access, due
from healing.models import User
from tests.conftest import become
from tests.factories import cases as make

START = datetime.fromisoformat("2026-03-02T10:00:00+00:00")  # a Monday
RANDOM = re.compile(
    rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"  # ids
    rb"|(?<=csrfmiddlewaretoken\" value=\")[^\"]+|(?<=csrf=)[^;]+|(?<=session=)[^;]+"  # cookies and form tokens
    rb"|(?<=/invitation/)[0-9a-f]{32}|(?<=<)[0-9a-f]{32}(?=@)|(?<=UID:)[0-9a-f]{32}"  # links, Message-IDs, calendar ids
    rb"|(?<=boundary=\")[^\"]+|(?<=--={15})\d+(?===)|={15}\d+=="
    rb"|(?<=expires=)[^;]+"
)

UNLINKED = ("check-in/", "consent/", "words/", "for-you/", "conversation/", "promises/", "looked/", "contact/")


@dataclass
class World:
    """One telling. `noticed` is everything that the observer could see, with a label for when and where."""

    observer: Participant
    other: Participant
    case: Case
    facilitator: User
    client: Client
    noticed: list[tuple[str, Any]] = field(default_factory=list)
    _names: dict[bytes, bytes] = field(default_factory=dict)
    _read: int = 0

    def look(self, label: str) -> None:
        """Visit every page of the room, as far as links lead, and open the letter box."""
        hub = f"/room/{self.observer.pk}/"
        self.client.force_login(User.objects.get(pk=self.observer.user_id))  # a session lasts less than a day
        assert self.client.get(hub).status_code == 200, "nothing is compared when nothing is seen"
        waiting, seen = [hub], set()
        while waiting:
            address = waiting.pop(0)
            seen.add(address)
            response, questions = self.get(address)
            self.notice(f"{label} {address}", response, questions)
            links = re.findall(rf'href="({re.escape(hub)}[^"#?]*)"', response.content.decode())
            waiting += [link for link in dict.fromkeys(links) if link not in seen and link not in waiting]
        for address in UNLINKED:
            if hub + address not in seen:
                self.notice(f"{label} {address}", *self.get(hub + address))
        self.open_mail(label)

    def get(self, address: str) -> tuple[Any, int]:
        with CaptureQueriesContext(connection) as queries:
            response = self.client.get(address)
        return response, len(queries)

    def notice(self, label: str, response: Any, questions: int) -> None:
        headers = sorted((name, self.named(str(value).encode())) for name, value in response.headers.items())
        cookies = sorted(self.named(morsel.OutputString().encode()) for morsel in response.cookies.values())
        seen = (response.status_code, headers, cookies, self.named(response.content), questions)
        self.noticed.append((self.named(label.encode()).decode(), seen))

    def open_mail(self, label: str) -> None:
        new, self._read = outbox.outbox[self._read :], len(outbox.outbox)
        own = [message for message in new if message.to == [self.address]]
        self.noticed.append((f"{label} mail", [self.named(letter(message)) for message in own]))

    @property
    def address(self) -> str:
        return User.objects.get(pk=self.observer.user_id).email

    def named(self, raw: bytes) -> bytes:
        """Random values by order of appearance."""
        return RANDOM.sub(lambda match: self._names.setdefault(match[0], b"<%d>" % len(self._names)), raw)


def letter(message: Any) -> bytes:
    """A mail as it would arrive, but for the moment at which this very process wrote it."""
    whole: EmailMessage = message.message()
    return whole.as_bytes()


Happening = Callable[["World"], None]


def tell(side: str, acts: Happening, later: Happening, *afterwards: tuple[int, Happening]) -> World:
    """Day 0: both have come in and are asked. Day 1: the observer answers. Day 2: the other's acts. Then days go by.

    `afterwards` are days after that, each with what happens on it; then only these are looked at.
    """
    with taken_back(), time_machine.travel(START, tick=False) as clock:
        outbox.outbox = []
        world = open_house(side)
        clock.shift(timedelta(days=1))
        observer_answers(world)
        for day, happens in ((2, acts), (10, later), (16, nothing), *afterwards):
            clock.move_to(START + timedelta(days=day))
            happens(world)
            if day == 10:
                clock.shift(timedelta(minutes=1))  # two letters of one moment leave in any order
                facilitator_writes_to_all(world)
            work()
            if not afterwards or (day, happens) in afterwards:
                world.look(f"day {day}")
        return world


def nothing(world: World) -> None:
    """The other person does not answer; the day passes."""


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def open_house(side: str) -> World:
    make.number = count(1)  # the same names and addresses in every telling
    site = make.make_site()
    facilitator = make.make_staff(site, "facilitator")
    case = make.make_case(facilitator)
    harmed = make.make_participant(case, side="harmed", part="patient", name="Maria Lopez")
    staff = make.make_participant(case, side="staff", part="hcw", name="Aisha Rahman")
    observer, other = (harmed, staff) if side == "harmed" else (staff, harmed)
    with at_work(facilitator) as viewer:
        for participant in (harmed, staff):
            consent.ask(by=viewer, participant=participant, purpose="take_part")
            consent.ask(by=viewer, participant=participant, purpose="meet", form="in_person")
    return World(observer, other, case, facilitator, Client())


def at_work(user: User) -> Any:
    return access.opened("user", user.pk)


def in_room(participant: Participant) -> Any:
    return access.opened("user", participant.user_id)


def observer_answers(world: World) -> None:
    """The observer's own acts, the same in every world."""
    with in_room(world.observer) as viewer:
        check_in(viewer, world.observer, {"feeling": "up-and-down" if world.observer.side == "harmed" else "managing"})
        decide(viewer, world.observer, "take_part", "given")
        decide(viewer, world.observer, "meet", "given", form="in_person")


def facilitator_writes_to_all(world: World) -> None:
    """The word that was promised by a day, whatever has happened."""
    with at_work(world.facilitator) as viewer:
        notices.publish(by=viewer, case=world.case, code="no_news_yet", day=START.date() + timedelta(days=20))


def check_in(viewer: access.Viewer, participant: Participant, answers: dict[str, str], send: bool = True) -> None:
    response = readiness.start(by=viewer, participant=participant, instrument=f"check-in-{participant.side}")
    for question, code in answers.items():
        readiness.save_answer(by=viewer, response=response, question=question, answer={"codes": [code]})
    if send:
        readiness.send(by=viewer, response=response)


def decide(viewer: access.Viewer, participant: Participant, purpose: str, decision: str, **more: Any) -> None:
    consent.decide(by=viewer, participant=participant, purpose=purpose, decision=decision, **more)


def pause(viewer: access.Viewer, participant: Participant, reason: str) -> None:
    people.pause(by=viewer, participant=participant, reason=reason)


def work() -> None:
    """The worker does what is due, as its own database role."""
    become("healing_worker")
    while due.tick():
        pass
    become("healing_web")
