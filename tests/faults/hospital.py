"""An invented hospital in London for a year: its units, its supporters, who is on duty and who is away."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from healing.models import Site, User
from healing.roles import Role
from support.actions.rota import copy_week
from support.models import Competence, Exclusion, Shift, Supporter, Unit
from tests.factories.cases import make_site, make_staff
from tests.factories.peers import coordinating, make_supporter, make_unit, working

LONDON = ZoneInfo("Europe/London")
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
TWELVE_HOURS = (time(7), time(19))  # on the wall, whatever the clocks do
SUNDAY, WEEK = 6, timedelta(days=7)
COPIED = (date(2026, 3, 23), date(2026, 10, 19))  # Mondays of the weeks at whose end the clocks change
WARDS = {"Ward A": "Medicine", "Ward B": "Surgery", "Ward C": "Medicine"}
PARENTS: dict[str, str | None] = {"Medicine": None, "Surgery": None, "Pool": None, **WARDS}
EQUALS = 6


@dataclass(eq=False, repr=False)
class Person:
    """A supporter, as everybody in the hospital knows them."""

    name: str
    unit: str
    profession: str = "nurse"
    languages: str = "en"
    capacity: int = 2
    leads: tuple[str, ...] = ()
    not_for: tuple[str, ...] = ()
    backup: bool = False
    trained_until: date | None = None
    row: Supporter = field(init=False)
    email: str = field(init=False)
    away: list[tuple[datetime, datetime]] = field(default_factory=list)
    stints: list["Stint"] = field(default_factory=list)

    @property
    def is_equal(self) -> bool:
        return self.name.startswith("equal")

    def on_duty(self, at: datetime) -> bool:
        return any(stint.start <= at < stint.end for stint in self.stints)

    def is_away(self, at: datetime) -> bool:
        return any(start <= at < end for start, end in self.away)

    def is_trained(self, at: datetime) -> bool:
        return self.trained_until is None or at.astimezone(LONDON).date() < self.trained_until


@dataclass(eq=False)
class Stint:
    start: datetime
    end: datetime
    row: Any = None


def cast() -> list[Person]:
    """Six who differ in nothing, and six who each have something to be minded."""
    return [
        *(Person(f"equal {number}", "Pool", languages="en,cy", capacity=9) for number in range(EQUALS)),
        Person("leads medicine", "Medicine", profession="doctor", leads=("Medicine",)),
        Person("leads ward a", "Ward A", leads=("Ward A",), capacity=1),
        Person("works on ward a", "Ward A", not_for=("Surgery",)),
        Person("works on ward b", "Ward B", profession="doctor", languages="cy,en", capacity=1),
        Person("untrained from october", "Ward C", trained_until=date(2026, 10, 1)),
        Person("backup", "Surgery", profession="therapist", backup=True, not_for=("Ward C",)),
    ]


@dataclass
class Hospital:
    site: Site
    coordinator: User
    units: dict[str, Unit]
    people: list[Person]
    dark: list[datetime] = field(default_factory=list)  # starts of shifts that nobody has

    @property
    def equals(self) -> list[Person]:
        return [person for person in self.people if person.is_equal]

    @property
    def others(self) -> list[Person]:
        return [person for person in self.people if not person.is_equal and not person.backup]

    def by_address(self, email: str) -> Person:
        return next(person for person in self.people if person.email == email)

    @staticmethod
    def line(unit: str | None) -> set[str]:
        """A unit and all that it is part of."""
        line = set()
        while unit:
            line.add(unit)
            unit = PARENTS[unit]
        return line

    @classmethod
    def around(cls, unit: str | None) -> set[str]:
        """A unit, all that it is part of, and all its parts: whoever names a division works in one of them."""
        return cls.line(unit) | {part for part in PARENTS if unit in cls.line(part)}


def open_hospital(chance: Random) -> Hospital:
    site = make_site(time_zone=str(LONDON))
    units: dict[str, Unit] = {}
    for name, parent in PARENTS.items():
        units[name] = make_unit(site, name, parent=units[parent] if parent else None)
    hospital = Hospital(site, make_staff(site, Role.COORDINATOR), units, cast())
    for person in hospital.people:
        join(person, hospital)
    plan_rota(hospital, chance)
    return hospital


def join(person: Person, hospital: Hospital) -> None:
    person.row = make_supporter(
        hospital.site,
        on_call=False,
        unit=hospital.units[person.unit],
        leads=tuple(hospital.units[name] for name in person.leads),
        profession=person.profession,
        languages=person.languages,
        capacity=person.capacity,
        backup=person.backup,
    )
    person.email = User.objects.values_list("email", flat=True).get(pk=person.row.user_id)
    with working() as by:
        Competence.objects.visible_to(by).filter(supporter=person.row).update(expires_on=person.trained_until)
        for name in person.not_for:
            Exclusion.objects.create(supporter=person.row, site=hospital.site, unit=hospital.units[name])


def wall_clock() -> Iterator[tuple[datetime, datetime]]:
    """Every day's two shifts as they are written on the wall. In spring one night is short, in autumn one is long."""
    day = FIRST
    while day <= LAST:
        turns = [(day, TWELVE_HOURS[0]), (day, TWELVE_HOURS[1]), (day + timedelta(days=1), TWELVE_HOURS[0])]
        moments = [datetime.combine(on, at, LONDON).astimezone(UTC) for on, at in turns]
        yield from zip(moments, moments[1:], strict=False)
        day += timedelta(days=1)


def plan_rota(hospital: Hospital, chance: Random) -> None:
    """Week by week; the two weeks in which the clocks change are copied from the week before, as a coordinator does."""
    rows, plan = [], dict[datetime, list[Person]]()
    for number, (start, end) in enumerate(wall_clock()):
        here = start.astimezone(LONDON)
        copied = here.date() - timedelta(days=here.weekday()) in COPIED
        plan[here] = plan[here - WEEK] if copied else whose_turn(hospital, chance, number, here)
        for person in plan[here]:
            row = Shift(site=hospital.site, supporter=person.row, starts_at=start, ends_at=end)
            person.stints.append(Stint(start, end, None if copied else row))
            rows += [] if copied else [row]
        if not plan[here]:
            hospital.dark.append(start)
    with working():
        Shift.objects.bulk_create(rows)
    with coordinating(hospital.coordinator) as by:
        for monday in COPIED:
            copy_week(by=by, site=hospital.site, monday=monday - WEEK, weeks=1)
    find_copied(hospital)


def whose_turn(hospital: Hospital, chance: Random, number: int, here: datetime) -> list[Person]:
    """Two of the equals and one of the others at a time; nobody on a month's first Sunday night, nor now and then."""
    equals, others = hospital.equals, hospital.others
    night_off = here.weekday() == SUNDAY and here.hour == TWELVE_HOURS[1].hour and here.day < 8
    if night_off or chance.random() < 0.01:
        return []
    return [equals[number % EQUALS], equals[(number + 1) % EQUALS], others[number % len(others)]]


def find_copied(hospital: Hospital) -> None:
    """What the product made of it has to be just what is on the wall: the same people, and no hour twice or never."""
    with working() as by:
        made = {(row.supporter_id, row.starts_at): row for row in Shift.objects.visible_to(by)}
    planned = {(person.row.pk, stint.start): stint for person in hospital.people for stint in person.stints}
    assert made.keys() == planned.keys()
    for key, stint in planned.items():
        stint.row = made[key]
        assert stint.row.ends_at == stint.end
