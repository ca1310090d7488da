"""Why a conversation cannot be arranged yet, in sentences. A list, never a score: each reason names what is missing."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count

from cases.models import Assignment, Case, CaseEvent, Consent, HarmEvent, Participant
from cases.models.consent import ConsentStatus, Form, Purpose
from cases.models.harm_events import Harm
from cases.models.people import Side
from facilitation.models import Assessment, Invitee, Meeting, Preparation
from facilitation.queries.people import called
from healing import clock, sealed
from healing.access import Viewer

GRAVE = (Harm.SEVERE, Harm.FATAL)
PREPARATIONS, PREPARATIONS_WHEN_GRAVE = 1, 2  # M45
FACILITATORS, FACILITATORS_WHEN_COMPLEX = 1, 2  # M46
OLD = "old"
SIDES = {Side.HARMED.value: "the family's side", Side.STAFF.value: "the staff side"}


@dataclass(frozen=True)
class Person:
    """What the gate asks about one invited person."""

    who: str
    side: str = Side.HARMED
    guest: bool = False
    here: bool = True
    paused: bool = False
    takes_part: bool = True
    meets: bool = True
    preparations: int = PREPARATIONS_WHEN_GRAVE
    assessment: str = Assessment.Outcome.SUITABLE  # or not_now, old, or empty: none yet
    aftercare: bool = True

    @property
    def agrees(self) -> bool:
        return self.here and self.takes_part and self.meets and not self.paused


@dataclass(frozen=True)
class Facts:
    """What the gate asks about a plan."""

    form: str
    people: tuple[Person, ...]
    preparations: int = PREPARATIONS
    facilitators: int = FACILITATORS
    independent: int = FACILITATORS
    not_declared: tuple[str, ...] = ()


def reasons(viewer: Viewer, meeting: Meeting, *, lock: bool = False) -> list[str]:
    """Sentences for the facilitator; none means that the gate is open. `lock` holds every answer until the act ends."""
    return missing(facts(viewer, meeting, lock=lock))


def all_agree(viewer: Viewer, meeting: Meeting) -> bool:
    """Whether everybody invited still wants this conversation, asked under locks that a withdrawal waits for."""
    return all(person.agrees for person in _people(viewer, meeting, lock=True))


def missing(plan: Facts) -> list[str]:
    each = [reason for person in plan.people for reason in _person(person, plan)]
    return [*_sides(plan), *_facilitators(plan), *each]


def _sides(plan: Facts) -> list[str]:
    there = {person.side for person in plan.people if not person.guest}
    return [f"Nobody from {words} is invited yet." for side, words in SIDES.items() if side not in there]


def _facilitators(plan: Facts) -> list[str]:
    found = [f"{name} has not declared yet to be independent of everybody in the case." for name in plan.not_declared]
    if plan.independent < plan.facilitators:
        found.append("This case needs two facilitators who are independent. Ask your lead to name another.")
    return found


def _person(person: Person, plan: Facts) -> list[str]:
    if not person.here:
        return [f"{person.who} is no longer part of the case."]
    lacking = plan.preparations - person.preparations
    asked = [
        (person.paused, f"{person.who} has paused."),
        (not person.takes_part, f"There is no standing yes from {person.who} to take part."),
        (not person.meets, f"There is no standing yes from {person.who} to meet {_in(plan.form)}."),
        (lacking > 0, f"{_preparations(lacking, person.preparations)} with {person.who} is needed."),
        (not person.assessment, f"Nothing is noted yet about risks and strengths for {person.who}."),
        (person.assessment == OLD, f"The assessment for {person.who} is too old. Go through it again."),
        (person.assessment == Assessment.Outcome.NOT_NOW, f"The assessment for {person.who} says: not suitable now."),
        (not person.aftercare, f"Nobody is named yet to be there for {person.who} during and afterwards."),
    ]
    return [sentence for lacks, sentence in asked if lacks]


def _preparations(lacking: int, had: int) -> str:
    if had:
        return "One more preparation"
    return "A preparation" if lacking == 1 else "Preparing twice"


def _in(form: str) -> str:
    label = Form(form).label
    return label[0].lower() + label[1:] if form != Form.HYBRID else "with some in the room and some by video"


def facts(viewer: Viewer, meeting: Meeting, *, lock: bool = False) -> Facts:
    """Everything the gate asks, in as many queries for one person as for thirty."""
    assignments = Assignment.objects.visible_to(viewer).filter(case=meeting.case_id, ended_at=None)
    standing = list(assignments.select_related("user").order_by("since"))
    return Facts(
        form=meeting.form,
        people=tuple(_people(viewer, meeting, lock=lock)),
        preparations=PREPARATIONS_WHEN_GRAVE if _is_grave(viewer, meeting) else PREPARATIONS,
        facilitators=FACILITATORS_WHEN_COMPLEX if meeting.case.complex else FACILITATORS,
        independent=sum(assignment.independent_at is not None for assignment in standing),
        not_declared=tuple(a.user.name or a.user.email for a in standing if a.independent_at is None),
    )


def _people(viewer: Viewer, meeting: Meeting, *, lock: bool) -> list[Person]:
    invitees = list(Invitee.objects.visible_to(viewer).filter(meeting=meeting))
    ids = [invitee.participant_id for invitee in invitees]
    sealed.unlock(ids)
    people = Participant.objects.visible_to(viewer).filter(pk__in=ids).order_by("side", "created_at", "id")
    yes = _consents(viewer, ids, meeting.form, lock=lock)
    prepared = _prepared(viewer, ids)
    assessed = _assessed(viewer, ids, meeting.case)
    aftercare = {invitee.participant_id: invitee.aftercare for invitee in invitees}
    return [
        Person(
            who=called(person),
            side=person.side,
            guest=person.is_guest,
            here=person.left_at is None,
            paused=person.is_paused,
            takes_part=(person.pk, Purpose.TAKE_PART) in yes,
            meets=(person.pk, Purpose.MEET) in yes,
            preparations=prepared.get(person.pk, 0),
            assessment=assessed.get(person.pk, ""),
            aftercare=bool(aftercare[person.pk].strip()),
        )
        for person in (people.select_for_update(no_key=True) if lock else people)
    ]


def _consents(viewer: Viewer, ids: Iterable[UUID], form: str, *, lock: bool) -> set[tuple[UUID, str]]:
    """Who said yes to taking part, and to meeting in this form. Locked in the order in which a withdrawal locks."""
    rows = Consent.objects.visible_to(viewer).filter(
        participant__in=ids, purpose__in=(Purpose.TAKE_PART, Purpose.MEET), form__in=("", form)
    )
    rows = rows.order_by("participant_id", "-purpose")
    rows = rows.select_for_update(no_key=True) if lock else rows
    return {(row.participant_id, row.purpose) for row in rows if row.status == ConsentStatus.GIVEN}


def _prepared(viewer: Viewer, ids: Iterable[UUID]) -> dict[UUID, int]:
    noted = Preparation.objects.visible_to(viewer).filter(participant__in=ids)
    return dict(noted.values_list("participant_id").annotate(Count("id")).order_by())


def _assessed(viewer: Viewer, ids: Iterable[UUID], case: Case) -> dict[UUID, str]:
    """The newest judgement about each, or that it is too old by the site's clock."""
    newest = Assessment.objects.visible_to(viewer).filter(participant__in=ids)
    newest = newest.order_by("participant_id", "-assessed_at").distinct("participant_id")
    since = clock.now() - case.site.clock("assessment_valid")
    return {row.participant_id: row.outcome if row.assessed_at >= since else OLD for row in newest}


def _is_grave(viewer: Viewer, meeting: Meeting) -> bool:
    """Severe harm, or an event whose grade cannot be read from here: then the careful way."""
    wanted = set(CaseEvent.objects.visible_to(viewer).filter(case=meeting.case_id).values_list("event_id", flat=True))
    events = HarmEvent.objects.visible_to(viewer).filter(pk__in=wanted)
    grades = {pk: {body, mind} for pk, body, mind in events.values_list("id", "physical_harm", "psychological_harm")}
    return wanted != grades.keys() or any(given & {*GRAVE} for given in grades.values())
