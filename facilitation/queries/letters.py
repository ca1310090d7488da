"""Due work that needs a person: letters that may have left or were kept back, and whatever else could not be done."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from cases.models import Consent
from cases.models.consent import ConsentStatus, Purpose
from facilitation.models import Attendance, FollowUp
from healing import clock, due
from healing.access import Viewer
from healing.models import Due, Effect

WORDS = {
    "appointment.letter": "the letter with the appointment",
    "appointment.off": "the note that the appointment is off",
    "followup.letter": "the letter that asks how things are",
    "invitation.letter": "the letter with the invitation",
    "notice.letter": "the letter about something to read",
}
OFF, APPOINTMENT, FOLLOW_UP = "appointment.off", "appointment.letter", "followup.letter"


@dataclass(frozen=True)
class Letter:
    due: UUID
    to: UUID
    words: str
    since: datetime


@dataclass(frozen=True)
class Undone:
    """Something else that could not be done. Unless it is given up, it is still being tried."""

    due: UUID
    case: UUID | None
    since: datetime
    given_up: bool


def in_doubt(viewer: Viewer) -> list[Letter]:
    """We cannot tell whether these left, or they could not be handed over however often it was tried."""
    return _letters(_settled(viewer, "stuck"))


def to_be_told(viewer: Viewer) -> list[Letter]:
    """Kept back because no mail may be used, and still true: somebody calls these people."""
    kept = _effects(viewer, "void")
    waiting = list(_settled(viewer, "void").filter(pk__in=kept.values("due")))
    still = _still_true(viewer, waiting)
    return _letters(item for item in waiting if item.pk in still)


def undone(viewer: Viewer) -> list[Undone]:
    """Nothing of the viewer's cases fails unseen: not what has no words of its own here, nor what is for nobody."""
    rows = Due.objects.visible_to(viewer).filter(case_id__in=viewer.cases)
    given_up = Q(state="stuck") & ~Q(kind__in=WORDS, participant_id__isnull=False)
    failing = Q(state__in=["pending", "leased"], kind__in=due.ACTS, attempts__gte=due.MOST_ATTEMPTS)
    return [
        Undone(item.pk, item.case_id, item.due_at, item.state == "stuck")
        for item in rows.filter(given_up | failing).order_by("due_at", "id")
    ]


def _effects(viewer: Viewer, state: str) -> QuerySet[Effect]:
    return Effect.objects.visible_to(viewer).filter(case_id__in=viewer.cases, state=state, looked_at=None)


def _settled(viewer: Viewer, state: str) -> QuerySet[Due]:
    rows = Due.objects.visible_to(viewer).filter(case_id__in=viewer.cases, kind__in=WORDS, state=state)
    return rows.order_by("due_at", "id")


def _letters(items: Iterable[Due]) -> list[Letter]:
    """Those that are for somebody."""
    return [
        Letter(item.pk, item.participant_id, WORDS[item.kind], item.due_at) for item in items if item.participant_id
    ]


def _still_true(viewer: Viewer, items: list[Due]) -> set[UUID]:
    """An appointment that is booked, a follow-up that is planned; for people who take part and have not paused."""
    subjects = [item.subject for item in items]
    attendances = Attendance.objects.visible_to(viewer).filter(pk__in=subjects, starts_at__gt=clock.now())
    booked = set(attendances.filter(status=Attendance.Status.BOOKED).values_list("pk", flat=True))
    follow_ups = FollowUp.objects.visible_to(viewer).filter(pk__in=subjects, status=FollowUp.Status.PLANNED)
    planned = set(follow_ups.values_list("pk", flat=True))
    yes = Consent.objects.visible_to(viewer).filter(
        participant__in=[item.participant_id for item in items],
        participant__paused_at=None,
        participant__left_at=None,
        purpose=Purpose.TAKE_PART,
        status=ConsentStatus.GIVEN,
    )
    taking_part = set(yes.values_list("participant_id", flat=True))
    return {
        item.pk
        for item in items
        if item.kind == OFF or (item.participant_id in taking_part and item.subject in booked | planned)
    }
