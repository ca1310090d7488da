"""The site's working days: what can wait goes out at nine in the morning of the next one."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from healing.models import Site

MORNING = time(9)
FARTHEST = 31  # a site that is never open still sends


def next_morning(site: Site, after: datetime) -> datetime:
    """The next 09:00 on a working day at the site. Never told to anybody, so that a time of day tells nothing."""
    zone = ZoneInfo(site.time_zone)
    first = after.astimezone(zone).date()
    mornings = [datetime.combine(first + timedelta(days=day), MORNING, zone) for day in range(FARTHEST)]
    coming = [morning for morning in mornings if morning > after]
    closed = set(site.holidays.filter(day__range=(first, mornings[-1].date())).values_list("day", flat=True))
    return next((morning for morning in coming if _is_open(site, morning.date(), closed)), coming[0])


def _is_open(site: Site, day: date, closed: set[date]) -> bool:
    return str(day.weekday()) not in site.weekend.split(",") and day not in closed
