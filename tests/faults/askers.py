"""Those who ask: what they wish, and how they change their minds."""

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from healing import clock
from healing.errors import HealingError
from support import words
from support.actions import asking
from support.models import Alarm, Due, Effect, Key, Page, Request
from support.models.requests import ENDED, PERSONAL, TIMES
from tests.factories.peers import asking_as, coordinating, supporting, working
from tests.faults.history import Asked
from tests.faults.hospital import LONDON, WARDS

if TYPE_CHECKING:
    from tests.faults.simulated_year import Year

CONTACT = "07700 900{:06}"
KINDS = ["self"] * 8 + ["referral", "team"]
PATIENCE, A_WHILE = timedelta(days=3), timedelta(minutes=2)
WHEN = ["now"] * 7 + ["before_shift", "after_shift", "at"]


class Askers:
    def __init__(self, year: "Year") -> None:
        self.year, self.chance = year, year.chance
        self.open: dict[UUID, Asked] = {}
        self.ended: set[UUID] = set()

    def ask(self) -> None:
        wish, asker = self.wish(), self.maybe_a_supporter()
        now, at = clock.now(), None
        if wish["when"] == "at":
            at = now + timedelta(minutes=self.chance.uniform(10, 3000))
        asked = Asked(words.reply_words(str(len(self.year.history.asked))), now, now, now, wish, asker)
        self.set_time(asked, wish["when"], at)
        with supporting(asker.row) if asker else asking_as() as by:
            row = asking.ask(by=by, reply_words=asked.words, at=at, signed_in=bool(asker), **self.rows(asked))
        asked.id = row.pk
        self.open[asked.id] = asked
        self.year.history.asked.append(asked)
        self.change_of_mind(asked)

    def wish(self) -> dict[str, Any]:
        people = self.year.hospital.people
        unit = self.chance.choice([*WARDS, *WARDS, *WARDS, "Medicine", "Surgery", None])
        return {
            "kind": self.chance.choice(KINDS),
            "when": self.chance.choice(WHEN),
            "unit": unit,
            "from_where": self.chance.choice(["any", "any", "own", "elsewhere"]) if unit else "any",
            "profession": self.chance.choice(["nurse", "doctor"]),
            "alike": self.chance.random() < 0.1,
            "language": "cy" if self.chance.random() < 0.1 else "en",
            "avoid": self.chance.choice(people) if self.chance.random() < 0.25 else None,
            "prefer": self.chance.choice(people) if self.chance.random() < 0.08 else None,
        }

    def maybe_a_supporter(self) -> Any:
        """Supporters need support too, and then they sign in."""
        return self.chance.choice(self.year.hospital.people) if self.chance.random() < 0.12 else None

    def rows(self, asked: Asked) -> dict[str, Any]:
        wish = dict(asked.wish)
        unit, avoid, prefer = wish["unit"], wish["avoid"], wish["prefer"]
        wish |= {"unit": self.year.hospital.units[unit] if unit else None}
        wish |= {"avoid": avoid.row if avoid else None, "prefer": prefer.row if prefer else None}
        contact = CONTACT.format(len(self.year.history.asked))
        return wish | {"site": self.year.hospital.site, "reach_by": "phone", "contact": contact, "name": "Alex"}

    def set_time(self, asked: Asked, when: str, at: Any) -> None:
        asked.begin = max(clock.now(), at - timedelta(hours=1)) if at else clock.now()
        asked.wanted = max(asked.begin, at) if at else asked.begin
        asked.wish["when"] = when
        if asked.holder is None:
            asked.needs.append(asked.begin)
        else:
            self.year.supporters.watch_time(asked.holder)
        if self.chance.random() < 0.8:
            self.year.at(asked.wanted + PATIENCE, self.give_up, asked)
        self.year.at(asked.wanted + self.year.hospital.site.clock("peer_lapses") + A_WHILE, self.lapsed, asked)

    def change_of_mind(self, asked: Asked) -> None:
        chance = self.chance.random()
        if chance < 0.05:
            self.year.after(1, 90, self.cancel, asked)
        elif chance < 0.10:
            self.year.after(1, 60, self.change_time, asked)
        elif chance < 0.15:
            self.year.after(1, 120, self.someone_else, asked)

    def act(self, asked: Asked, act: Any, **arguments: Any) -> bool:
        """With the reply words, if the request is still there."""
        with asking_as(asked.words) as by:
            row = Request.objects.visible_to(by).filter(pk=asked.id).first()
            if row is None:
                return False
            try:
                act(by=by, request=row, **arguments)
            except HealingError:
                return False
        return True

    def cancel(self, asked: Asked) -> None:
        if not asked.ended_at:
            self.see(asked)
        if self.act(asked, asking.cancel):
            self.year.supporters.over(asked, "cancelled")

    def give_up(self, asked: Asked) -> None:
        if asked.holder is None and not asked.ever_reached:
            self.cancel(asked)

    def lapsed(self, asked: Asked) -> None:
        """Nobody could take it on for as long as a request may stay open."""
        if not asked.ended_at and asked.wanted + self.year.hospital.site.clock("peer_lapses") < clock.now():
            self.year.supporters.over(asked, "supported" if asked.contacts else "not_reached")

    def change_time(self, asked: Asked) -> None:
        at = clock.now() + timedelta(minutes=self.chance.uniform(5, 600))
        if self.act(asked, asking.change_time, when="at", at=at):
            self.set_time(asked, "at", at)
            if asked.holder:
                asked.changed.append((clock.now(), asked.holder))
            if asked.begin > clock.now():
                asked.all_clear(clock.now())

    def someone_else(self, asked: Asked) -> None:
        if self.act(asked, asking.ask_for_someone_else):
            self.year.supporters.let_go(asked)
            for call in asked.calls[-1:]:
                if call.lost_at == clock.now() or (not call.answer and call.until > clock.now()):
                    call.answer = "replaced"
            asked.needs.append(max(clock.now(), asked.begin))

    def rate(self, asked: Asked) -> None:
        if self.act(asked, asking.rate, met_need="partly"):
            asked.line["met_need_asker"] = "partly"

    def see(self, asked: Asked) -> None:
        """Their page says whether the coordinators were told."""
        with asking_as(asked.words) as by:
            row = Request.objects.visible_to(by).filter(pk=asked.id).first()
        if row is None or row.status in ENDED:
            self.year.history.wrong.append(f"{clock.now()}: a request is gone, and nobody ended it")
            return
        found = row.escalated_at
        if asked.escalated_at is None and found:
            asked.escalated_at, asked.alarm_stands = found, not any(clear >= found for clear in asked.cleared)
        elif found != asked.escalated_at:
            self.year.history.wrong.append(f"{clock.now()}: a request was escalated again")

    def look_for_escalations(self) -> None:
        """A coordinator sees how many wait, and nothing else."""
        for asked in self.open.values():
            self.see(asked)
        stand = sum(asked.alarm_stands for asked in self.open.values())
        again = sum(asked.may_be_told_again for asked in self.open.values())
        with coordinating(self.year.hospital.coordinator) as by:
            shown = Alarm.objects.visible_to(by).count()
        if not stand <= shown <= stand + again:
            self.year.history.wrong.append(f"{clock.now()}: {shown} alarms stand for {stand} who wait")

    def has_ended(self, subject: UUID | None, wanted: datetime) -> bool:
        """Nothing can be due for it any more but to be forgotten, and that comes at midnight."""
        at_midnight = wanted.astimezone(LONDON).time() == time()
        return subject in self.ended and not at_midnight

    def after_the_end(self, asked: Asked) -> None:
        self.ended.add(asked.id)
        if asked.outcome == "supported" and self.chance.random() < 0.3:
            self.year.after(10, 20000, self.rate, asked)
        with working() as by:
            left = [*Page.objects.visible_to(by).filter(request=asked.id)]
            left += [*Effect.objects.visible_to(by).filter(subject=asked.id)]
            left += [*Key.objects.visible_to(by).filter(holder=asked.id)]
            left += [*Due.objects.visible_to(by).filter(subject=asked.id).exclude(kind="support.forget")]
            row = Request.objects.visible_to(by).get(pk=asked.id)
        said = [getattr(row, name) for name in (*TIMES, *PERSONAL, "name", "contact")]
        if left or any(said):
            self.year.history.wrong.append(f"{clock.now()}: of a closed request is left {left} {said}")
