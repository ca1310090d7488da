"""What of the rota is open from now on: four weeks at a glance, and the hours that a form fills in."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from healing.roles import Role
from support.models import Supporter
from support.queries import ahead as coming_weeks
from support.wall_clock import Span
from tests.factories.cases import make_site, make_staff
from tests.factories.peers import coordinating, make_supporter
from tests.support.test_rota import LONDON, MONDAY, at, shift

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 18, 12, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def site() -> Any:
    return make_site(time_zone=LONDON)


@pytest.fixture
def grace(site: Any) -> Any:
    return make_staff(site, Role.COORDINATOR)


@pytest.fixture
def tom(site: Any) -> Supporter:
    return make_supporter(site, on_call=False)


def ahead(grace: Any, site: Any) -> list[tuple[date, int, datetime | None, bool]]:
    with coordinating(grace) as by:
        return [(one.monday, one.open, one.first, one.empty) for one in coming_weeks.weeks_ahead(by, site)]


def test_four_weeks_are_told_as_far_as_they_are_to_come(grace: Any, site: Any, tom: Supporter) -> None:
    shift(tom, at(MONDAY + timedelta(2), 10), at(MONDAY + timedelta(8), 19))  # from before now to next Tuesday
    shift(tom, at(MONDAY + timedelta(9), 6, 30), at(MONDAY + timedelta(21), 0))
    second, third, fourth = (MONDAY + timedelta(days) for days in (7, 14, 21))

    assert ahead(grace, site) == [
        (MONDAY, 0, None, False),
        (second, 12, at(MONDAY + timedelta(8), 19), False),
        (third, 0, None, False),
        (fourth, 168, at(fourth, 0), True),
    ]


def test_the_first_gap_of_a_week_is_from_now_on(grace: Any, site: Any, tom: Supporter) -> None:
    shift(tom, at(MONDAY + timedelta(2), 14), at(MONDAY + timedelta(6), 22))
    shift(tom, at(MONDAY + timedelta(7), 7), at(MONDAY + timedelta(9), 7))
    now = datetime(2026, 11, 18, 12, tzinfo=UTC)
    with coordinating(grace) as by:
        found = [coming_weeks.first_gap(by, site, MONDAY + timedelta(days)) for days in (-7, 0, 7)]

    assert found[0] is None
    assert found[1] == Span(now, at(MONDAY + timedelta(2), 14))
    assert found[2] == Span(at(MONDAY + timedelta(7), 0), at(MONDAY + timedelta(7), 7))


def test_the_next_shift_is_one_in_which_somebody_can_be_called(grace: Any, site: Any, tom: Supporter) -> None:
    ann = make_supporter(site, on_call=False, agreed_on=None)
    today = MONDAY + timedelta(2)
    shift(ann, at(today, 15), at(today, 17))
    shift(tom, at(today, 10), at(today, 13))
    with coordinating(grace) as by:
        assert coming_weeks.next_start(by, site) is None
    shift(tom, at(today, 19), at(today, 23))
    with coordinating(grace) as by:
        assert coming_weeks.next_start(by, site) == at(today, 19)
