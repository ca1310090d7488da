"""Other help for staff: written down under Set-up, dated when it is saved, and read with the care of a crisis line."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from healing import clock
from healing.models import Site, User
from healing.other_help import help_line, is_to_check, other_help
from tests.factories.cases import signed_in
from tests.healing.test_set_up import recorded, said

pytestmark = pytest.mark.django_db
COUNSELLING = "Staff counselling: 555 0142, weekdays 9 to 17, free, they keep no record"
MARCH = datetime(2026, 3, 3, 12, tzinfo=ZoneInfo("UTC"))


@pytest.fixture
def office(administrator: User) -> Client:
    return signed_in(administrator)


def save(office: Client, *lines: str) -> Any:
    return office.post(reverse("site_other_help"), {"other_help": "\r\n".join(lines)})


def kept(site: Site) -> tuple[str, date | None]:
    site.refresh_from_db()
    return site.other_help, site.other_help_checked_on


@pytest.mark.parametrize(
    ("line", "read"),
    [
        (COUNSELLING, ("Staff counselling", "555 0142", "5550142", "weekdays 9 to 17, free, they keep no record")),
        ("Chaplain: quiet room, floor 2", ("Chaplain", "", "", "quiet room, floor 2")),
        ("Chaplain: call 555 0142", ("Chaplain", "", "", "call 555 0142")),
        ("Chaplain : room 12: 9-17", ("Chaplain", "", "", "room 12: 9-17")),
    ],
)
def test_a_name_and_a_number_or_the_way_there(line: str, read: tuple[str, ...]) -> None:
    assert help_line(line) == read


NEITHER = [
    *("Chaplain", ": 555 0142", "Chaplain:", "Chaplain: ", "555 0142", "Chaplain: 9-17", "Chaplain: 20.00"),
    *("Chaplain: 555 0142 weekdays", "Chaplain: (ask)", "Open 8:20, 555 0142", "Chaplain: +44 8-20"),
]


@pytest.mark.parametrize("line", NEITHER)
def test_what_is_neither_is_shown_as_it_was_written_and_never_dialled(line: str) -> None:
    assert help_line(line) is None
    assert other_help(f"\n{line}\n") == [(line.strip(), "", "", "")]


@pytest.mark.parametrize("line", NEITHER)
def test_what_is_neither_is_not_saved(line: str, office: Client, site: Site) -> None:
    page = said(save(office, COUNSELLING, line))

    assert f"This line has something else: {line.strip()}" in page
    assert kept(site) == ("", None)


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([f"Line {number}: 555 0142" for number in range(50)], "Write 20 lines at most."),
        (["Chaplain: " + "a" * 191], "Write 200 characters on a line at most. This one is longer: Chaplain: aaa"),
    ],
)
def test_it_stays_short_enough_to_be_read(lines: list[str], sentence: str, office: Client, site: Site) -> None:
    page = said(save(office, *lines))

    assert sentence in page
    assert lines[-1] in page  # what was typed is still there
    assert kept(site) == ("", None)


def test_as_much_as_fits_is_kept_without_empty_lines(office: Client, site: Site) -> None:
    lines = ["Chaplain: " + "a" * 190, *(f"Line {number}: 555 0142" for number in range(19))]
    save(office, "", *lines, " ")

    assert kept(site)[0] == "\n".join(lines)


def test_saving_dates_it_also_when_nothing_was_changed(office: Client, site: Site) -> None:
    with clock.pinned(MARCH):
        save(office, COUNSELLING)
    assert kept(site) == (COUNSELLING, date(2026, 3, 3))
    with clock.pinned(MARCH + timedelta(days=30)):
        save(office, COUNSELLING)

    assert kept(site) == (COUNSELLING, date(2026, 4, 2))
    names = ["other_help", "other_help_checked_on", "other_help_checked_on"]
    assert recorded() == [("site.changed", name) for name in names]


def test_the_day_is_the_site_s_own(office: Client, site: Site) -> None:
    Site.objects.filter(pk=site.pk).update(time_zone="Pacific/Auckland")
    with clock.pinned(MARCH):
        save(office, COUNSELLING)

    assert kept(site)[1] == date(2026, 3, 4)


def test_emptied_it_has_no_date(office: Client, site: Site) -> None:
    save(office, COUNSELLING)
    save(office)

    assert kept(site) == ("", None)


@pytest.mark.parametrize("half", [{"other_help": COUNSELLING}, {"other_help_checked_on": date(2026, 3, 3)}])
def test_neither_stands_without_the_other(half: dict[str, Any], site: Site) -> None:
    with pytest.raises(IntegrityError, match="other_help_says_when_it_was_checked"):
        Site.objects.filter(pk=site.pk).update(**half)


@pytest.mark.parametrize(("days", "old"), [(0, False), (366, False), (367, True)])
def test_it_is_to_be_checked_when_a_year_has_gone(days: int, old: bool) -> None:
    assert is_to_check(date(2026, 3, 3), date(2026, 3, 3) + timedelta(days=days)) is old
    assert not is_to_check(None, date(2026, 3, 3))


@pytest.mark.parametrize("name", ["site_set_up", "site_other_help"])
def test_the_set_up_says_when_it_was_checked(name: str, office: Client, site: Site) -> None:
    with clock.pinned(MARCH):
        save(office, COUNSELLING)
        fresh = office.get(reverse(name)).content.decode()
        Site.objects.filter(pk=site.pk).update(other_help_checked_on=date(2025, 3, 1))
        old = office.get(reverse(name)).content.decode()

    assert "Checked on 3 March 2026." in fresh
    assert "Checked on 1 March 2025. That is over a year ago. Try each number once more, then save." in old
    assert "That is over a year ago" not in fresh


def test_without_any_the_set_up_says_what_it_is_for(office: Client) -> None:
    page = office.get(reverse("site_other_help")).content.decode()

    assert "Where your staff can go besides a peer." in page
    assert "Checked on" not in page
