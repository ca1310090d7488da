"""What anybody could write down who stands outside: who asked for what, whom a message told to look, what they did."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from tests.faults.hospital import Person


@dataclass(eq=False)
class Asked:
    """One request, as whoever asked knows it."""

    words: str
    at: datetime
    begin: datetime  # from when colleagues may be called
    wanted: datetime  # from when they want to be reached
    wish: dict[str, Any]  # kind, when, unit, from_where, language, avoid, prefer
    asker: Person | None = None
    id: UUID = field(init=False)
    calls: list["Call"] = field(default_factory=list)
    needs: list[datetime] = field(default_factory=list)  # moments from which on somebody had to be called
    changed: list[tuple[datetime, "Call"]] = field(default_factory=list)  # after somebody had said yes
    holder: "Call | None" = None  # whoever said yes
    claimed_at: datetime | None = None
    ever_reached: bool = False
    waited: dict[str, Any] = field(default_factory=dict)  # until they were first reached
    contacts: int = 0
    escalated_at: datetime | None = None
    alarm_stands: bool = False
    cleared: list[datetime] = field(default_factory=list)  # when the coordinators could hear that nobody waits any more
    ended_at: datetime | None = None
    outcome: str = ""
    line: dict[str, Any] = field(default_factory=dict)  # what the log should say of it

    def all_clear(self, at: datetime) -> None:
        """Nobody waits any more: whoever is late again is told of again."""
        self.alarm_stands = False
        self.cleared.append(at)

    @property
    def may_be_told_again(self) -> bool:
        """The coordinators were told, and later heard that nobody waits: then it may be late again."""
        return bool(self.escalated_at and not self.alarm_stands)


@dataclass(eq=False)
class Call:
    """A supporter was told to look, and saw this request on their page, to be answered until then."""

    asked: Asked
    person: Person
    sent: datetime
    until: datetime
    seen: datetime
    answer: str = ""  # accepted, passed (also later on), too late, replaced
    answered_at: datetime | None = None
    accepted_at: datetime | None = None
    lost_at: datetime | None = None  # when it was to go to somebody else
    kept: bool = False
    reached: bool = False


class Letter(NamedTuple):
    """As the mail server took it. The same number is the same letter."""

    at: datetime
    to: str
    subject: str
    body: str
    number: str


@dataclass
class History:
    asked: list[Asked] = field(default_factory=list)
    kills: list[datetime] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    alarms: dict[str, UUID] = field(default_factory=dict)  # which letters to a coordinator are about which request
    not_written_down: Counter[str] = field(default_factory=Counter)  # letters with which in hand a worker died
    meant: set[tuple[UUID, UUID]] = field(default_factory=set)  # request and supporter: called, also if no letter left
    news: dict[str, UUID] = field(default_factory=dict)  # which letters say that a request they have has changed
    swaps: set[str] = field(default_factory=set)  # which letters are about a shift, by their number
    wrong: list[str] = field(default_factory=list)  # what somebody saw that should not be
    unannounced: int = 0  # calls that stood on a page without a letter
    statements: Counter[str] = field(default_factory=Counter)

    @property
    def calls(self) -> list[Call]:
        return [call for asked in self.asked for call in asked.calls]
