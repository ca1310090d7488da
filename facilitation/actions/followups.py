"""Contact that was promised after a conversation: days, weeks, months and a year later. Each can be left out (M51)."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction

from cases.models.case import CaseStatus
from facilitation.models import Attendance, FollowUp, Meeting
from healing import access, audit, business_days, clock, due, transitions
from healing.clocks import FOLLOW_UPS
from healing.errors import NotAllowed
from healing.models import Site


@transaction.atomic
def schedule(*, by: access.Viewer, meeting: Meeting) -> None:
    """Plan every follow-up for everybody who was there, by the site's clocks and on its working mornings."""
    access.require_case(by, meeting.case_id)
    site = meeting.case.site
    rooms = Attendance.objects.visible_to(by).filter(meeting_id=meeting.pk, status=Attendance.Status.PAST)
    for number, name in enumerate(FOLLOW_UPS, 1):
        at = _morning(site, clock.today(site.time_zone) + site.clock(name))
        for attendance in rooms:
            _plan_one(by, attendance, number, at, site)
    transitions.move(meeting.case, CaseStatus.FOLLOWING_UP, by=by)


def _morning(site: Site, day: date) -> datetime:
    """Nine o'clock that day, or on the next day that the site works."""
    zone = ZoneInfo(site.time_zone)
    return business_days.next_morning(site, datetime.combine(day, time(0), zone))


def _plan_one(by: access.Viewer, attendance: Attendance, number: int, at: datetime, site: Site) -> None:
    follow_up, _ = FollowUp.objects.visible_to(by).get_or_create(
        meeting_id=attendance.meeting_id,
        participant_id=attendance.participant_id,
        number=number,
        defaults={"case_id": attendance.case_id, "due_on": at.astimezone(ZoneInfo(site.time_zone)).date()},
    )
    due.plan(
        "followup.letter",
        subject=follow_up.pk,
        at=at,
        key=f"followup.letter:{follow_up.pk}",
        case=follow_up.case_id,
        room=follow_up.participant_id,
    )


@transaction.atomic
def opt_out(*, by: access.Viewer, follow_up: FollowUp) -> None:
    """The person would rather not be asked this time. Nobody asks why."""
    if follow_up.participant_id not in by.rooms and follow_up.case_id not in by.cases:
        raise NotAllowed
    planned = FollowUp.objects.visible_to(by).filter(pk=follow_up.pk)
    open_ones = planned.filter(status__in=[FollowUp.Status.PLANNED, FollowUp.Status.SENT])
    if open_ones.update(status=FollowUp.Status.NOT_WANTED):
        due.void(by=by, kind="followup.letter", subject=follow_up.pk)
        audit.record(by=by, verb="follow_up.not_wanted", subject=follow_up)
