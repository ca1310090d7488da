"""A named colleague can say "Not this time": the offer ends, the shift stays where it is, and nobody is asked twice."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from healing import clock
from healing.errors import HealingError
from healing.models import Site, User
from healing.roles import Role
from support.actions import shifts
from support.models import Supporter, Swap
from tests.factories.cases import make_staff
from tests.factories.peers import coordinating, make_shift, make_supporter, supporting, tick, working
from tests.support.coordinating import words
from tests.support.test_shifts import DAY, HOUR, TUESDAY, at, main, offered, refusal, tomorrow, whose

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _tuesday(sink: Any) -> Iterator[None]:
    with time_machine.travel(TUESDAY, tick=False):
        yield


@pytest.fixture
def tom(site: Site) -> Supporter:
    return make_supporter(site, on_call=False)


@pytest.fixture
def ann(site: Site) -> Supporter:
    row = make_supporter(site, on_call=False)
    at(row, "Ann Oak")
    return row


def leave(supporter: Supporter, swap: Swap) -> Any:
    return at(supporter).post(reverse("support_swap_leave", args=[swap.pk]))


def state(swap: Swap) -> str:
    with working() as by:
        return Swap.objects.visible_to(by).get(pk=swap.pk).state


def test_not_this_time_is_as_near_as_taking_it(tom: Supporter, ann: Supporter) -> None:
    swap = offered(tomorrow(tom), to=ann)

    for page in ("support_now", "support_shifts"):
        shown = main(at(ann).get(reverse(page)))
        assert f'action="{reverse("support_swap_leave", args=[swap.pk])}"' in shown
        assert shown.count('class="govuk-button govuk-button--secondary" data-module') >= 2


def test_whoever_is_not_named_need_not_answer(tom: Supporter, ann: Supporter) -> None:
    swap = offered(tomorrow(tom))
    shown = main(at(ann).get(reverse("support_now")))

    assert "Take this shift" in shown
    assert "Not this time" not in shown
    assert (leave(ann, swap).status_code, state(swap)) == (409, "open")


def test_the_shift_stays_and_can_be_offered_to_others(site: Site, tom: Supporter, ann: Supporter) -> None:
    lee = make_supporter(site, on_call=False)
    at(lee, "Lee Ash")
    shift = tomorrow(tom)
    swap = offered(shift, to=ann)
    assert leave(ann, swap)["Location"] == reverse("support_shifts")

    assert (whose(shift), refusal(ann, swap)) == (tom, shifts.GONE)
    now, mine = words(at(tom).get(reverse("support_now"))), words(at(tom).get(reverse("support_shifts")))
    assert "Your shift is still yours" in now
    assert "Ann Oak cannot take it this time. It is still yours, and you can offer it to others." in mine
    offer = at(tom).get(reverse("support_swap_offer", args=[shift.pk]))
    assert [name for _, name in offer.context["form"]["to"].field.choices] == ["Whoever takes it", "Lee Ash"]
    offered(shift, to=lee)
    now, mine = words(at(tom).get(reverse("support_now"))), words(at(tom).get(reverse("support_shifts")))
    assert "still yours" not in now
    assert "Ann Oak cannot" not in mine


def test_whoever_gave_it_gets_the_letter_that_says_nothing(tom: Supporter, ann: Supporter, sink: Any) -> None:
    swap = offered(tomorrow(tom), to=ann)
    tick()
    leave(ann, swap)
    tick()
    asked, told = sink.letters

    assert told["To"] == User.objects.get(pk=tom.user_id).email
    assert (told["Subject"], told.get_payload()) == (asked["Subject"], asked.get_payload())


def test_nobody_else_answers_for_them_or_sees_it(site: Site, tom: Supporter, ann: Supporter) -> None:
    lee, grace = make_supporter(site, on_call=False), make_staff(site, Role.COORDINATOR)
    swap = offered(tomorrow(tom), to=ann)
    for other, code in ((lee, 404), (tom, 409)):
        assert (leave(other, swap).status_code, state(swap)) == (code, "open")
    leave(ann, swap)

    assert state(swap) == "not_this_time"
    with coordinating(grace) as by:
        assert not Swap.objects.visible_to(by).exists()
    assert "Your shift is still yours" not in words(at(ann).get(reverse("support_now")))


def test_said_twice_or_after_it_was_taken_it_changes_nothing(tom: Supporter, ann: Supporter) -> None:
    shift = tomorrow(tom)
    swap = offered(shift, to=ann)
    with supporting(ann) as by:
        shifts.take(by=by, swap=swap)
    with supporting(ann) as by, pytest.raises(HealingError, match="not on offer any more"):
        shifts.leave(by=by, swap=swap)

    assert (whose(shift), state(swap)) == (ann, "taken")


# --- the next days --------------------------------------------------------------------------------------------------
def test_the_next_seven_days_are_shown_and_none_gone_by(tom: Supporter, ann: Supporter) -> None:
    with working():
        make_shift(ann, clock.now() - DAY - 2 * HOUR, hours=8)  # over
        make_shift(ann, clock.now() + 6 * DAY, hours=8)
    shown = words(at(tom).get(reverse("support_shifts"))).split("The next seven days")[1]

    assert shown.strip().startswith("Tuesday 24 November")
    assert "Monday 30 November 10:00–18:00 Ann Oak" in shown
    assert "23 November" not in shown
    assert shown.count("Ann Oak") == 1


def test_who_came_on_duty_yesterday_and_is_still_there_stands_first(tom: Supporter, ann: Supporter) -> None:
    with working():
        make_shift(ann, datetime(2026, 11, 23, 19, 0, tzinfo=UTC), hours=12)
    with time_machine.travel(datetime(2026, 11, 24, 2, 0, tzinfo=UTC), tick=False):
        shown = words(at(tom).get(reverse("support_shifts")))

    assert "Tuesday 24 November Mon 19:00–07:00 Ann Oak" in shown
