"""Whoever has said yes hears when something changes, or when it was forgotten: that something waits, and never what."""

from datetime import timedelta
from typing import Any

import pytest

from healing import clock
from healing.models import Site, User
from healing.roles import Role
from support.actions import asking, closing, giving, news, paging
from support.models import Due, Request, Supporter
from tests.factories.cases import make_staff
from tests.factories.peers import (
    ask,
    asking_as,
    make_channel,
    make_supporter,
    seen_by_due_work,
    supporting,
    tick,
    working,
)
from tests.mail_sink import Sink

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
OTHER_NUMBER = {"reach_by": "text", "contact": "07700900456"}


@pytest.fixture
def tom(site: Site) -> Supporter:
    return make_supporter(site, capacity=9)


def accepted(site: Site, tom: Supporter, **wish: Any) -> tuple[Request, str]:
    request, words = ask(site, **wish)
    tick()
    with supporting(tom) as by:
        giving.accept(by=by, request=request)
    return request, words


def change(act: Any, words: str, **how: Any) -> None:
    with asking_as(words) as by:
        act(by=by, request=Request.objects.visible_to(by).get(), **how)


def arrived(sink: Sink, who: Supporter) -> list[Any]:
    """Letters since this was asked for last."""
    tick()
    email = User.objects.get(pk=who.user_id).email
    found = [letter for letter in sink.letters if letter["To"] == email]
    sink.letters.clear()
    return found


@pytest.mark.parametrize(
    ("act", "how"),
    [
        (asking.change_time, {"when": "now", "at": None}),
        (asking.change_contact, OTHER_NUMBER),
        (asking.answer, {"answer": "no_voice"}),
    ],
)
@pytest.mark.parametrize("spoken", [False, True])
def test_whoever_said_yes_hears_of_a_change(
    spoken: bool, act: Any, how: Any, site: Site, tom: Supporter, time: Any, sink: Sink
) -> None:
    request, words = accepted(site, tom, when="after_shift")
    if spoken:
        with supporting(tom) as by:
            giving.reached(by=by, request=request)
    (call,) = arrived(sink, tom)
    change(act, words, **how)
    time.shift(2 * MINUTE)
    (letter,) = arrived(sink, tom)

    assert letter.get_payload() == call.get_payload()
    assert letter["Subject"] == call["Subject"]
    time.shift(HOUR)
    assert arrived(sink, tom) == []


def test_on_each_of_their_ways(site: Site, tom: Supporter, time: Any, sink: Sink) -> None:
    phone = make_channel(tom, "sms", "+447700900999")
    request, words = accepted(site, tom)
    change(asking.change_contact, words, **OTHER_NUMBER)
    time.shift(2 * MINUTE)
    with working() as by:
        news.tell(by=by, request_id=request.pk)
        told = Due.objects.visible_to(by).filter(kind="support.news", subject=request.pk)
        assert set(told.values_list("to", flat=True)) == {tom.pk, phone.pk}


def test_several_changes_at_once_are_one_message_and_each_is_followed_by_one(
    site: Site, tom: Supporter, time: Any, sink: Sink
) -> None:
    time.move_to((clock.now() + HOUR).replace(minute=10, second=1))
    _, words = accepted(site, tom)
    arrived(sink, tom)
    for _ in range(4):
        change(asking.change_contact, words, **OTHER_NUMBER)
        tick()
        time.shift(timedelta(seconds=20))
    assert arrived(sink, tom) == []
    time.shift(MINUTE)
    assert len(arrived(sink, tom)) == 1
    change(asking.change_contact, words, **OTHER_NUMBER)
    time.shift(2 * MINUTE)
    assert len(arrived(sink, tom)) == 1


def test_the_same_answer_once_more_is_nothing_new(site: Site, tom: Supporter, time: Any, sink: Sink) -> None:
    _, words = accepted(site, tom)
    for _ in range(3):
        change(asking.answer, words, answer="no_hurry")
        time.shift(2 * MINUTE)
        tick()

    assert len(arrived(sink, tom)) == 2  # the call, and one about the answer


