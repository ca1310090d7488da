"""How a conversation is called off: one path, whether somebody declined, withdrew or paused, or a facilitator decided.

The workbench knows at once. The rooms hear it at the neutral time: the same notice, letter and minute for every cause.
"""

from datetime import datetime, timedelta
from uuid import UUID

from cases.models.case import CaseStatus
from facilitation import gate
from facilitation.actions import notices
from facilitation.models import Attendance, Invitee, Meeting
from healing import access, business_days, clock, due, transitions
from healing.protected import ScopedQuerySet

AT_THE_LATEST = timedelta(hours=3)  # before it would have begun


def review(*, by: access.Viewer, participant_id: UUID) -> None:
    """Something changed for this person: a conversation to come with them goes on only if everybody still agrees."""
    theirs = Invitee.objects.visible_to(by).filter(participant=participant_id).values("meeting")
    booked = Meeting.objects.visible_to(by).select_related("case__site").select_for_update(no_key=True, of=("self",))
    to_come = booked.filter(pk__in=theirs, status=Meeting.Status.CONFIRMED, starts_at__gt=clock.now())
    for meeting in to_come:
        if not gate.all_agree(by, meeting):
            call_off(by=by, meeting=meeting, why=Meeting.Why.NOT_AGREED)


def call_off(*, by: access.Viewer, meeting: Meeting, why: str) -> None:
    """End it at the workbench, keep back the letters that still wait, and plan what the rooms will hear."""
    if meeting.status == Meeting.Status.CANCELLED:
        return
    was_booked = meeting.status == Meeting.Status.CONFIRMED
    now = clock.now()
    transitions.move(meeting, Meeting.Status.CANCELLED, by=by, why=why, cancelled_at=now)
    if not was_booked:
        return
    due.void(by=by, kind="appointment.letter", subject__in=_booked(by, meeting).values("id"))
    due.plan(
        "conversation.tell_off",
        subject=meeting.pk,
        at=neutral_time(meeting, now),
        key=f"conversation.tell_off:{meeting.pk}",
        case=meeting.case_id,
    )
    transitions.move(meeting.case, CaseStatus.PREPARING, by=by)


def neutral_time(meeting: Meeting, now: datetime) -> datetime:
    """The next working morning, so that the hour tells nothing; earlier only if the conversation would come first."""
    told = business_days.next_morning(meeting.case.site, now)
    if meeting.starts_at:
        told = min(told, meeting.starts_at - AT_THE_LATEST)
    return max(now, told)


def tell_off(*, by: access.Viewer, meeting_id: UUID) -> None:
    """Tell all rooms, alike and in one transaction."""
    meeting = Meeting.objects.visible_to(by).select_related("case__site").get(pk=meeting_id)
    attendances = list(_booked(by, meeting).order_by("id"))
    _booked(by, meeting).update(status=Attendance.Status.OFF)
    notices.write("conversation_off", attendances, day=notices.promise_next_word(by, meeting.case))
    for attendance in attendances:
        plan_letter("appointment.off", attendance)


def plan_letter(kind: str, attendance: Attendance) -> None:
    due.plan(
        kind,
        subject=attendance.pk,
        at=clock.now(),
        key=f"{kind}:{attendance.pk}",
        case=attendance.case_id,
        room=attendance.participant_id,
    )


def invited(by: access.Viewer, meeting: Meeting) -> list[UUID]:
    rows = Invitee.objects.visible_to(by).filter(meeting=meeting)
    return list(rows.order_by("id").values_list("participant_id", flat=True))


def _booked(by: access.Viewer, meeting: Meeting) -> ScopedQuerySet[Attendance]:
    return Attendance.objects.visible_to(by).filter(meeting_id=meeting.pk, status=Attendance.Status.BOOKED)
