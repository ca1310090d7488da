"""The neutral morning: nine o'clock on the site's next working day, whatever the clocks do."""

from datetime import datetime

import pytest

from healing import business_days
from healing.models import Holiday, Site

pytestmark = pytest.mark.django_db


def site(**changes: str) -> Site:
    fields = {"slug": "lake", "name": "Lake", "phone": "1", "crisis_lines": "", "time_zone": "Europe/London"}
    return Site.objects.create(**fields | changes)


@pytest.mark.parametrize(
    ("zone", "after", "morning"),
    [
        ("Europe/London", "2026-03-02T08:59:59+00:00", "2026-03-02T09:00:00+00:00"),
        ("Europe/London", "2026-03-02T09:00:00+00:00", "2026-03-03T09:00:00+00:00"),
        ("Europe/London", "2026-03-06T12:00:00+00:00", "2026-03-09T09:00:00+00:00"),
        ("Europe/London", "2026-03-27T12:00:00+00:00", "2026-03-30T08:00:00+00:00"),  # summer time by then
        ("America/New_York", "2026-03-06T15:00:00+00:00", "2026-03-09T13:00:00+00:00"),
        ("Pacific/Auckland", "2026-03-02T22:00:00+00:00", "2026-03-03T20:00:00+00:00"),  # already Tuesday there
        ("Australia/Lord_Howe", "2026-10-02T12:00:00+00:00", "2026-10-04T22:00:00+00:00"),
    ],
)
def test_the_next_morning(zone: str, after: str, morning: str) -> None:
    assert business_days.next_morning(site(time_zone=zone), datetime.fromisoformat(after)) == datetime.fromisoformat(
        morning
    )


def test_weekends_and_holidays_are_the_site_s_own() -> None:
    friday_and_saturday = site(weekend="4,5")
    Holiday.objects.create(site=friday_and_saturday, day=datetime(2026, 3, 8).date(), name="A holiday")

    after = datetime.fromisoformat("2026-03-05T12:00+00:00")  # a Thursday

    assert f"{business_days.next_morning(friday_and_saturday, after):%Y-%m-%d %H:%M}" == "2026-03-09 09:00"


def test_a_site_that_is_never_open_still_sends() -> None:
    closed = site(weekend="0,1,2,3,4,5,6")
    after = datetime.fromisoformat("2026-03-05T12:00+00:00")

    assert f"{business_days.next_morning(closed, after):%Y-%m-%d %H:%M}" == "2026-03-06 09:00"
