"""Calendar files: one person's own appointment at the right hour, with nobody and nothing else in it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from icalendar import Calendar

from healing import calendar, ids

ID = ids.new()
STARTS = datetime(2026, 3, 10, 14, tzinfo=UTC)


def event(**changes: object) -> object:
    words = {"starts": STARTS, "minutes": 90, "zone": "Europe/London"} | changes
    [found] = Calendar.from_ical(calendar.appointment(ID, **words)).walk("VEVENT")
    return found


def test_it_says_appointment_and_when() -> None:
    found = event()

    assert {name: str(found[name]) for name in ("SUMMARY", "STATUS", "CLASS")} == {
        "SUMMARY": "Appointment",
        "STATUS": "CONFIRMED",
        "CLASS": "PRIVATE",
    }
    assert set(found) == {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "CLASS", "STATUS", "SEQUENCE"}


@pytest.mark.parametrize(
    ("zone", "starts", "wall"),
    [
        ("Europe/London", "2026-03-28T14:00+00:00", "14:00"),
        ("Europe/London", "2026-03-30T13:00+00:00", "14:00"),  # summer time began the day before
        ("America/New_York", "2026-11-01T13:30+00:00", "08:30"),  # the morning after clocks went back
        ("Australia/Lord_Howe", "2026-10-04T03:30+00:00", "14:30"),  # half an hour forward
        ("Pacific/Auckland", "2026-04-05T00:30+00:00", "12:30"),
    ],
)
def test_the_hour_is_right_wherever_the_clocks_change(zone: str, starts: str, wall: str) -> None:
    moment = datetime.fromisoformat(starts)
    found = event(starts=moment, zone=zone)

    assert found["DTSTART"].dt == moment
    assert f"{found['DTSTART'].dt.astimezone(ZoneInfo(zone)):%H:%M}" == wall
    assert found["DTEND"].dt - found["DTSTART"].dt.astimezone(UTC) == found["DTEND"].dt - moment


def test_taking_it_off_is_the_same_appointment() -> None:
    booked, off = event(), event(off=True)

    assert booked["UID"] == off["UID"]
    assert (booked["STATUS"], off["STATUS"]) == ("CONFIRMED", "CANCELLED")
    assert off["SEQUENCE"] > booked["SEQUENCE"]


def test_two_people_cannot_tell_that_they_have_the_same_appointment() -> None:
    texts = [calendar.appointment(ids.new(), starts=STARTS, minutes=90, zone="UTC").decode() for _ in range(2)]
    uids = [next(line for line in text.splitlines() if line.startswith("UID:")) for text in texts]

    assert uids[0] != uids[1]
    assert str(ID) not in event()["UID"]


@time_machine.travel("2026-03-02T10:47:12+00:00", tick=False)
def test_nothing_tells_at_what_time_of_day_it_was_written() -> None:
    assert event()["DTSTAMP"].dt == datetime(2026, 3, 2, tzinfo=UTC)


def test_a_zone_is_named_as_people_say_it() -> None:
    assert calendar.zone_words("America/New_York") == "New York time"
