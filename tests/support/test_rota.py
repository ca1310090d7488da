"""The rota: gaps as they really are, hours over clock changes, and planning that puts nobody in two places."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine

from healing import access
from healing.errors import HealingError, NotAllowed
from healing.models import Holiday, Membership, User
from healing.roles import Role
from support.actions import giving, records, rota
from support.models import Away, Channel, Competence, Key, Shift, Supporter, Swap
from support.queries import rota as planned
from support.queries.on_call import on_call
from support.wall_clock import SkippedTime, coming, moment, on_the_wall, whole_day
from tests.conftest import become
from tests.factories.cases import make_site, make_staff
from tests.factories.peers import (
    ask,
    coordinating,
    make_channel,
    make_supporter,
    seen_by_due_work,
    supporting,
    tick,
    working,
)
from tests.mail_sink import listening

pytestmark = pytest.mark.django_db
LONDON, TORONTO = "Europe/London", "America/Toronto"
MONDAY = date(2026, 11, 16)


@pytest.fixture(autouse=True)
def _now() -> Any:
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


def at(day: date, hour: int, minute: int = 0, zone: str = LONDON) -> datetime:
    return coming(day, time(hour, minute), zone)


def shift(who: Supporter, start: datetime, end: datetime) -> Shift:
    with working():
        return Shift.objects.create(site_id=who.site_id, supporter=who, starts_at=start, ends_at=end)


def week(grace: Any, site: Any, monday: date = MONDAY) -> planned.Week:
    with coordinating(grace) as by:
        return planned.week(by, site, monday)


def said(day: planned.Day) -> list[str]:
    """Each line as a person reads it."""
    return [
        f"{'on call' if line.on_call else 'nobody'} {line.since or '…'}-{line.until or '…'}"
        f"{' ' + line.on_call.note if line.on_call and line.on_call.note else ''}"
        for line in day.lines
    ]


# --- gaps -----------------------------------------------------------------------------------------------------------
def test_hours_without_anybody_stand_where_they_are(grace: Any, site: Any, tom: Supporter) -> None:
    shift(tom, at(MONDAY, 7), at(MONDAY, 22))
    shift(tom, at(MONDAY + timedelta(1), 7), at(MONDAY + timedelta(2), 7))
    found = week(grace, site)

    assert said(found.days[0]) == ["nobody …-07:00", "on call 07:00-22:00", "nobody 22:00-07:00"]
    assert said(found.days[1]) == ["on call 07:00-07:00"]
    assert said(found.days[3]) == ["nobody …-…"]
    assert (found.hours, found.covered, found.open) == (168, 39, 129)


def test_the_night_after_the_week_is_told_with_its_end(grace: Any, site: Any, tom: Supporter) -> None:
    shift(tom, at(MONDAY, 0), at(MONDAY + timedelta(6), 22))
    shift(tom, at(MONDAY + timedelta(7), 7), at(MONDAY + timedelta(7), 20))

    assert said(week(grace, site).days[6])[-1] == "nobody 22:00-07:00"


def test_a_full_week_has_no_gap(grace: Any, site: Any, tom: Supporter) -> None:
    for day in range(-1, 9):
        shift(tom, at(MONDAY + timedelta(day), 0), at(MONDAY + timedelta(day + 1), 0))
    found = week(grace, site)

    assert (found.open, found.covered) == (0, 168)
    assert all(line.on_call for day in found.days for line in day.lines)


def test_a_minute_is_enough_not_to_say_all_of_it(grace: Any, site: Any, tom: Supporter) -> None:
    shift(tom, at(MONDAY - timedelta(1), 0), at(MONDAY + timedelta(6), 23))
    shift(tom, at(MONDAY + timedelta(6), 23, 1), at(MONDAY + timedelta(7), 9))

    assert week(grace, site).open == 1


def test_whoever_is_away_leaves_a_gap_and_nobody_reads_why(grace: Any, site: Any, tom: Supporter) -> None:
    shift(tom, at(MONDAY, 0), at(MONDAY + timedelta(1), 0))
    shift(tom, at(MONDAY + timedelta(1), 0), at(MONDAY + timedelta(2), 0))
    with working():
        Away.objects.create(supporter=tom, site=site, starts_at=at(MONDAY, 12), ends_at=at(MONDAY + timedelta(2), 0))
    found = week(grace, site)

    assert said(found.days[0]) == ["on call …-… away for a part of it", "nobody 12:00-…"]
    assert said(found.days[1]) == ["on call …-… away", "nobody …-…"]


def test_away_until_they_say_that_they_are_back(grace: Any, site: Any, tom: Supporter) -> None:
    shift(tom, at(MONDAY, 0), at(MONDAY + timedelta(1), 0))
    with working():
        Away.objects.create(supporter=tom, site=site, starts_at=at(MONDAY - timedelta(30), 0))

    assert week(grace, site).covered == 0


@pytest.mark.parametrize(
    ("why", "changes"),
    [
        ("has not signed yet", {"agreed_on": None}),
        ("training is not valid all of this time", {"agreed_on": MONDAY + timedelta(2)}),
        ("training is not valid all of this time", {"ended_on": MONDAY - timedelta(1)}),
    ],
)
def test_whoever_may_not_be_called_leaves_a_gap(grace: Any, site: Any, why: str, changes: dict[str, Any]) -> None:
    one = make_supporter(site, on_call=False, **changes)
    shift(one, at(MONDAY, 8), at(MONDAY, 9))
    found = week(grace, site)

    assert found.covered == 0
    assert f"on call 08:00-09:00 {why}" in said(found.days[0])


def test_training_counts_until_the_day_it_runs_out(grace: Any, site: Any, tom: Supporter) -> None:
    shift(tom, at(MONDAY, 0), at(MONDAY + timedelta(2), 0))
    with working() as by:
        Competence.objects.visible_to(by).filter(supporter=tom).update(expires_on=MONDAY + timedelta(1))

    assert week(grace, site).covered == 24


def test_without_the_training_or_the_role_nobody_is_on_call(grace: Any, site: Any, tom: Supporter) -> None:
    other = make_supporter(site, on_call=False)
    shift(tom, at(MONDAY, 0), at(MONDAY, 8))
    shift(other, at(MONDAY, 8), at(MONDAY, 16))
    with working() as by:
        Competence.objects.visible_to(by).filter(supporter=tom).delete()
    become("healing_worker")
    with access.opened("site", site.pk) as by:
        Membership.objects.visible_to(by).filter(user=other.user_id).update(ended_at=datetime(2026, 1, 1, tzinfo=UTC))
    become("healing_web")
    found = week(grace, site)

    assert found.covered == 0
    assert said(found.days[0]) == [
        "on call 00:00-08:00 training is missing",
        "nobody …-…",
        "on call 08:00-16:00 not a peer supporter any more",
    ]


def test_whoever_s_account_is_closed_leaves_a_gap(grace: Any, site: Any, tom: Supporter) -> None:
    """As where colleagues ask, and whoever can be called: one answer to who is there."""
    shift(tom, at(MONDAY, 0), at(MONDAY + timedelta(7), 0))
    assert week(grace, site).open == 0
    with coordinating(grace) as by:
        assert on_call(by, site).anybody

    User.objects.filter(pk=tom.user_id).update(is_active=False)

    assert week(grace, site).covered == 0
    assert said(week(grace, site).days[1]) == ["on call …-… not a peer supporter any more", "nobody …-…"]
    with coordinating(grace) as by:
        assert not on_call(by, site).anybody


def test_another_site_s_rota_is_not_shown(grace: Any, site: Any) -> None:
    elsewhere = make_supporter(make_site(), on_call=False)
    shift(elsewhere, at(MONDAY, 0), at(MONDAY, 8))

    assert week(grace, site).covered == 0


def test_days_off_are_named(grace: Any, site: Any) -> None:
    Holiday.objects.create(site=site, day=MONDAY + timedelta(2), name="Founders' Day")
    Holiday.objects.create(site=make_site(), day=MONDAY, name="Elsewhere")

    assert [day.holiday for day in week(grace, site).days] == ["", "", "Founders' Day", "", "", "", ""]


# --- what can be done about it --------------------------------------------------------------------------------------
def test_a_night_without_anybody_is_one_gap(grace: Any, site: Any, tom: Supporter) -> None:
    """On the day on which it begins, with its end; also on today, where the day before may be folded away."""
    for day in range(-1, 8):
        shift(tom, at(MONDAY + timedelta(day), 7), at(MONDAY + timedelta(day), 22))
    found = week(grace, site)

    usual = ["on call 07:00-22:00", "nobody 22:00-07:00"]
    first = ["nobody …-07:00", *usual]
    assert [said(day) for day in found.days] == [first, usual, first, *[usual] * 4]
    assert [line.acts for line in found.days[3].lines] == [True, True]


def test_what_is_over_offers_nothing(grace: Any, site: Any, tom: Supporter) -> None:
    """It is Wednesday noon: the night before is over, and so is what began on Tuesday and ended."""
    shift(tom, at(MONDAY, 7), at(MONDAY, 22))
    shift(tom, at(MONDAY + timedelta(1), 22), at(MONDAY + timedelta(2), 14))
    found = week(grace, site)

    assert [(line.over, line.acts) for day in found.days[:2] for line in day.lines] == [(True, False)] * 4
    assert [(said(found.days[2])[at], line.over, line.acts) for at, line in enumerate(found.days[2].lines)] == [
        ("on call …-14:00", False, True),
        ("nobody 14:00-…", False, True),
    ]
    assert [line.acts for line in found.days[4].lines] == [True]


# --- clocks that change ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        (LONDON, date(2027, 3, 28), 23),
        (LONDON, date(2026, 10, 25), 25),
        (TORONTO, date(2027, 3, 14), 23),
        (TORONTO, date(2026, 11, 1), 25),
    ],
)
def test_a_day_has_the_hours_that_it_has(zone: str, day: date, hours: int) -> None:
    place = make_site(time_zone=zone)
    keeper = make_staff(place, Role.COORDINATOR)
    one = make_supporter(place, on_call=False)
    whole = whole_day(day, zone)
    shift(one, whole.start, whole.end)
    found = week(keeper, place, day - timedelta(days=6))

    assert whole.hours == hours
    assert [one.hours for one in found.days] == [24] * 6 + [hours]
    assert (found.hours, found.covered) == (6 * 24 + hours, hours)
    assert said(found.days[6]) == ["on call …-…"]


def test_a_time_that_is_skipped_is_said_and_one_that_comes_twice_is_the_first() -> None:
    with pytest.raises(SkippedTime, match="01:30"):
        moment(date(2027, 3, 28), time(1, 30), LONDON)
    with pytest.raises(SkippedTime, match="02:30"):
        moment(date(2027, 3, 14), time(2, 30), TORONTO)

    assert moment(date(2026, 10, 25), time(1, 30), LONDON) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert moment(date(2026, 11, 1), time(1, 30), TORONTO) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_an_hour_that_comes_twice_says_which() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)

    assert on_the_wall(first, LONDON) == "01:30 BST"
    assert on_the_wall(first + timedelta(hours=1), LONDON) == "01:30 GMT"
    assert on_the_wall(first + timedelta(hours=2), LONDON) == "02:30"


# --- planning -------------------------------------------------------------------------------------------------------
def test_nobody_has_two_shifts_at_once(grace: Any, tom: Supporter) -> None:
    tomorrow = MONDAY + timedelta(3)
    with coordinating(grace) as by:
        rota.add_shift(by=by, supporter=tom, starts_at=at(tomorrow, 22), ends_at=at(tomorrow + timedelta(1), 7))
        with pytest.raises(rota.Overlap):
            rota.add_shift(
                by=by, supporter=tom, starts_at=at(tomorrow + timedelta(1), 6), ends_at=at(tomorrow + timedelta(1), 9)
            )
        rota.add_shift(
            by=by, supporter=tom, starts_at=at(tomorrow + timedelta(1), 7), ends_at=at(tomorrow + timedelta(1), 9)
        )
        assert Shift.objects.visible_to(by).count() == 2


def test_only_time_to_come_is_planned_and_unplanned(grace: Any, tom: Supporter) -> None:
    over = shift(tom, at(MONDAY, 8), at(MONDAY, 9))
    with coordinating(grace) as by:
        with pytest.raises(HealingError, match="over already"):
            rota.add_shift(by=by, supporter=tom, starts_at=at(MONDAY, 10), ends_at=at(MONDAY, 11))
        with pytest.raises(HealingError, match="It stays"):
            rota.remove_shift(by=by, shift=over)


def test_only_the_coordinator_of_the_site_plans(tom: Supporter) -> None:
    start = at(MONDAY + timedelta(3), 8)
    stranger = make_staff(make_site(), Role.COORDINATOR)
    with coordinating(stranger) as by, pytest.raises(NotAllowed):
        rota.add_shift(by=by, supporter=tom, starts_at=start, ends_at=start + timedelta(hours=1))
    with supporting(tom) as by, pytest.raises(NotAllowed):
        rota.add_shift(by=by, supporter=tom, starts_at=start, ends_at=start + timedelta(hours=1))


def test_a_shift_goes_with_its_swap_that_the_coordinator_cannot_see(grace: Any, site: Any, tom: Supporter) -> None:
    planned_shift = shift(tom, at(MONDAY + timedelta(3), 8), at(MONDAY + timedelta(3), 9))
    with supporting(tom):
        Swap.objects.create(site=site, shift=planned_shift, offered_by=tom)
    with coordinating(grace) as by:
        assert not Swap.objects.visible_to(by).exists()
        rota.remove_shift(by=by, shift=planned_shift)
    with working() as by:
        assert not Swap.objects.visible_to(by).exists()
        assert not Shift.objects.visible_to(by).exists()


def test_ending_a_record_removes_what_was_still_to_come(grace: Any, tom: Supporter) -> None:
    shift(tom, at(MONDAY, 8), at(MONDAY, 9))
    shift(tom, at(MONDAY + timedelta(2), 11), at(MONDAY + timedelta(2), 14))  # running
    shift(tom, at(MONDAY + timedelta(9), 8), at(MONDAY + timedelta(9), 9))
    with coordinating(grace) as by:
        assert records.end(by=by, supporter=tom) == 2
        assert [one.starts_at for one in Shift.objects.visible_to(by)] == [at(MONDAY, 8)]
        with pytest.raises(HealingError, match="ended"):
            records.end(by=by, supporter=tom)


def test_whoever_was_with_somebody_who_leaves_is_called_by_a_colleague(
    grace: Any, site: Any, tom: Supporter, settings: Any
) -> None:
    shift(tom, at(MONDAY + timedelta(2), 11), at(MONDAY + timedelta(2), 14))
    make_channel(tom, "sms", "07700 900123")
    with listening(settings):
        first, second = (ask(site)[0] for _ in range(2))
        tick()
        with supporting(tom) as by:
            for request in (first, second):
                giving.accept(by=by, request=request)
            giving.reached(by=by, request=second)
        other = make_supporter(site)
        with coordinating(grace) as by:
            records.end(by=by, supporter=tom)
        tick()
        tick()

    assert {seen_by_due_work(request).supporter for request in (first, second)} == {other}
    with working() as by:
        assert not Channel.objects.visible_to(by).exists()
        assert not Key.objects.visible_to(by).filter(holder=tom.pk).exists()
