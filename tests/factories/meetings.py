"""People who are ready for a conversation, and conversations at each stage, made through the acts of the pages."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cases.actions import consent
from cases.models import Case, Participant
from facilitation.actions import meetings, preparation
from facilitation.models import Assessment, Invitee, Meeting
from healing import clock
from healing.models import Site, User
from healing.roles import Role
from tests.factories.cases import make_case, make_event, make_participant, make_site, make_staff, opened

SOON = timedelta(days=7)


@dataclass
class Ready:
    """A case in which Maria (family) and Rana (staff) lack nothing for meeting in person."""

    site: Site
    sam: User
    case: Case
    maria: Participant
    rana: Participant

    @property
    def people(self) -> list[Participant]:
        return [self.maria, self.rana]


def make_ready(user: bool = False, site: Site | None = None, sam: User | None = None, **event: Any) -> Ready:
    """With `user`, both can sign in. `event` are fields of the harm event, such as its grade."""
    site = site or make_site(time_zone="Europe/London")
    sam = sam or make_staff(site, Role.FACILITATOR)
    case = make_case(sam, make_event(site, **event))
    maria = make_participant(case, side="harmed", name="Maria Lopez", user=user)
    rana = make_participant(case, side="staff", name="Rana Chen", user=user)
    ready = Ready(site, sam, case, maria, rana)
    for person in ready.people:
        say_yes(ready, person)
        prepare(ready, person)
    return ready


def say_yes(ready: Ready, person: Participant, form: str = "in_person") -> None:
    with opened(ready.sam) as sam:
        for purpose, meet in (("take_part", ""), ("meet", form)):
            consent.decide(by=sam, participant=person, purpose=purpose, form=meet, decision="given", how="phone")


def take_back(ready: Ready, person: Participant, purpose: str = "meet", decision: str = "withdrawn") -> None:
    form = "in_person" if purpose == "meet" else ""
    with opened(ready.sam) as sam:
        consent.decide(by=sam, participant=person, purpose=purpose, form=form, decision=decision, how="phone")


def prepare(ready: Ready, person: Participant, days_ago: int = 3) -> None:
    day = clock.today(ready.site.time_zone) - timedelta(days=days_ago)
    with opened(ready.sam) as sam:
        preparation.note_preparation(by=sam, participant=person, happened_on=day, note="Spoke about hopes.")
        preparation.assess(
            by=sam, participant=person, outcome=Assessment.Outcome.SUITABLE, risks="Grief.", strengths="A sister."
        )


def make_plan(ready: Ready, *people: Participant, form: str = "in_person") -> Meeting:
    with opened(ready.sam) as sam:
        meeting = meetings.plan(by=sam, case=ready.case, form=form, participants=people or ready.people)
        for invitee in Invitee.objects.visible_to(sam).filter(meeting=meeting):
            meetings.name_aftercare(by=sam, invitee=invitee, words="A colleague calls the same evening.")
    return meeting


def make_booked(ready: Ready, starts_at: datetime | None = None) -> Meeting:
    meeting = make_plan(ready)
    with opened(ready.sam) as sam:
        meetings.book(
            by=sam,
            meeting=meeting,
            starts_at=starts_at or clock.now() + SOON,
            minutes=90,
            place="Garden room",
            people="Maria Lopez, Rana Chen and Sam Reed",
        )
        meeting.refresh_from_db()
    return meeting
