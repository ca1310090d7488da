"""Preparing with each person by themselves, and the facilitator's dated judgement. No score decides."""

from datetime import date

from django.db import transaction

from cases.models import Participant
from cases.models.case import CaseStatus
from facilitation.models import Assessment, Preparation, Response
from healing import access, audit, clock, transitions
from healing.errors import HealingError

NOT_YET = "A preparation is noted after it has taken place. Choose today or a day before."
BEFORE_PREPARING = (CaseStatus.MAPPED, CaseStatus.OFFERED)


@transaction.atomic
def note_preparation(*, by: access.Viewer, participant: Participant, happened_on: date, note: str = "") -> Preparation:
    """A separate, confidential preparation took place (M45). Noting the same day again replaces its note."""
    access.require_case(by, participant.case_id)
    if happened_on > clock.today(participant.site.time_zone):
        raise HealingError(NOT_YET)
    same_day = Preparation.objects.visible_to(by).select_for_update()
    noted = same_day.filter(participant=participant, happened_on=happened_on).first()
    noted = noted or Preparation(case_id=participant.case_id, participant=participant, happened_on=happened_on)
    noted.note, noted.noted_by, noted.noted_at = note, by.person, clock.now()
    noted.save()
    if participant.case.status in BEFORE_PREPARING:
        transitions.move(participant.case, CaseStatus.PREPARING, by=by)
    audit.record(by=by, verb="preparation.noted", subject=noted)
    return noted


@transaction.atomic
def assess(*, by: access.Viewer, participant: Participant, outcome: str, risks: str, strengths: str) -> Assessment:
    """A judgement about risks and strengths, in taking part and in not taking part (M42). The newest one counts."""
    access.require_case(by, participant.case_id)
    judged = Assessment.objects.create(
        case_id=participant.case_id,
        participant=participant,
        outcome=outcome,
        risks=risks,
        strengths=strengths,
        assessed_by=by.person,
    )
    audit.record(by=by, verb="assessment.noted", subject=judged, detail=outcome)
    return judged


@transaction.atomic
def mark_read(*, by: access.Viewer, response: Response) -> None:
    """A facilitator has read a sent check-in. No room shows when."""
    access.require_case(by, response.case_id)
    unread = Response.objects.visible_to(by).filter(pk=response.pk, sent_at__isnull=False, read_at=None)
    if unread.update(read_at=clock.now()):
        audit.record(by=by, verb="check_in.marked_read", subject=response)
