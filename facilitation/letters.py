"""The letters about an appointment, in the words that leave the house; the planner shows them before booking."""

from zoneinfo import ZoneInfo

from django.utils.formats import date_format

from facilitation.models import Attendance
from healing import calendar, mail
from healing.models import Site


def appointment(attendance: Attendance, *, to: str, site: Site, off: bool = False) -> mail.Message:
    """Day and time, and a link to sign in. Where, who and what for are said in the room only."""
    local = attendance.starts_at.astimezone(ZoneInfo(site.time_zone))
    return mail.build(
        "appointment_off" if off else "appointment",
        subject="appointment",
        to=to,
        site=site,
        calendar=calendar.appointment(
            attendance.pk, starts=attendance.starts_at, minutes=attendance.minutes, zone=site.time_zone, off=off
        ),
        date=date_format(local, "l j F Y"),
        time=date_format(local, "H:i"),
        zone=calendar.zone_words(site.time_zone),
    )
