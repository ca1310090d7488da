"""What was agreed, and the promises in it: kept in step in every room they were made to, until each is settled."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from cases.models import Participant
from facilitation.models import Agreement, Attendance, Commitment, Meeting, Promise
from healing import access, audit, sealed, transitions
from healing.errors import HealingError, NotAllowed

NOT_HELD = "An agreement is written down after the conversation has taken place."
TO_NOBODY = "Choose to whom this was promised."
BY_NO_DAY = "Give the day by which it will be done."


@transaction.atomic
def record_agreement(
    *,
    by: access.Viewer,
    meeting: Meeting,
    text: str,
    promise: str = "",
    owner: str = "",
    due_on: date | None = None,
    to: Sequence[Participant] = (),
) -> Agreement:
    """Keep the words that everybody agreed may be kept (M49). A promise in it appears in the rooms it was made to."""
    access.require_case(by, meeting.case_id)
    if meeting.status != Meeting.Status.HELD:
        raise HealingError(NOT_HELD)
    agreement = Agreement.objects.create(case_id=meeting.case_id, meeting=meeting, text=text, recorded_by=by.person)
    audit.record(by=by, verb="agreement.recorded", subject=agreement)
    if promise:
        if due_on is None:
            raise HealingError(BY_NO_DAY)
        add_commitment(by=by, agreement=agreement, promise=promise, owner=owner, due_on=due_on, to=to)
    return agreement


@transaction.atomic
def add_commitment(
    *,
    by: access.Viewer,
    agreement: Agreement,
    promise: str,
    owner: str,
    due_on: date,
    to: Sequence[Participant],
) -> Commitment:
    """Who took on what, by when, and to whom they promised it."""
    access.require_case(by, agreement.case_id)
    attended = Attendance.objects.visible_to(by).filter(meeting_id=agreement.meeting_id, status=Attendance.Status.PAST)
    if not to or not {person.pk for person in to} <= set(attended.values_list("participant_id", flat=True)):
        raise HealingError(TO_NOBODY)
    made = Commitment.objects.create(
        case_id=agreement.case_id, agreement=agreement, promise=promise, owner=owner, due_on=due_on
    )
    sealed.unlock(person.pk for person in to)
    Promise.objects.bulk_create(
        Promise(
            case_id=made.case_id, participant=person, commitment_id=made.pk, promise=promise, owner=owner, due_on=due_on
        )
        for person in to
    )
    audit.record(by=by, verb="commitment.made", subject=made)
    return made


@transaction.atomic
def mark(*, by: access.Viewer, commitment: Commitment, status: str) -> None:
    """Done, not done, or open again: told at once in the rooms it was promised to. What a person settled stays so."""
    access.require_case(by, commitment.case_id)
    transitions.move(commitment, status, by=by)
    promises = Promise.objects.visible_to(by).filter(commitment_id=commitment.pk)
    promises.exclude(status=Commitment.Status.SETTLED).update(status=status)


@transaction.atomic
def settle(*, by: access.Viewer, promise: Promise) -> None:
    """The person it was made to says that it is settled for them. Only they can, and no other room changes."""
    if promise.participant_id not in by.rooms:
        raise NotAllowed
    answered = Promise.objects.visible_to(by).filter(pk=promise.pk)
    kept = answered.filter(status__in=[Commitment.Status.DONE, Commitment.Status.NOT_DONE])
    if kept.update(status=Commitment.Status.SETTLED):
        audit.record(by=by, verb="promise.settled", subject=promise)
