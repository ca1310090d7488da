"""Copying a week: the same times on the wall, nobody twice, and no hours doubled that somebody covers already."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from healing.errors import HealingError
from healing.models import Holiday
from healing.roles import Role
from support.actions import records, rota
from support.models import Away, Shift, Supporter
from support.queries import rota as planned
from tests.factories.cases import make_site, make_staff
from tests.factories.peers import coordinating, make_supporter, working
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


def copy(grace: Any, site: Any, monday: date, weeks: int, **how: bool) -> rota.Copied:
    with coordinating(grace) as by:
        return rota.copy_week(by=by, site=site, monday=monday, weeks=weeks, **how)


def starts(grace: Any) -> list[str]:
    with coordinating(grace) as by:
        return [f"{one.starts_at:%m-%d %H:%M}-{one.ends_at:%m-%d %H:%M}" for one in Shift.objects.visible_to(by)]


def test_a_copy_keeps_the_time_on_the_wall_when_the_clocks_change(grace: Any, site: Any, tom: Supporter) -> None:
    monday = date(2027, 3, 22)
    shift(tom, at(monday, 7), at(monday, 22))
    shift(tom, at(monday + timedelta(6), 22), at(monday + timedelta(7), 7))  # after the change that same night
    copied = copy(grace, site, monday, 1)

    assert (len(copied.made), copied.left_out) == (2, [])
    assert starts(grace)[0] == "03-22 07:00-03-22 22:00"  # GMT
    assert "03-29 06:00-03-29 21:00" in starts(grace)  # the same on the wall


def test_a_night_over_the_change_is_an_hour_shorter(grace: Any, site: Any, tom: Supporter) -> None:
    monday = date(2027, 3, 15)
    shift(tom, at(monday + timedelta(5), 22), at(monday + timedelta(6), 7))
    copy(grace, site, monday, 1)

    with coordinating(grace) as by:
        assert [one.ends_at - one.starts_at for one in Shift.objects.visible_to(by)] == [
            timedelta(hours=9),
            timedelta(hours=8),
        ]


def test_a_shift_that_the_clocks_skip_is_left_out(grace: Any, site: Any, tom: Supporter) -> None:
    monday = date(2027, 3, 15)
    sunday = monday + timedelta(6)
    shift(tom, at(sunday, 1, 30), at(sunday, 2, 15))

    assert [one.why for one in copy(grace, site, monday, 1).left_out] == ["the clocks skip it"]


def test_copying_twice_copies_once_and_says_who_was_left_out(grace: Any, site: Any, tom: Supporter) -> None:
    away = make_supporter(site, on_call=False)
    shift(tom, at(MONDAY + timedelta(4), 8), at(MONDAY + timedelta(4), 9))
    shift(away, at(MONDAY + timedelta(4), 9), at(MONDAY + timedelta(4), 10))
    with working():
        Away.objects.create(
            supporter=away, site=site, starts_at=at(MONDAY + timedelta(11), 0), ends_at=at(MONDAY + timedelta(12), 0)
        )
    first, second = copy(grace, site, MONDAY, 2), copy(grace, site, MONDAY, 2)

    assert (len(first.made), [(one.supporter, one.why) for one in first.left_out]) == (3, [(away, "away")])
    assert (len(second.made), second.taken, {one.why for one in second.left_out}) == (0, 3, {"away"})
    third = copy(grace, site, MONDAY, 2, only_gaps=False)
    assert (len(third.made), {one.why for one in third.left_out}) == (0, {"on call already", "away"})


def test_only_hours_without_anybody_are_filled_unless_it_is_to_be_added(grace: Any, site: Any, tom: Supporter) -> None:
    """Two who were on call together are so again in a week that was empty, and are not doubled in one that was not."""
    ann, una = make_supporter(site, on_call=False), make_supporter(site, on_call=False)
    friday, tuesday = MONDAY + timedelta(4), MONDAY + timedelta(8)
    for who in (tom, ann):
        shift(who, at(friday, 8), at(friday, 20))
    shift(una, at(friday + timedelta(7), 10), at(friday + timedelta(7), 18))
    shift(una, at(tuesday, 8), at(tuesday, 20))
    gaps = copy(grace, site, MONDAY, 2)
    wall = [(one.start.day, one.start.hour, one.end.hour) for one in gaps.spans]

    assert wall == [(27, 8, 10), (27, 18, 20)] * 2 + [(4, 8, 20)] * 2
    assert (len(gaps.made), gaps.taken, gaps.shorter, gaps.left_out) == (6, 0, 2, [])
    with coordinating(grace) as by:
        assert rota.take_back(by=by, site=site, made=gaps.made) == 6
    added = copy(grace, site, MONDAY, 2, only_gaps=False)
    assert (len(added.made), added.taken, added.shorter) == (4, 0, 0)


def test_a_week_that_is_planned_already_is_not_doubled(grace: Any, site: Any, tom: Supporter) -> None:
    ann = make_supporter(site, on_call=False)
    for day in range(14):
        start = at(MONDAY + timedelta(day), 0)
        shift(tom if day < 7 else ann, start, start + timedelta(days=1))
    copied = copy(grace, site, MONDAY, 1)

    assert (len(copied.made), copied.taken) == (0, 7)


def test_whoever_is_there_but_away_leaves_a_gap_that_a_copy_fills(grace: Any, site: Any, tom: Supporter) -> None:
    ann = make_supporter(site, on_call=False)
    friday = MONDAY + timedelta(4)
    shift(tom, at(friday, 8), at(friday, 20))
    shift(ann, at(friday + timedelta(7), 8), at(friday + timedelta(7), 20))
    with working():
        Away.objects.create(supporter=ann, site=site, starts_at=at(friday, 0))

    assert len(copy(grace, site, MONDAY, 1).made) == 1


def test_days_off_that_a_copy_touches_are_named(grace: Any, site: Any, tom: Supporter) -> None:
    friday = MONDAY + timedelta(4)
    for day, name in ((10, "The day before"), (11, "That night"), (12, "Its end"), (13, "The day after")):
        Holiday.objects.create(site=site, day=MONDAY + timedelta(day), name=name)
    shift(tom, at(friday, 22), at(friday + timedelta(1), 7))
    spans = copy(grace, site, MONDAY, 1).spans

    assert [one.name for one in planned.holidays(site, spans)] == ["That night", "Its end"]
    assert planned.holidays(site, []) == []


def test_a_copy_is_taken_back_but_for_what_has_begun(grace: Any, site: Any, tom: Supporter, time: Any) -> None:
    elsewhere = make_supporter(make_site())
    shift(tom, at(MONDAY + timedelta(4), 8), at(MONDAY + timedelta(4), 9))
    copied = copy(grace, site, MONDAY, 3)
    with working() as by:
        theirs = Shift.objects.visible_to(by).get(supporter=elsewhere)
    time.move_to(at(MONDAY + timedelta(11), 8))
    with coordinating(grace) as by:
        made = copied.made | {theirs.pk: elsewhere.pk}
        assert rota.take_back(by=by, site=site, made=made) == 2
        assert rota.take_back(by=by, site=site, made=made) == 0
        left = Shift.objects.visible_to(by).order_by("starts_at")
        assert list(left.filter(supporter=tom).values_list("starts_at", flat=True)) == [
            at(MONDAY + timedelta(4), 8),
            at(MONDAY + timedelta(11), 8),
        ]
        assert left.filter(pk=theirs.pk).exists()


def test_a_shift_that_changed_hands_since_it_was_copied_stays(grace: Any, site: Any, tom: Supporter) -> None:
    ann = make_supporter(site, on_call=False)
    shift(tom, at(MONDAY + timedelta(4), 8), at(MONDAY + timedelta(4), 9))
    copied = copy(grace, site, MONDAY, 2)
    with working() as by:
        Shift.objects.visible_to(by).filter(pk=list(copied.made)[0]).update(supporter=ann)
    with coordinating(grace) as by:
        assert rota.take_back(by=by, site=site, made=copied.made) == 1
        assert Shift.objects.visible_to(by).filter(supporter=ann).exists()


def test_whose_record_has_ended_is_not_copied(grace: Any, site: Any, tom: Supporter) -> None:
    shift(tom, at(MONDAY, 8), at(MONDAY, 9))
    with coordinating(grace) as by:
        records.end(by=by, supporter=tom)

    assert [one.why for one in copy(grace, site, MONDAY, 1).left_out] == ["their record has ended"]


def test_a_week_is_copied_to_twelve_at_most(grace: Any, site: Any) -> None:
    for weeks in (0, 13):
        with pytest.raises(HealingError):
            copy(grace, site, MONDAY, weeks)
