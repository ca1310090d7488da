"""What must hold over the year, asked of what could be seen from outside and of what the hospital knows of itself."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise, zip_longest
from typing import Any
from uuid import UUID

from support.actions.news import COLLECTED
from support.models import Alarm, Due, Effect, Encounter, Key, Page, Request
from tests.factories.peers import working
from tests.faults.history import Asked, Call, History
from tests.faults.hospital import Hospital, Person
from tests.faults.simulated_year import BEGIN, Year
from tests.faults.worker import NOW_PAGE, TICK, begun, in_time

ANSWER, TARGET, SEARCH = timedelta(minutes=10), timedelta(minutes=30), timedelta(minutes=10)
FAIR, FAIR_AMONG_FEW = 0.15, 0.25  # of a few hundred calls chance alone makes some uneven
Check = Callable[[Year], Iterator[str]]


def everything(year: Year) -> list[str]:
    return [sentence for check in CHECKS for sentence in check(year)]


def as_seen(year: Year) -> Iterator[str]:
    yield from year.history.wrong
    if year.history.unannounced > len(year.history.kills):
        yield f"{year.history.unannounced} calls without a letter, and only {len(year.history.kills)} workers died"


def ended_once(year: Year) -> Iterator[str]:
    """The log holds one line for each, and it says what happened."""
    expected = Counter(as_line(asked.line) for asked in year.history.asked if asked.ended_at)
    with working() as by:
        found = Counter(as_line(line.__dict__) for line in Encounter.objects.visible_to(by))
    yield from (f"never ended: asked {asked.at}" for asked in year.history.asked if not asked.ended_at)
    yield from (f"missing in the log: {line}" for line in (expected - found).elements())
    yield from (f"in the log, and never was: {line}" for line in (found - expected).elements())


COLUMNS = (
    *("outcome", "kind", "day", "contacts", "escalated", "minutes_to_claim", "minutes_to_reach", "in_target"),
    *("length", "place", "tier", "profession", "trigger", "referral", "met_need", "met_need_asker"),
)


def as_line(line: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(line.get(name) if line.get(name) is not None else "") for name in COLUMNS)


def reached_or_escalated(year: Year) -> Iterator[str]:
    for asked in year.history.asked:
        answered = asked.ever_reached or asked.escalated_at or asked.outcome in ("cancelled", "not_reached")
        if not answered:
            yield f"neither reached nor escalated: asked {asked.at}"


def escalated_once(year: Year) -> Iterator[str]:
    """A letter to the coordinator when a request waits too long, when it does so again after the all clear, and now and
    then while it goes on. The same letter comes twice only if a worker died with it in hand.
    """
    history, told = year.history, by_request(year.history)
    for asked in history.asked:
        letters = told.get(asked.id, {})
        for number, moments in letters.items():
            if len(moments) > 1 + history.not_written_down[number]:
                yield f"the same letter came at {moments} about the one who asked {asked.at}"
        for one, other in pairwise(moments[0] for moments in letters.values()):
            # From when it was to leave, and not from when it left: one with which a worker died comes late.
            early = other - begun(one, history.kills) < TARGET - 2 * TICK
            if early and not any(one <= clear <= other for clear in asked.cleared):
                yield f"told at {one} and again at {other} of the one who asked {asked.at}"
        yield from waits_unheard(asked, history, sorted(moments[0] for moments in letters.values()))
        if bool(letters) != bool(asked.escalated_at) and not taken_on_meanwhile(asked, history):
            yield f"{len(letters)} letters about the one who asked {asked.at}, escalated at {asked.escalated_at}"


def waits_unheard(asked: Asked, history: History, told: list[datetime]) -> Iterator[str]:
    """While nobody can be called the letter comes again: after the target, and soon enough after each search."""
    for one in told[:1]:
        latest = in_time(one + TARGET, history.kills, within=SEARCH)
        changes = (*asked.cleared, asked.ended_at, *asked.needs)
        changed = any(moment and one < moment <= latest for moment in changes)
        had = any(call.sent <= latest and over(call) > one for call in asked.calls if call.accepted_at)
        called = any(one <= call.sent <= latest for call in asked.calls)
        if not (changed or had or called) and not any(one < other <= latest for other in told):
            yield f"told at {one} of the one who asked {asked.at}, and not again by {latest}"


def by_request(history: History) -> dict[UUID, dict[str, list[datetime]]]:
    """When each letter to the coordinator came, by the request that it was about."""
    told = dict[UUID, dict[str, list[datetime]]]()
    for letter in history.letters:
        if letter.number in history.alarms:
            about = told.setdefault(history.alarms[letter.number], {})
            about.setdefault(letter.number, []).append(letter.at)
    return told


def taken_on_meanwhile(asked: Asked, history: History) -> bool:
    """A letter that a dead worker left behind is kept back when nobody waits any more."""
    if asked.escalated_at is None:
        return False
    latest = in_time(asked.escalated_at, history.kills)
    return any(asked.escalated_at <= over <= latest for over in [*asked.cleared, asked.ended_at] if over)


def changes_are_told(year: Year) -> Iterator[str]:
    """Whoever has said yes hears of another time; nobody else does, and nobody hears it of what is over."""
    history, heard = year.history, dict[UUID, list[tuple[datetime, str]]]()
    for letter in history.letters:
        if letter.number in history.news:
            heard.setdefault(history.news[letter.number], []).append((letter.at, letter.to))
    for asked in history.asked:
        for moment, call in asked.changed:
            latest = in_time(moment, history.kills, within=COLLECTED)
            letters = [at for at, to in heard.get(asked.id, []) if to == call.person.email and moment <= at <= latest]
            if not letters and over(call) > latest:
                yield f"{moment}: {call.person.name} was not told of another time"
        for at, to in heard.get(asked.id, []):
            theirs = [call for call in asked.calls if call.person.email == to and call.accepted_at]
            if not any(call.accepted_at <= at <= over(call) for call in theirs if call.accepted_at):
                yield f"{at}: {to} was told of a request that is not with them"


def letters_say_nothing(year: Year) -> Iterator[str]:
    said = {(letter.subject, letter.body) for letter in year.history.letters}
    if len(said) != 1 or any(NOW_PAGE not in body for _, body in said):
        yield f"letters differ: {said}"


def nobody_excluded(year: Year) -> Iterator[str]:
    for call in year.history.calls:
        for reason in reasons(call.asked, call.person, call.sent):
            yield f"{call.sent}: {call.person.name} was called, who {reason}"
        for before in earlier(call):
            if before.person is call.person and not may_be_asked_again(before, call.sent):
                yield f"{call.sent}: {call.person.name} was called again, who {before.answer or 'did not answer'}"


def reasons(asked: Asked, person: Person, at: datetime) -> Iterator[str]:
    wish = asked.wish
    around = Hospital.around(wish["unit"])
    told = {
        "is the one who asks": person is asked.asker,
        "was to be avoided": person is wish["avoid"],
        "works in the same unit": wish["from_where"] == "elsewhere" and person.unit in around,
        "does not want to be called for there": bool(Hospital.line(wish["unit"]) & set(person.not_for)),
        "leads where the asker works": bool(around & set(person.leads)),
        "may lead where the asker works": not wish["unit"] and bool(person.leads),
        "works where the asker leads": bool(asked.asker and Hospital.line(person.unit) & set(asked.asker.leads)),
        "speaks another language": wish["language"] not in person.languages.split(","),
        "is off duty": not person.on_duty(at) and not person.backup,
        "is away": person.is_away(at),
        "is not trained any more": not person.is_trained(at),
    }
    yield from (reason for reason, holds in told.items() if holds)


def earlier(call: Call) -> list[Call]:
    return call.asked.calls[: call.asked.calls.index(call)]


def may_be_asked_again(before: Call, at: datetime) -> bool:
    """Who passed or was replaced never; who did not answer, or forgot it, after a while."""
    if before.answer in ("passed", "replaced"):
        return False
    return at > max(before.until, before.lost_at or before.until) + TARGET


def one_at_a_time(year: Year) -> Iterator[str]:
    for asked in year.history.asked:
        for before, call in zip(asked.calls, asked.calls[1:], strict=False):
            over = [
                moment for moment in (before.until, before.answered_at, *asked.needs) if moment and moment > before.sent
            ]
            if call.sent < min(over):
                yield f"{call.sent}: {call.person.name} was called while {before.person.name} could still answer"


def followed_up(year: Year) -> Iterator[str]:
    """Whenever somebody has to be called, somebody is; if nobody can be, the coordinators know."""
    full = fullness(year.history)
    for asked in year.history.asked:
        unanswered = [call.until for call in asked.calls if call.answer in ("", "too late")]
        for need in sorted([*asked.needs, *unanswered]):
            latest = in_time(need, year.history.kills)
            if superseded(asked, need, latest) or any(need <= call.sent <= latest for call in asked.calls):
                continue
            if asked.escalated_at is None or asked.escalated_at > latest:
                yield f"{need}: nobody was called or told for the one who asked {asked.at}"
            if able := able_by(year, asked, need, latest, full):
                yield f"{need}: {able[0].name} was not called for the one who asked {asked.at}"


def superseded(asked: Asked, need: datetime, latest: datetime) -> bool:
    """It ended, somebody had it, or the asker chose another time."""
    if asked.ended_at and asked.ended_at <= latest:
        return True
    if asked.begin > latest or any(need < other <= latest for other in asked.needs):
        return True
    if any(call.accepted_at and call.sent <= need < over(call) for call in asked.calls):
        return True
    unanswered = [call for call in asked.calls if call.answer != "replaced"]
    return any(call.sent <= need < min(call.answered_at or call.until, call.until) for call in unanswered)


def over(call: Call) -> datetime:
    return call.lost_at or call.asked.ended_at or datetime.max.replace(tzinfo=call.sent.tzinfo)


def fullness(history: History) -> dict[Person, tuple[list[datetime], list[datetime]]]:
    """For each person when something came to them and when it had surely gone."""
    found: dict[Person, tuple[list[datetime], list[datetime]]] = {}
    for asked in history.asked:
        for call, following in zip_longest(asked.calls, asked.calls[1:]):
            ends = [moment for moment in (following and following.sent, asked.ended_at) if moment]
            if call.accepted_at is None:
                ends.append(call.until + ANSWER)
            starts, gone = found.setdefault(call.person, ([], []))
            starts.append(call.sent)
            gone.append(min(ends, default=datetime.max.replace(tzinfo=call.sent.tzinfo)))
    return {person: (sorted(starts), sorted(gone)) for person, (starts, gone) in found.items()}


def able_by(year: Year, asked: Asked, since: datetime, until: datetime, full: Any) -> list[Person]:
    """Who could surely have been called. A call that ended while its worker lay dead, before its letter left, was made
    too, and nobody saw it.
    """
    unseen = {who for request, who in year.history.meant if request == asked.id}
    unseen -= {call.person.row.pk for call in asked.calls}
    there = [person for person in year.hospital.people if person.row.pk not in unseen]
    return [person for person in there if surely_able(asked, person, since, full, until)]


def surely_able(asked: Asked, person: Person, at: datetime, full: Any, until: datetime | None = None) -> bool:
    """From then until then: whoever was called for somebody else in between may have been full when it was looked."""
    starts, gone = full.get(person, ([], []))
    busy = bisect_right(starts, until or at) - bisect_right(gone, at)
    called = any(call.person is person for call in asked.calls if call.sent <= at)
    return busy < person.capacity and not called and not list(reasons(asked, person, at))


def nothing_is_left(year: Year) -> Iterator[str]:
    with working() as by:
        supporters = [person.row.pk for person in year.hospital.people]
        for model in (Request, Page, Alarm):
            if count := model.objects.visible_to(by).count():
                yield f"{count} of {model.__name__} are left"
        if keys := list(Effect.objects.visible_to(by).exclude(key__startswith="support.swap").values_list("key")):
            yield f"effects are left: {keys}"
        if count := Key.objects.visible_to(by).exclude(holder__in=supporters).count():
            yield f"{count} keys are left"
        if kinds := list(Due.objects.visible_to(by).exclude(kind="support.swap").values_list("kind", "state")):
            yield f"work is left: {kinds}"


def in_turn(year: Year) -> Iterator[str]:
    """Of two who differ in nothing and are both there, the one whose last call was longer ago is called.

    A call that ended while its worker lay dead, before its letter left, was a turn too, and nobody saw it.
    """
    found = list(out_of_turn(year))
    if len(found) > len(year.history.kills) // 100:
        yield from found


def out_of_turn(year: Year) -> Iterator[str]:
    full, last, calls = fullness(year.history), dict[Person, datetime](), year.history.calls
    called = {(call.person, call.sent) for call in calls}
    for call in sorted(calls, key=lambda call: call.sent):
        for other in year.hospital.equals if call.person.is_equal and call.asked.wish["prefer"] is None else []:
            there = (other, call.sent) not in called and surely_able(call.asked, other, call.sent, full)
            if there and last.get(other, BEGIN) < last.get(call.person, BEGIN):
                yield f"{call.sent}: it was the turn of {other.name}, and {call.person.name} was called"
        last[call.person] = call.sent


def load_is_fair(year: Year) -> Iterator[str]:
    most = FAIR if len(year.history.asked) >= 1000 else FAIR_AMONG_FEW
    if (found := gini(loads(year))) > most:
        yield f"the load among equals is not fair: Gini {found:.3f}"


def loads(year: Year) -> list[float]:
    """Calls for each hour on call, of those who differ in nothing."""
    calls = Counter(call.person for call in year.history.calls)
    return [calls[person] / hours(person) for person in year.hospital.equals]


def hours(person: Person) -> float:
    return sum((stint.end - stint.start) / timedelta(hours=1) for stint in person.stints)


def gini(values: list[float]) -> float:
    ordered, size = sorted(values), len(values)
    return sum((2 * place - size - 1) * value for place, value in enumerate(ordered, 1)) / (size * sum(ordered))


CHECKS: list[Check] = [
    as_seen,
    ended_once,
    reached_or_escalated,
    escalated_once,
    changes_are_told,
    letters_say_nothing,
    nobody_excluded,
    one_at_a_time,
    followed_up,
    nothing_is_left,
    in_turn,
    load_is_fair,
]


def figures(year: Year) -> dict[str, Any]:
    history = year.history
    worst = max(loads(year)) / (sum(loads(year)) / len(loads(year)))
    return {
        "requests": len(history.asked),
        "reached": sum(asked.ever_reached for asked in history.asked),
        "escalated": sum(asked.escalated_at is not None for asked in history.asked),
        "taken back": sum(asked.outcome == "cancelled" for asked in history.asked),
        "calls": len(history.calls),
        "letters": len(history.letters),
        "workers that died": len(history.kills),
        "calls without a letter": history.unannounced,
        "Gini among equals": round(gini(loads(year)), 3),
        "worst load among equals, of the mean": round(worst, 2),
        "statements of due work for each request": round(history.statements["worker"] / len(history.asked)),
    }
