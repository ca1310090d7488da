"""Tells each invented story through the product's own actions, at the times when its acts happened."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.text import slugify

from cases.actions import cases, consent, invitations, people
from cases.models import Case, HarmEvent, Participant
from facilitation import instruments
from facilitation.actions import agreements, meetings, notices, preparation, readiness
from facilitation.models import Invitee, Meeting
from healing import access, clock
from healing.demo.seed.stories import STAGES, Person, Story
from healing.models import Site, User

FORM = "in_person"


class Telling:
    """One story, told from the day the case was opened."""

    def __init__(self, story: Story, site: Site, facilitator: User) -> None:
        self.story, self.site, self.facilitator = story, site, facilitator
        self.room: dict[str, Participant] = {}
        self.now = clock.now()
        self.case: Case

    def tell(self) -> None:
        for stage in STAGES[: STAGES.index(self.story.reach) + 1]:
            steps: dict[str, Callable[[], None]] = {
                "opened": self.open,
                "mapped": self.map_people,
                "offered": self.offer,
                "preparing": self.prepare,
                "arranged": self.arrange,
                "held": self.hold,
                "closed": self.close,
            }
            if not (self.story.close_reason and stage in ("arranged", "held")):
                steps[stage]()

    def on_day(self, day: int) -> datetime:
        """Mid-morning at the site, so many days after the case was opened; an act is never later than now."""
        opened = self.now - timedelta(days=self.story.opened_days_ago)
        date = (opened + timedelta(days=day)).astimezone(ZoneInfo(self.site.time_zone)).date()
        morning = datetime.combine(date, time(10, 30), ZoneInfo(self.site.time_zone))
        return min(morning, self.now) if day <= self.story.opened_days_ago else morning

    def open(self) -> None:
        with clock.pinned(self.on_day(0)), self.at_work() as viewer:
            events = [self.event(event) for event in self.story.events]
            self.case = cases.open_case(by=viewer, site=self.site, events=events, independent=True)

    def event(self, event: Any) -> HarmEvent:
        return HarmEvent.objects.create(
            site=self.site,
            source_system="demo-incidents",
            reference=event.reference,
            kind=event.kind,
            occurred_on=(self.now - timedelta(days=event.days_ago)).date(),
            physical_harm=event.physical,
            psychological_harm=event.psychological,
            service_area=event.area,
        )

    def map_people(self) -> None:
        for minutes, person in enumerate(self.story.people):
            with clock.pinned(self.on_day(1) + timedelta(minutes=minutes)), self.at_work() as viewer:
                participant = people.add_participant(
                    by=viewer,
                    case=self.case,
                    side=person.side,
                    part=person.part,
                    name=person.name,
                    accompanies=self.room.get(person.with_),
                )
                self.room[person.name] = participant
                people.save_contact(by=viewer, participant=participant, **contact(person))

    def offer(self) -> None:
        for person in self.story.people:
            with clock.pinned(self.on_day(2)), self.at_work() as viewer:
                invitation, code = invitations.invite(by=viewer, participant=self.room[person.name])
            if person.email:
                with clock.pinned(self.on_day(3)):
                    invitations.accept(token=invitations.token_of(invitation), code=code)
            self.answer(person)

    def answer(self, person: Person) -> None:
        """Each consent as it was given, by the person or by phone, and the check-in."""
        participant = self.room[person.name]
        with clock.pinned(self.on_day(5)), self.at_work() as viewer:
            for purpose, decision in person.says.items():
                form = FORM if purpose == "meet" else ""
                if purpose == "meet":
                    consent.ask(by=viewer, participant=participant, purpose=purpose, form=form)
                later = self.on_day(5).date() + timedelta(days=90) if decision == "later" else None
                consent.decide(
                    by=viewer,
                    participant=participant,
                    purpose=purpose,
                    decision=decision,
                    form=form,
                    later_until=later,
                    how="phone",
                )
            if person.paused:
                people.pause(by=viewer, participant=participant, reason=person.paused)
        if person.check_in:
            self.check_in(person)

    def check_in(self, person: Person) -> None:
        participant = self.room[person.name]
        user = User.objects.get(email=person.email)
        with clock.pinned(self.on_day(self.story.opened_days_ago - 2)), access.opened("user", user.pk) as viewer:
            response = readiness.start(by=viewer, participant=participant, instrument=f"check-in-{person.side}")
            instrument = instruments.load(response.instrument)
            for question, codes in (person.check_in or {}).items():
                answer = {"codes": codes}
                readiness.save_answer(
                    by=viewer, response=response, question=instrument.question(question).link_id, answer=answer
                )
            readiness.send(by=viewer, response=response)
            if person.shares:
                other = {"harmed": "staff", "staff": "harmed"}[person.side]
                consent.decide(
                    by=viewer,
                    participant=participant,
                    purpose="share_statement",
                    decision="given",
                    to_side=other,
                    words=person.shares,
                )

    def prepare(self) -> None:
        for person in self.story.people:
            participant = self.room[person.name]
            with clock.pinned(self.on_day(self.story.opened_days_ago - 10)), self.at_work() as viewer:
                day = clock.today(self.site.time_zone)
                for before in (4, 0):
                    preparation.note_preparation(
                        by=viewer, participant=participant, happened_on=day - timedelta(days=before), note=""
                    )
                preparation.assess(
                    by=viewer,
                    participant=participant,
                    outcome="suitable",
                    risks="Tired in the evenings.",
                    strengths="Has somebody to talk with afterwards.",
                )

        with clock.pinned(self.on_day(self.story.opened_days_ago - 9)), self.at_work() as viewer:
            again = clock.today(self.site.time_zone) + timedelta(days=14)
            notices.publish(by=viewer, case=self.case, code="no_news_yet", day=again)

    def arrange(self) -> None:
        with clock.pinned(self.on_day(self.story.opened_days_ago - 7)), self.at_work() as viewer:
            meeting = meetings.plan(by=viewer, case=self.case, form=FORM, participants=list(self.room.values()))
            for invitee in Invitee.objects.visible_to(viewer).filter(meeting=meeting):
                meetings.name_aftercare(by=viewer, invitee=invitee, words="A call the next day from Sam.")
            ahead = -4 if self.story.reach == "held" else 6
            starts = self.on_day(self.story.opened_days_ago + ahead).replace(hour=14, minute=0)
            self.meeting = meeting
            meetings.book(
                by=viewer,
                meeting=meeting,
                starts_at=starts,
                minutes=90,
                place="Quiet room, Garden House",
                people=", ".join(person.name for person in self.story.people),
            )

    def hold(self) -> None:
        with clock.pinned(self.on_day(self.story.opened_days_ago - 3)), self.at_work() as viewer:
            meetings.hold(by=viewer, meeting=self.meeting, ended_how="completed")
            self.meeting = Meeting.objects.visible_to(viewer).get(pk=self.meeting.pk)
            harmed = [self.room[person.name] for person in self.story.people if person.side == "harmed"]
            agreements.record_agreement(
                by=viewer,
                meeting=self.meeting,
                text="The unit will change how it checks for infection, and will tell Mr Penrose when that is done.",
                promise="Change how the unit checks for infection, and show what has changed.",
                owner="Unit lead, intensive care",
                due_on=clock.today(self.site.time_zone) + timedelta(days=60),
                to=harmed,
            )

    def close(self) -> None:
        with clock.pinned(self.on_day(self.story.opened_days_ago - 30)), self.at_work() as viewer:
            case = Case.objects.visible_to(viewer).get(pk=self.case.pk)
            cases.close(by=viewer, case=case, reason=self.story.close_reason)

    def at_work(self) -> Any:
        return access.opened("user", self.facilitator.pk)


def contact(person: Person) -> dict[str, Any]:
    return {
        "email": person.email or f"{slugify(person.name) or 'guest'}@home.example",
        "email_ok": True,
        "phone": "020 7946 0999",
        "text_ok": False,
        "voicemail_ok": False,
        "times": "Weekdays after two",
    }
