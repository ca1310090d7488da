"""Whoever was promised a call and waits again is made known again: an alarm that went is not the last one."""

from datetime import timedelta
from typing import Any

import pytest

from healing import access, clock
from healing.models import Membership, Site, User
from healing.roles import Role
from support.actions import asking, giving, records
from support.models import Alarm, Away, Due, Request, Shift, Supporter
from tests.factories.cases import as_role, make_staff
from tests.factories.peers import (
    ask,
    asking_as,
    coordinating,
    make_supporter,
    seen_by_due_work,
    supporting,
    tick,
    working,
)
from tests.mail_sink import TAKEN, Sink

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sink")]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def grace(site: Site) -> User:
    return make_staff(site, Role.COORDINATOR)


def alarms() -> int:
    with working() as by:
        return Alarm.objects.visible_to(by).count()


def accepted(request: Request) -> Supporter:
    tick()
    supporter = seen_by_due_work(request).supporter
    assert supporter is not None
    with supporting(supporter) as by:
        giving.accept(by=by, request=request)
    return supporter


def hand_on(request: Request, tom: Supporter, words: str) -> None:
    with supporting(tom) as by:
        giving.hand_on(by=by, request=request)


def somebody_else(request: Request, tom: Supporter, words: str) -> None:
    with asking_as(words) as by:
        asking.ask_for_someone_else(by=by, request=request)


def test_a_search_in_which_workers_died_begins_anew_when_the_target_has_passed(
    site: Site, grace: User, time: Any, sink: Sink
) -> None:
    request, _ = ask(site)
    with working() as by:
        searches = Due.objects.visible_to(by).filter(subject=request.pk, kind="support.find")
        assert searches.update(state="stuck") == 1
    tom = make_supporter(site)
    time.shift(31 * MINUTE)
    tick()
    assert (alarms(), seen_by_due_work(request).supporter) == (1, None)

    time.shift(10 * MINUTE)
    tick()
    assert seen_by_due_work(request).supporter == tom


@pytest.mark.parametrize("lost", [hand_on, somebody_else])
def test_whoever_waits_again_with_nobody_to_call_is_made_known_again(
    site: Site, grace: User, time: Any, sink: Sink, lost: Any
) -> None:
    request, words = ask(site)
    tick()
    assert (alarms(), len(sink.to(grace.email))) == (1, 1)
    make_supporter(site)
    time.shift(10 * MINUTE)
    tom = accepted(request)
    assert alarms() == 0

    lost(request, tom, words)
    tick()

    assert (alarms(), len(sink.to(grace.email))) == (1, 2)
    assert seen_by_due_work(request).status == "waiting"


def test_an_alarm_goes_with_the_time_it_was_for_and_comes_again_at_the_next(
    site: Site, grace: User, time: Any, sink: Sink
) -> None:
    request, words = ask(site)
    tick()
    with asking_as(words) as by:
        at = asking.clock.now() + 600 * MINUTE
        asking.change_time(by=by, request=Request.objects.visible_to(by).get(), when="at", at=at)
    tick()
    assert (alarms(), len(sink.to(grace.email))) == (0, 1)

    time.shift(541 * MINUTE)
    tick()

    assert (alarms(), len(sink.to(grace.email))) == (1, 2)


def test_no_letter_leaves_about_an_alarm_that_went_meanwhile(site: Site, grace: User, time: Any, sink: Sink) -> None:
    request, _ = ask(site)
    with working() as by:
        asking.paging.call_next(by=by, request_id=request.pk)
    make_supporter(site)
    with working() as by:
        asking.paging.call_next(by=by, request_id=request.pk)
    with supporting(seen_by_due_work(request).supporter) as by:
        giving.accept(by=by, request=request)
    tick()

    assert sink.to(grace.email) == []


