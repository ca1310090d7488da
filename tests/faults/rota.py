"""What changes in the rota during the year: leave, pauses that end when they end, and shifts given to a colleague."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from healing import clock
from healing.errors import HealingError
from support.actions import shifts
from tests.factories.peers import supporting
from tests.faults.hospital import Person

if TYPE_CHECKING:
    from tests.faults.simulated_year import Year


def plan_changes(year: "Year") -> None:
    for person in year.hospital.people:
        if person.is_equal:
            continue
        for _ in range(4):
            year.at(some_day(year), leave, year, person)
        for _ in range(20):
            year.at(some_day(year), pause, year, person)
    for _ in range(30):
        year.at(some_day(year), swap, year)


def some_day(year: "Year") -> datetime:
    return clock.now() + timedelta(days=year.chance.uniform(1, 350))


def leave(year: "Year", person: Person) -> None:
    start = clock.now() + timedelta(days=1)
    end = start + timedelta(days=year.chance.uniform(4, 12))
    if is_free(person, clock.now(), end):
        person.away.append((start, end))
        with supporting(person.row) as by:
            shifts.go_away(by=by, starts_at=start, ends_at=end)


def pause(year: "Year", person: Person) -> None:
    """Not now, and nobody asks until when."""
    start = clock.now()
    end = start + timedelta(hours=year.chance.uniform(1, 30))
    if is_free(person, start, end + timedelta(days=2)):
        person.away.append((start, end))
        with supporting(person.row) as by:
            (row,) = shifts.go_away(by=by, starts_at=start, ends_at=None)
        year.at(end, back, person, row)


def back(person: Person, row: Any) -> None:
    with supporting(person.row) as by:
        shifts.come_back(by=by, away=row)


def is_free(person: Person, start: datetime, end: datetime) -> bool:
    return not any(begin < end and start < over for begin, over in person.away)


def swap(year: "Year") -> None:
    """A colleague takes a shift that has not begun."""
    giver, taker = year.chance.sample(year.hospital.others, 2)
    coming = [stint for stint in giver.stints if stint.start > clock.now()]
    if not coming:
        return
    stint = year.chance.choice(coming[:20])
    with supporting(giver.row) as by:
        offer = shifts.offer(by=by, shift=stint.row, to=taker.row)
    try:
        with supporting(taker.row) as by:
            shifts.take(by=by, swap=offer)
    except HealingError:  # away then, or on call already
        with supporting(giver.row) as by:
            shifts.withdraw(by=by, swap=offer)
        return
    giver.stints.remove(stint)
    taker.stints.append(stint)
