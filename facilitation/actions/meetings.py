"""A conversation from the plan to how it ended. Every room is treated alike, at once and in the same words."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from cases.models import Case, Participant
from cases.models.case import CaseStatus
from facilitation import gate
from facilitation.actions import calling_off, followups, notices
from facilitation.models import Attendance, Invitee, Meeting
from healing import access, audit, clock, due, transitions
from healing.errors import HealingError, NotReady

ALREADY_BOOKED = "A conversation is booked already. Call it off first, then plan the next one."
CLOSED = "This case is closed. Reopen it first."
NOT_HERE = "Choose people who are in this case."
NOT_BOOKED = "This conversation is not booked. Look at the case again."
IN_THE_PAST = "Choose a day and a time that are still to come."
NOT_BEGUN = "This conversation has not begun yet. Come back when it is over."


@transaction.atomic
def plan(*, by: access.Viewer, case: Case, form: str, participants: Sequence[Participant]) -> Meeting:
    """Choose who is to meet and how. Nobody is told. A plan that is open already takes the new choice."""
    access.require_case(by, case.pk)
    _check_plan(case, participants)
    meeting = _open_meeting(by, case) or Meeting.objects.create(case=case, form=form)
    if meeting.status == Meeting.Status.CONFIRMED:
        raise HealingError(ALREADY_BOOKED)
    Meeting.objects.visible_to(by).filter(pk=meeting.pk).update(form=form)
    meeting.form = form
    _invite(by, meeting, participants)
    _take_up_preparing(by, case)
    audit.record(by=by, verb="conversation.planned", subject=meeting)
    return meeting


def _check_plan(case: Case, participants: Sequence[Participant]) -> None:
    if case.status == CaseStatus.CLOSED:
        raise HealingError(CLOSED)
    if not participants or any(person.case_id != case.pk or person.left_at for person in participants):
        raise HealingError(NOT_HERE)


def _open_meeting(by: access.Viewer, case: Case) -> Meeting | None:
    open_ones = Meeting.objects.visible_to(by).select_for_update(no_key=True).filter(case=case)
    return open_ones.filter(status__in=[Meeting.Status.DRAFTED, Meeting.Status.CONFIRMED]).first()


def _invite(by: access.Viewer, meeting: Meeting, participants: Iterable[Participant]) -> None:
    """Keep the care that was named for those who stay in the plan."""
    chosen = {person.pk for person in participants}
    invited = Invitee.objects.visible_to(by).filter(meeting=meeting)
    invited.exclude(participant__in=chosen).delete()
    new = chosen - set(invited.values_list("participant_id", flat=True))
    Invitee.objects.bulk_create(Invitee(case_id=meeting.case_id, meeting=meeting, participant_id=pk) for pk in new)


def _take_up_preparing(by: access.Viewer, case: Case) -> None:
    if case.status != CaseStatus.PREPARING and Case.LIFECYCLE.allows(case.status, CaseStatus.PREPARING):
        transitions.move(case, CaseStatus.PREPARING, by=by)


@transaction.atomic
def name_aftercare(*, by: access.Viewer, invitee: Invitee, words: str) -> None:
    """Who is there for this person during the conversation and afterwards."""
    access.require_case(by, invitee.case_id)
    if invitee.aftercare == words:
        return
    invitee.aftercare = words
    invitee.save(update_fields=["aftercare"])
    audit.record(by=by, verb="conversation.aftercare", subject=invitee)


@transaction.atomic
def book(
    *, by: access.Viewer, meeting: Meeting, starts_at: datetime, minutes: int, place: str, people: str
) -> list[Attendance]:
    """Ask the gate again while every consent is locked, then tell all rooms alike. A letter to each goes out."""
    access.require_case(by, meeting.case_id)
    planned = _locked(by, meeting)
    if planned.status == Meeting.Status.CONFIRMED:
        raise HealingError(ALREADY_BOOKED)
    if reasons := gate.reasons(by, planned, lock=True):
        raise NotReady(reasons)
    if starts_at <= clock.now():
        raise HealingError(IN_THE_PAST)
    planned.place = place
    planned.save(update_fields=["place"])
    transitions.move(planned, Meeting.Status.CONFIRMED, by=by, starts_at=starts_at, minutes=minutes)
    attendances = _tell_all_rooms(by, planned, starts_at, people)
    _take_up_preparing(by, planned.case)
    transitions.move(planned.case, CaseStatus.ARRANGED, by=by)
    return attendances


def _tell_all_rooms(by: access.Viewer, meeting: Meeting, starts_at: datetime, people: str) -> list[Attendance]:
    now = clock.now()
    attendances = [
        Attendance(
            case_id=meeting.case_id,
            participant_id=participant,
            meeting_id=meeting.pk,
            form=meeting.form,
            starts_at=starts_at,
            minutes=meeting.minutes,
            place=meeting.place,
            people=people,
            published_at=now,
        )
        for participant in calling_off.invited(by, meeting)
    ]
    Attendance.objects.bulk_create(attendances)
    notices.write("conversation_booked", attendances)
    for attendance in attendances:
        calling_off.plan_letter("appointment.letter", attendance)
    return attendances


@transaction.atomic
def cancel(*, by: access.Viewer, meeting: Meeting, why: str) -> None:
    """Call it off. `why` is a code for the workbench; the rooms hear the same words at the same time for each."""
    access.require_case(by, meeting.case_id)
    calling_off.call_off(by=by, meeting=_locked(by, meeting), why=why)


@transaction.atomic
def hold(*, by: access.Viewer, meeting: Meeting, ended_how: str) -> None:
    """It took place: how it ended is all that is recorded (M50). Follow-ups are planned for all who were invited."""
    access.require_case(by, meeting.case_id)
    booked = _locked(by, meeting)
    if booked.status == Meeting.Status.HELD:
        return
    if booked.status != Meeting.Status.CONFIRMED:
        raise HealingError(NOT_BOOKED)
    if not booked.has_begun:
        raise HealingError(NOT_BEGUN)
    transitions.move(booked, Meeting.Status.HELD, by=by, ended_how=ended_how)
    attendances = Attendance.objects.visible_to(by).filter(meeting_id=booked.pk, status=Attendance.Status.BOOKED)
    due.void(by=by, kind="appointment.letter", subject__in=attendances.values("id"))
    attendances.update(status=Attendance.Status.PAST)
    transitions.move(booked.case, CaseStatus.HELD, by=by)
    followups.schedule(by=by, meeting=booked)


def _locked(by: access.Viewer, meeting: Meeting) -> Meeting:
    return (
        Meeting.objects.visible_to(by)
        .select_related("case__site")
        .select_for_update(no_key=True, of=("self",))
        .get(pk=meeting.pk, case__in=by.cases)
    )