@pytest.mark.parametrize("when", ["before_shift", "after_shift"])
def test_a_promise_for_before_or_after_the_shift_is_not_late_at_the_target(
    site: Site, grace: User, sink: Sink, time: Any, when: str
) -> None:
    """Only the two of them know when that is."""
    make_supporter(site)
    request, _ = ask(site, when=when)
    tom = accepted(request)
    time.shift(site.clock("peer_call_back") + MINUTE)
    tick()
    tick()

    assert (alarms(), sink.to(grace.email)) == (0, [])
    assert seen_by_due_work(request).supporter == tom


def test_a_promise_for_after_the_shift_that_was_lost_is_made_known_when_nobody_answers(
    site: Site, grace: User, time: Any
) -> None:
    """Colleagues who never answer, one after the other, are not a colleague who calls."""
    for _ in range(7):
        make_supporter(site)
    request, _ = ask(site, when="after_shift")
    tom = accepted(request)
    with working() as by:
        Shift.objects.visible_to(by).filter(supporter=tom).update(ends_at=asking.clock.now() + 90 * MINUTE)
        Due.objects.visible_to(by).filter(kind="support.shift_over").update(due_at=asking.clock.now() + 90 * MINUTE)
    for _ in range(14):
        time.shift(10 * MINUTE)
        tick()

    assert seen_by_due_work(request).status == "waiting"
    assert alarms() == 1


def test_a_promise_made_after_the_target_is_watched_like_any_other(site: Site, grace: User, time: Any) -> None:
    """Nobody was on call, the target passed, somebody came and said yes: and then did not call."""
    request, _ = ask(site)
    tick()
    time.shift(2 * site.clock("peer_call_back"))
    tick()
    make_supporter(site)
    time.shift(11 * MINUTE)
    accepted(request)
    with working() as by:
        Shift.objects.visible_to(by).update(ends_at=asking.clock.now() + 600 * MINUTE)
    time.shift(2 * site.clock("peer_call_back") + MINUTE)
    tick()

    assert seen_by_due_work(request).status == "waiting"


def test_who_takes_it_over_has_not_promised_to_keep_it_beyond_their_shift(site: Site, time: Any) -> None:
    make_supporter(site)
    request, _ = ask(site)
    tom = accepted(request)
    with supporting(tom) as by:
        giving.keep(by=by, request=request)
        Away(site=site, supporter=tom, starts_at=asking.clock.now()).save(force_insert=True)
    make_supporter(site)
    time.shift(61 * MINUTE)
    tick()

    assert accepted(request) != tom
    assert not seen_by_due_work(request).kept


def test_a_call_that_may_have_left_is_sent_again_rather_than_not_at_all(site: Site, sink: Sink, time: Any) -> None:
    """The letter says nothing, so that one too many harms nobody."""
    tom = make_supporter(site)
    sink.data_answer = ""  # hangs up after the message was read
    ask(site)
    tick()
    sink.data_answer = TAKEN
    time.shift(timedelta(seconds=30))
    tick()

    assert len([letter for letter in sink.letters if letter["To"] == User.objects.get(pk=tom.user_id).email]) == 2


def test_whoever_s_supporter_lost_the_role_is_given_to_a_colleague(site: Site, sink: Sink, time: Any) -> None:
    request, _ = ask(site)
    first = make_supporter(site)
    tick()
    with supporting(first) as by:
        giving.accept(by=by, request=request)
        giving.reached(by=by, request=request)
    with as_role("healing_worker"), access.opened("site", site.pk) as viewer:
        Membership.objects.visible_to(viewer).filter(user=first.user_id).update(ended_at=clock.now())
    second = make_supporter(site, on_call=False, backup=True)

    time.shift(timedelta(hours=24, minutes=1))
    tick()

    assert seen_by_due_work(request).supporter == second


def test_whose_record_ends_while_they_are_called_makes_nobody_wait(site: Site, grace: User) -> None:
    for _ in range(2):
        make_supporter(site)
    request, _ = ask(site)
    tick()
    called = seen_by_due_work(request).supporter
    assert called is not None
    with coordinating(grace) as by:
        records.end(by=by, supporter=called)
    tick()

    assert seen_by_due_work(request).supporter not in (called, None)
