"""The site's working days: what can wait goes out at nine in the morning of the next one."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from healing.models import Site

MORNING = time(9)


def is_open(site: Site, day: date) -> bool:
    return str(day.weekday()) not in site.weekend.split(",") and not site.holidays.filter(day=day).exists()


def next_morning(site: Site, after: datetime) -> datetime:
    """The next 09:00 on a working day at the site. Never told to anybody, so that a time of day tells nothing."""
    zone = ZoneInfo(site.time_zone)
    morning = datetime.combine(after.astimezone(zone).date(), MORNING, zone)
    while morning <= after or not is_open(site, morning.date()):
        morning = datetime.combine(morning.date() + timedelta(days=1), MORNING, zone)
    return morning
