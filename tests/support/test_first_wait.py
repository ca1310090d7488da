"""How long somebody waited is decided when they were first reached. Whatever they do later changes nothing of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from healing import clock
from healing.models import Site
from support.actions import asking, closing, giving
from support.models import Encounter, Request, Supporter
from support.models.requests import WAITS
from tests.factories.peers import ask, asking_as, make_supporter, seen_by_due_work, supporting, tick, working

pytestmark = pytest.mark.django_db
Later = Callable[[Request, str], None]
LATER_ON = timedelta(hours=20)


def whose(request: Request) -> Supporter:
    supporter = seen_by_due_work(request).supporter
    assert supporter
    return supporter


def accept(request: Request) -> None:
    tick()
    with supporting(whose(request)) as by:
        giving.accept(by=by, request=request)


def reach(request: Request) -> None:
    with supporting(whose(request)) as by:
        giving.reached(by=by, request=request)


def close(request: Request, outcome: str = "supported") -> tuple[Any, ...]:
    """What the log says of the wait."""
    with supporting(whose(request)) as by:
        closing.close(by=by, request=request, outcome=outcome)
    with working() as by:
        line = Encounter.objects.visible_to(by).get()
        return line.minutes_to_claim, line.minutes_to_reach, line.in_target


def another_time(request: Request, words: str) -> None:
    with asking_as(words) as by:
        asking.change_time(by=by, request=request, when="at", at=clock.now() + LATER_ON)


def any_time(request: Request, words: str) -> None:
    with asking_as(words) as by:
        asking.change_time(by=by, request=request, when="after_shift", at=None)


def another_colleague(request: Request, words: str) -> None:
    with asking_as(words) as by:
        asking.ask_for_someone_else(by=by, request=request)
    accept(request)
    reach(request)


def handed_on(request: Request, words: str) -> None:
    with supporting(whose(request)) as by:
        giving.hand_on(by=by, request=request)
    accept(request)
    reach(request)


def handed_on_and_never_reached(request: Request, words: str) -> None:
    with supporting(whose(request)) as by:
        giving.hand_on(by=by, request=request)
    accept(request)


def spoken_again(request: Request, words: str) -> None:
    reach(request)


LATER = [another_time, any_time, another_colleague, handed_on, handed_on_and_never_reached, spoken_again]


@pytest.mark.parametrize("outcome", ["supported", "not_reached"])
@pytest.mark.parametrize("later", LATER)
@pytest.mark.parametrize(("minutes", "in_target"), [(5, True), (54, False)])
def test_what_comes_after_the_first_talk_does_not_change_the_wait(
    site: Site, sink: Any, time: Any, minutes: int, in_target: bool, later: Later, outcome: str
) -> None:
    make_supporter(site), make_supporter(site)
    request, words = ask(site)
    time.shift(timedelta(minutes=2))
    accept(request)
    time.shift(timedelta(minutes=minutes - 2))
    reach(request)
    time.shift(timedelta(hours=1))
    later(request, words)

    assert close(request, outcome) == (2, minutes, in_target)


def test_the_target_of_that_day_counts(site: Site, sink: Any, time: Any) -> None:
    make_supporter(site)
    request, _ = ask(site)
    accept(request)
    time.shift(timedelta(minutes=25))
    reach(request)
    Site.objects.filter(pk=site.pk).update(clocks={"peer_call_back": 10})

    assert close(request) == (0, 25, True)


def test_before_the_first_talk_the_wait_is_from_the_time_that_was_chosen_last(site: Site, sink: Any, time: Any) -> None:
    make_supporter(site)
    request, words = ask(site)
    accept(request)
    time.shift(timedelta(minutes=20))
    at = clock.now() + timedelta(minutes=90)
    with asking_as(words) as by:
        asking.change_time(by=by, request=request, when="at", at=at)
    time.move_to(at + timedelta(minutes=7))
    reach(request)

    assert close(request) == (0, 7, True)


def test_whom_a_second_colleague_reached_first_waited_until_then(site: Site, sink: Any, time: Any) -> None:
    make_supporter(site), make_supporter(site)
    request, words = ask(site)
    accept(request)
    time.shift(timedelta(minutes=15))
    with asking_as(words) as by:
        asking.ask_for_someone_else(by=by, request=request)
    accept(request)
    time.shift(timedelta(minutes=25))
    reach(request)

    assert close(request) == (15, 40, False)


def test_a_first_talk_after_a_shift_is_not_measured_later_on_either(site: Site, sink: Any, time: Any) -> None:
    make_supporter(site), make_supporter(site)
    request, words = ask(site, when="after_shift")
    accept(request)
    reach(request)
    another_time(request, words)
    time.shift(LATER_ON)
    another_colleague(request, words)

    assert close(request) == (0, None, None)


def test_when_it_ends_nothing_of_the_wait_stays_with_the_request(site: Site, sink: Any, time: Any) -> None:
    make_supporter(site)
    Site.objects.filter(pk=site.pk).update(clocks={"peer_keeps": 3})
    request, _ = ask(site)
    accept(request)
    time.shift(timedelta(minutes=5))
    reach(request)
    open_row = seen_by_due_work(request)
    assert [getattr(open_row, name) for name in WAITS] == [0, 5, True]
    close(request)

    row = seen_by_due_work(request)
    assert (row.status, [getattr(row, name) for name in WAITS]) == ("closed", [None] * 3)


@pytest.mark.parametrize(
    ("minutes", "when", "told"),
    [
        (12, "now", (2, 12, True)),
        (30, "now", (2, 30, True)),
        (31, "now", (2, None, False)),
        (12, "after_shift", (2, None, None)),
    ],
)
def test_a_talk_that_was_not_noted_was_before_it_was_closed(
    site: Site, sink: Any, time: Any, minutes: int, when: str, told: tuple[Any, ...]
) -> None:
    """Closed within the target, they were reached within it. Closed later, nobody knows when they were."""
    make_supporter(site)
    request, _ = ask(site, when=when)
    time.shift(timedelta(minutes=2))
    accept(request)
    time.shift(timedelta(minutes=minutes - 2))

    assert close(request) == told
