"""Being away is said before and after: who else is on call, until when it holds, and never by an empty form."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from healing.models import Site
from support.models import Away, Supporter
from tests.factories.cases import make_site
from tests.factories.peers import make_shift, make_supporter, working
from tests.support.coordinating import day_parts, words
from tests.support.test_giving_pages import at, main

pytestmark = pytest.mark.django_db
TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _tuesday(time: Any, sink: Any) -> None:
    time.move_to(TUESDAY)


@pytest.fixture
def tom(site: Site, _tuesday: None) -> Supporter:
    row = make_supporter(site, on_call=False)
    with working():
        make_shift(row, TUESDAY - timedelta(hours=3), hours=12)
    return row


def page(tom: Supporter) -> str:
    return words(at(tom).get(reverse("support_away")))


def dated(**days: int) -> dict[str, Any]:
    """Days of this month."""
    parts = [day_parts(name, TUESDAY.date().replace(day=day)) for name, day in days.items()]
    return {name: value for part in parts for name, value in part.items()}


def away() -> int:
    with working() as by:
        return Away.objects.visible_to(by).count()


def test_whoever_is_on_call_alone_reads_that_nobody_else_is(tom: Supporter) -> None:
    assert "You are on call until 19:00 . Nobody else is." in page(tom)


@pytest.mark.parametrize(("fit", "alone"), [({}, False), ({"agreed_on": None}, True)])
def test_only_who_may_be_called_is_somebody_else(site: Site, tom: Supporter, fit: Any, alone: bool) -> None:
    make_supporter(site, **fit)

    assert ("Nobody else is." in page(tom)) is alone


def test_whoever_is_not_on_call_reads_nothing_of_it(site: Site) -> None:
    assert "Nobody else is." not in page(make_supporter(site, on_call=False))


def test_a_colleague_at_another_site_is_not_on_call_here(tom: Supporter) -> None:
    make_supporter(make_site())

    assert "Nobody else is." in page(tom)


def test_an_empty_form_takes_nobody_off(tom: Supporter) -> None:
    again = at(tom).post(reverse("support_away"), {})

    assert again.status_code == 422
    assert "Give a day. To be away at once, press “Away from now on”." in main(again)
    assert away() == 0


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (dated(last=26), "Noted. You are not called until Friday 27 November, 00:00."),
        (
            dated(first=26),
            "Noted. You are not called from Thursday 26 November, 00:00 until you say that you are back.",
        ),
        (
            dated(first=26, last=27),
            "Noted. You are not called from Thursday 26 November, 00:00 until Saturday 28 November, 00:00.",
        ),
    ],
)
def test_what_is_noted_says_until_when(tom: Supporter, said: Any, told: str) -> None:
    assert told in at(tom).post(reverse("support_away"), said, follow=True).text


def test_away_at_once_says_until_when(tom: Supporter) -> None:
    told = at(tom).post(reverse("support_away_now"), follow=True).text

    assert "Noted. You are not called until you say that you are back." in told
    assert away() == 1
