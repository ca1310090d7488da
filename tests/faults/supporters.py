"""Those who are called: they look when a letter says so, say yes, pass or do nothing, and reach people or forget."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from healing import clock
from healing.errors import HealingError
from support.actions import closing, giving
from support.models import Request
from tests.factories.peers import supporting
from tests.faults.history import Asked, Call
from tests.faults.hospital import LONDON, Person
from tests.faults.worker import a_worker_died

if TYPE_CHECKING:
    from tests.faults.simulated_year import Year

OPEN = ("waiting", "claimed", "reached")
CODES = {"people": 1, "length": "15_29", "place": "phone", "tier": "2", "profession": "nurse", "met_need": "yes"}
DAY = 24 * 60
TRIGGERS = ("none", "error", "death", "violence")


class Supporters:
    def __init__(self, year: "Year") -> None:
        self.year, self.chance = year, year.chance
        self.seen: set[tuple[Any, ...]] = set()

    def look(self, person: Person, letters: int) -> None:
        """Their page: what is asked of them, and what they have said yes to."""
        now = clock.now()
        with supporting(person.row) as by:
            rows = list(Request.objects.visible_to(by).filter(supporter__in=by.supporters, status__in=OPEN))
        if len([row for row in rows if not self.is_late(row, now)]) > person.capacity:
            self.year.history.wrong.append(f"{now}: {person.name} has {len(rows)} on their page")
        paged = [row for row in rows if row.status == "waiting" and row.page_until and row.page_until > now]
        paged = [row for row in paged if (row.pk, row.page_until) not in self.seen]
        if len(paged) < letters and not a_worker_died(now, self.year.history.kills):
            self.year.history.wrong.append(f"{now}: {person.name} was called for nothing")
        self.year.history.unannounced += max(0, len(paged) - letters)
        for row in paged:
            self.seen.add((row.pk, row.page_until))
            asked = self.year.askers.open[row.pk]
            sent = row.page_until - self.year.hospital.site.clock("peer_answer")
            call = Call(asked, person, sent, row.page_until, now)
            self.let_go(asked)
            asked.calls.append(call)
            self.react(call)

    def is_late(self, row: Request, now: datetime) -> bool:
        """Not answered in time, or only then: it takes up nobody's room while colleagues are chosen."""
        holder = self.year.askers.open[row.pk].holder
        return row.status == "waiting" and (row.page_until is None or row.page_until <= now) or came_late(holder)

    def react(self, call: Call) -> None:
        choice, minutes = self.chance.random(), self.chance.expovariate(1 / 3)
        moment = clock.now() + timedelta(minutes=minutes)
        if choice < 0.68:
            self.year.at(moment, self.accept, call)
        elif choice < 0.82:
            self.year.at(moment, self.pass_on, call)

    def act(self, call: Call, act: Any, **arguments: Any) -> bool:
        with supporting(call.person.row) as by:
            row = Request.objects.visible_to(by).filter(pk=call.asked.id).first()
            if row is None:
                return False
            try:
                act(by=by, request=row, **arguments)
            except HealingError:
                return False
        return True

    def accept(self, call: Call) -> None:
        call.answered_at = clock.now()
        if not self.act(call, giving.accept):
            call.answer = "too late"
            return
        call.answer, call.asked.holder, call.asked.claimed_at = "accepted", call, clock.now()
        call.accepted_at = clock.now()
        call.asked.all_clear(clock.now())
        self.watch(call)
        choice = self.chance.random()
        if choice < 0.05:
            return  # forgets it
        if choice < 0.10:
            self.year.after(1, 20, self.hand_on, call)
        elif choice < 0.13:
            self.year.after(5, 40, self.close, call, "not_reached")
        else:
            self.reach_in_time(call)

    def reach_in_time(self, call: Call) -> None:
        if self.chance.random() < 0.1:
            self.year.after(0.5, 1, self.keep, call)
        if call.asked.wish["when"] in ("before_shift", "after_shift"):
            self.year.after(30, 600, self.reach, call)
        else:
            wait = max(call.asked.wanted - clock.now(), timedelta(0))
            self.year.after(wait.total_seconds() / 60 + 1, wait.total_seconds() / 60 + 25, self.reach, call)

    def pass_on(self, call: Call) -> None:
        call.answered_at = clock.now()
        call.answer = "passed" if self.act(call, giving.pass_on) else "too late"
        if call.answer == "passed" and call.until > clock.now():
            call.asked.needs.append(clock.now())

    def keep(self, call: Call) -> None:
        call.kept = self.act(call, giving.keep)

    def reach(self, call: Call) -> None:
        if not self.act(call, giving.reached):
            return
        asked, call.reached = call.asked, True
        self.still_theirs(call)
        if not asked.ever_reached:
            asked.waited = waited(asked, clock.now())
        asked.ever_reached = True
        asked.all_clear(clock.now())
        asked.contacts += 1
        choice = self.chance.random()
        if choice < 0.05:
            self.year.after(5, 30, self.hand_on, call)
        elif choice < 0.25:
            self.year.after(60, 900, self.reach, call)
            self.year.after(1000, 3000, self.close, call, "supported")
        else:
            self.year.after(10, 60, self.close, call, "supported")

    def hand_on(self, call: Call) -> None:
        if self.act(call, giving.hand_on):
            self.let_go(call.asked)
            call.answer = "passed"
            call.asked.needs.append(clock.now())

    def close(self, call: Call, outcome: str) -> None:
        if call.asked.ended_at:
            return
        codes: dict[str, Any] = {}
        if outcome == "supported":
            codes = CODES | {"trigger": self.chance.choice(TRIGGERS)}
            if self.chance.random() < 0.2:
                codes["referral"] = "eap"
        self.year.askers.see(call.asked)
        if self.act(call, closing.close, outcome=outcome, **codes):
            self.over(call.asked, outcome, **codes)
            if self.chance.random() < 0.1:
                self.act(call, closing.close, outcome=outcome, **codes)  # pressed twice

    def watch(self, call: Call) -> None:
        """Whom nobody reached goes to another colleague: at the end of the shift, or when it is too late."""
        self.watch_shift(call)
        if call.asked.wish["when"] in ("before_shift", "after_shift"):
            self.year.after(DAY, DAY, self.gives_back, call, "silent")
        else:
            self.watch_time(call)

    def watch_time(self, call: Call) -> None:
        """From the time that was chosen, or changed to, a call is waited for so long."""
        target = self.year.hospital.site.clock("peer_call_back")
        self.year.at(max(clock.now(), call.asked.wanted) + 2 * target, self.gives_back, call, "silent")

    def watch_shift(self, call: Call) -> None:
        now = clock.now()
        ends = [stint.end for stint in call.person.stints if stint.start <= now < stint.end]
        if ends:
            self.year.at(max(ends), self.gives_back, call, "shift")

    def gives_back(self, call: Call, why: str) -> None:
        asked = call.asked
        if asked.holder is not call or call.reached or asked.ended_at or (call.kept and why == "shift"):
            return
        if why == "shift" and call.person.on_duty(clock.now()):
            return self.watch_shift(call)  # their next one begins
        if why == "silent" and asked.wanted + timedelta(hours=1) > clock.now():
            return  # another time was chosen since
        self.let_go(asked)
        asked.needs.append(clock.now())

    def still_theirs(self, call: Call) -> None:
        """They reached them in the seconds before it went to somebody else."""
        if call.asked.holder is None and call.lost_at in call.asked.needs:
            call.asked.needs.remove(call.lost_at)
            call.asked.holder, call.asked.claimed_at, call.lost_at = call, call.answered_at, None

    @staticmethod
    def let_go(asked: Asked) -> None:
        if asked.holder:
            asked.holder.lost_at = clock.now()
        asked.holder, asked.claimed_at = None, None

    def over(self, asked: Asked, outcome: str, **codes: Any) -> None:
        now = clock.now()
        asked.ended_at, asked.outcome, asked.alarm_stands = now, outcome, False
        del self.year.askers.open[asked.id]
        asked.line = {
            "outcome": outcome,
            "kind": asked.wish["kind"],
            "profession": asked.wish["profession"] if outcome == "supported" else "",
            "day": now.astimezone(LONDON).date(),
            "contacts": asked.contacts,
            "escalated": asked.escalated_at is not None,
            **(asked.waited or waited(asked, None)),
            **codes,
        }
        if outcome == "not_reached" and not asked.ever_reached and not some_time(asked):
            asked.line["in_target"] = False
        self.year.askers.after_the_end(asked)


def came_late(holder: Call | None) -> bool:
    return bool(holder and holder.accepted_at and holder.accepted_at > holder.until)


def some_time(asked: Asked) -> bool:
    """Before or after a shift: only the two of them know when that is."""
    return asked.wish["when"] in ("before_shift", "after_shift")


def waited(asked: Asked, reached_at: datetime | None) -> dict[str, Any]:
    """From when they wanted it until somebody said yes, and until they talked."""
    timed = None if some_time(asked) else reached_at
    return {
        "minutes_to_claim": minutes(asked, asked.claimed_at),
        "minutes_to_reach": minutes(asked, timed),
        "in_target": timed <= asked.wanted + timedelta(minutes=30) if timed else None,
    }


def minutes(asked: Asked, moment: Any) -> int | None:
    return max(0, int((moment - asked.wanted).total_seconds() // 60)) if moment else None
