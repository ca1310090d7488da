"""The only builder of calendar files: one per person, with nobody else in it."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from healing import clock, ids

PRODUCT = "-//Healing Conversations//EN"


def zone_words(zone: str) -> str:
    """London time: the place's name, as people say it."""
    return f"{zone.rsplit('/', 1)[-1].replace('_', ' ')} time"


def appointment(attendance: UUID, *, starts: datetime, minutes: int, zone: str, off: bool = False) -> bytes:
    """A neutral appointment. No attendee, no organiser, no place; the id is this person's alone.

    DTSTAMP is the day's start, so that it does not tell when somebody else acted.
    """
    event = Event()
    event.add("uid", f"{ids.fingerprint(str(attendance), 'calendar')[:32]}@appointment")
    event.add("dtstamp", clock.now().replace(hour=0, minute=0, second=0, microsecond=0))
    event.add("dtstart", starts.astimezone(ZoneInfo(zone)))
    event.add("dtend", (starts + timedelta(minutes=minutes)).astimezone(ZoneInfo(zone)))
    event.add("summary", "Appointment")
    event.add("class", "PRIVATE")
    event.add("status", "CANCELLED" if off else "CONFIRMED")
    event.add("sequence", 1 if off else 0)
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return calendar.to_ical()
