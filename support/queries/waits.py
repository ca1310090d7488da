"""Numbers of a finished quarter, from which nobody can be worked out.

A quarter with fewer than eight requests shows nothing. In the others every number is rounded to five, a number below
eight is hidden, and where only one is hidden the next smallest goes with it, so that it cannot be taken from a total.
There is no choice of days, unit or person: what cannot be chosen cannot be subtracted.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import ceil
from statistics import median
from typing import Any

from django.utils.translation import gettext_lazy as _

from healing import clock
from healing.models import Site
from support.codes import KINDS, MET_NEED, REFERRALS
from support.house import Visitor
from support.models import Encounter, Load
from support.queries import supporters

FEWEST = 8
FEWEST_FOR_90TH = 20  # of fewer, the 90th is one or two people's own wait
STEP = 5
QUARTERS = 4


@dataclass(frozen=True)
class Cell:
    """A number as it may be shown; none where it is hidden."""

    words: Any
    number: int | None


@dataclass(frozen=True)
class Share:
    """A share in percent; none where either side of it is fewer than eight."""

    percent: int | None


# Anybody can ask and take it back, and a supporter can count a session that nobody asked for: what costs nothing must
# not lift a small number over the threshold.
NOT_COUNTED = ("cancelled", "empty")
UNASKED = "session"

ENDS = {  # how a request that counts ended
    "supported": _("Reached, and talked with"),
    "not_reached": _("Could not be reached"),
    "not_wanted": _("Did not want it"),
}
COUNTED = (
    *("kind", "referral", "minutes_to_reach", "in_target", "escalated"),
    *("outcome", "met_need", "met_need_asker"),
)
MET = {**dict(MET_NEED), "": _("Nothing was said")}
LATE = timedelta(days=1)  # what is due at midnight is done in the night


@dataclass(frozen=True)
class Quarter:
    start: date
    requests: int | None = None  # none: fewer than eight, and nothing else is filled in
    median: int | None = None
    ninetieth: int | None = None
    in_target: Share = Share(None)
    escalated: Share = Share(None)
    sessions: int | None = None  # counted by supporters; no request, and in none of the other numbers
    kinds: list[Cell] = field(default_factory=list)
    referrals: list[Cell] = field(default_factory=list)
    ends: list[Cell] = field(default_factory=list)
    met: list[Cell] = field(default_factory=list)  # their need, as the supporters say
    met_asker: list[Cell] = field(default_factory=list)  # and as those say who asked; empty while some still may
    loads: list[tuple[str, Cell, Cell]] = field(default_factory=list)

    @property
    def last_day(self) -> date:
        return next_quarter(self.start) - timedelta(days=1)


def quarters(by: Visitor, site: Site) -> list[Quarter]:
    """The last four that are over, the newest first. The one that is running is not looked at."""
    start = quarter_of(clock.today(site.time_zone))
    found = []
    for _number in range(QUARTERS):
        start = quarter_of(start - timedelta(days=1))
        found.append(_quarter(by, site, start))
    return found


def quarter_of(day: date) -> date:
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


def next_quarter(start: date) -> date:
    return quarter_of(start + timedelta(days=100))


def _quarter(by: Visitor, site: Site, start: date) -> Quarter:
    rows = Encounter.objects.visible_to(by).filter(site=site, day__gte=start, day__lt=next_quarter(start))
    rows = rows.exclude(outcome__in=NOT_COUNTED)
    lines = list(rows.exclude(kind=UNASKED).values(*COUNTED))
    sessions = rows.filter(kind=UNASKED).count()
    loads = _loads(by, site, start)
    # However many sessions there were: requests alone decide whether anything of a quarter is shown, for a supporter
    # can count a session at any time.
    if len(lines) < FEWEST:
        return Quarter(start)
    waits = sorted(line["minutes_to_reach"] for line in lines if line["minutes_to_reach"] is not None)
    return Quarter(
        start=start,
        requests=rounded(len(lines)),
        median=rounded(median(waits)) if len(waits) >= FEWEST else None,
        ninetieth=rounded(waits[ceil(0.9 * len(waits)) - 1]) if len(waits) >= FEWEST_FOR_90TH else None,
        in_target=share(line["in_target"] for line in lines if line["in_target"] is not None),
        escalated=share(line["escalated"] for line in lines),
        sessions=rounded(sessions) if sessions >= FEWEST else None,
        kinds=table(dict(KINDS), Counter(line["kind"] for line in lines)),
        referrals=table(dict(REFERRALS), Counter(line["referral"] or "none" for line in lines)),
        ends=table(ENDS, Counter(line["outcome"] for line in lines)),
        met=table(MET, Counter(line["met_need"] for line in lines)),
        met_asker=table(MET, Counter(line["met_need_asker"] for line in lines)) if _all_said(site, start) else [],
        loads=loads,
    )


def _all_said(site: Site, start: date) -> bool:
    """Nobody who asked in this quarter can still say whether it helped: no single answer can be seen coming."""
    return clock.today(site.time_zone) >= next_quarter(start) + site.clock("peer_hears") + LATE


def _loads(by: Visitor, site: Site, start: date) -> list[tuple[str, Cell, Cell]]:
    """How often each supporter was called and said yes. Who was never called stands there like everybody else."""
    people = [(str(pk), name) for pk, name in supporters.called(by, site)]
    rows = Load.objects.visible_to(by).filter(site=site, quarter=start).values_list("supporter", "pages", "accepted")
    known = {str(pk): (pages, accepted) for pk, pages, accepted in rows}
    pages = table(dict(people), {pk: known.get(pk, (0, 0))[0] for pk, _ in people})
    accepted = table(dict(people), {pk: known.get(pk, (0, 0))[1] for pk, _ in people})
    return [(name, called, yes) for (_, name), called, yes in zip(people, pages, accepted, strict=True)]


def table(words: Mapping[str, Any], counts: Mapping[str, int]) -> list[Cell]:
    """One cell for each code, also for those that nobody chose."""
    numbers = {key: counts.get(key, 0) for key in words}
    hidden = {key for key, number in numbers.items() if number < FEWEST}
    if len(hidden) == 1 and len(numbers) > 1:
        hidden.add(min(numbers.keys() - hidden, key=lambda key: (numbers[key], key)))
    return [Cell(words[key], None if key in hidden else rounded(number)) for key, number in numbers.items()]


def share(answers: Any) -> Share:
    told = Counter(map(bool, answers))
    if min(told[True], told[False]) < FEWEST:
        return Share(None)
    return Share(rounded(100 * told[True] / told.total()))


def rounded(number: float) -> int:
    return int(STEP * ((number + STEP / 2) // STEP))