def test_who_has_it_no_more_hears_nothing(site: Site, tom: Supporter, time: Any, sink: Sink) -> None:
    _, words = accepted(site, tom)
    arrived(sink, tom)
    change(asking.change_contact, words, **OTHER_NUMBER)
    change(asking.ask_for_someone_else, words)
    time.shift(2 * MINUTE)

    assert arrived(sink, tom) == []


def test_nor_when_it_goes_just_before_the_letter_leaves(site: Site, tom: Supporter, sink: Sink) -> None:
    request, words = accepted(site, tom)
    arrived(sink, tom)
    with working() as by:
        news.tell(by=by, request_id=request.pk)
    change(asking.ask_for_someone_else, words)

    assert arrived(sink, tom) == []


def test_who_is_only_asked_is_not_told_of_a_change(site: Site, tom: Supporter, time: Any, sink: Sink) -> None:
    _, words = ask(site)
    arrived(sink, tom)
    change(asking.change_contact, words, **OTHER_NUMBER)
    time.shift(2 * MINUTE)

    assert arrived(sink, tom) == []


def test_what_was_forgotten_is_brought_to_mind_once_a_week(site: Site, tom: Supporter, time: Any, sink: Sink) -> None:
    request, _ = accepted(site, tom)
    with supporting(tom) as by:
        giving.reached(by=by, request=request)
    arrived(sink, tom)
    heard = []
    for day in range(1, 16):
        time.shift(DAY)
        tick()
        heard += [day] * len(arrived(sink, tom))
    assert heard == [7, 14]
    with supporting(tom) as by:
        closing.close(by=by, request=request, outcome="supported", people=1)
    time.shift(10 * DAY)

    assert arrived(sink, tom) == []


def test_it_is_the_week_of_whoever_has_it_now(site: Site, tom: Supporter, time: Any, sink: Sink) -> None:
    """Handed on within the week, and taken back by nobody: one letter a week, from when the second said yes."""
    request, _ = accepted(site, tom)
    una = make_supporter(site, capacity=9)
    time.shift(HOUR)
    with supporting(tom) as by:
        giving.hand_on(by=by, request=request)
    tick()
    with supporting(una) as by:
        giving.accept(by=by, request=request)
        giving.reached(by=by, request=request)
    arrived(sink, una)
    heard = []
    for hour in range(1, 15 * 24 + 1):
        time.shift(HOUR)
        tick()
        heard += [hour] * len(arrived(sink, una))

    assert heard == [7 * 24, 14 * 24]


def test_a_week_in_which_no_worker_ran_is_made_good(site: Site, tom: Supporter, time: Any, sink: Sink) -> None:
    request, _ = accepted(site, tom)
    with supporting(tom) as by:
        giving.reached(by=by, request=request)
    arrived(sink, tom)
    time.shift(9 * DAY)
    tick()
    assert len(arrived(sink, tom)) == 1
    time.shift(5 * DAY)
    tick()
    assert len(arrived(sink, tom)) == 1


def test_what_waits_for_a_chosen_time_is_not_forgotten(site: Site, tom: Supporter, time: Any, sink: Sink) -> None:
    request, words = accepted(site, tom)
    with supporting(tom) as by:
        giving.keep(by=by, request=request)
    change(asking.change_time, words, when="at", at=clock.now() + 8 * DAY)
    time.shift(2 * MINUTE)
    assert len(arrived(sink, tom)) == 2
    for _ in range(8):
        time.shift(DAY)
        tick()

        assert arrived(sink, tom) == []


def test_whoever_becomes_a_coordinator_is_told_of_an_alarm_that_stands(site: Site, time: Any, sink: Sink) -> None:
    first = make_staff(site, Role.COORDINATOR)
    request, _ = ask(site)
    tick()
    assert seen_by_due_work(request).alarm is not None
    second = make_staff(site, Role.COORDINATOR)
    for _ in range(2):
        time.shift(11 * MINUTE)
        tick()
        tick()

    assert [len(sink.to(user.email)) for user in (first, second)] == [1, 1]
    with working() as by:  # a letter that was sent is not written down again: the database's log would keep it
        paging.call_next(by=by, request_id=request.pk)
        assert not Due.objects.visible_to(by).filter(kind="support.alarm").exists()
