"""Two cases told alike, each with a conversation booked, and a clock four hours before both. For the demo's shell."""

from datetime import timedelta

from facilitation.actions import meetings
from facilitation.models import Meeting
from healing import access, clock
from healing.demo.seed.stories import Event, Person, Story
from healing.demo.seed.telling import Telling
from healing.models import Site, User

AGREED = {"take_part": "given", "meet": "given"}
FACILITATOR = "facilitator@demo.example"


def tell(name: str) -> str:
    """A case of which only the addresses have this name in them; what it returns is the case."""
    event = Event(name, "Fall in hospital", 60)
    patient = Person("Imogen Blake", "harmed", "patient", email=f"patient@{name}.example", says=AGREED)
    nurse = Person("Chidi Eze", "staff", "hcw", email=f"nurse@{name}.example", says=AGREED)
    story = Story("harbour", (event,), 30, "arranged", (patient, nurse))
    told = Telling(story, Site.objects.get(slug="harbour"), User.objects.get(email=FACILITATOR))
    told.tell()
    return str(told.case.pk)


def move_to_just_before(case: str) -> None:
    with as_facilitator() as viewer:
        starts = Meeting.objects.visible_to(viewer).get(case=case).starts_at
    clock.move_demo_on(starts - timedelta(hours=4) - clock.now())


def call_off(case: str) -> None:
    with as_facilitator() as viewer:
        meeting = Meeting.objects.visible_to(viewer).select_related("case__site").get(case=case)
        meetings.cancel(by=viewer, meeting=meeting, why=Meeting.Why.DAY)


def as_facilitator():
    return access.opened("user", User.objects.get(email=FACILITATOR).pk)
