"""Where calling colleagues could go wrong: pressed twice, too late, nobody there, a mind that was changed."""

from datetime import timedelta
from typing import Any

import pytest

from healing import clock
from healing.errors import HealingError
from healing.models import Site
from healing.roles import Role
from support.actions import asking, closing, giving, paging
from support.models import Alarm, Due, Effect, Encounter, Key, Load, Page, Request, Supporter, Unit
from tests.factories.cases import make_staff
from tests.factories.peers import (
    PHONE,
    ask,
    asking_as,
    coordinating,
    make_shift,
    make_supporter,
    make_unit,
    seen_by_due_work,
    supporting,
    tick,
    working,
)
from tests.mail_sink import Sink

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sink")]
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def called(request: Request) -> Supporter | None:
    tick()
    return seen_by_due_work(request).supporter


def call_again(request: Request) -> Supporter | None:
    with working() as by:
        paging.call_next(by=by, request_id=request.pk)
    return seen_by_due_work(request).supporter


def accept(request: Request, supporter: Supporter) -> None:
    with supporting(supporter) as by:
        giving.accept(by=by, request=request)


def change(act: Any, words: str, **how: Any) -> None:
    with asking_as(words) as by:
        act(by=by, request=Request.objects.visible_to(by).get(), **how)


def count(model: Any, **which: Any) -> int:
    with working() as by:
        return model.objects.visible_to(by).filter(**which).count()


def test_yes_pressed_twice_is_one_yes(site: Site) -> None:
    tom = make_supporter(site)
    request, _ = ask(site)
    tick()
    accept(request, tom)
    accept(request, tom)

    with working() as by:
        assert Load.objects.visible_to(by).get().accepted == 1
    assert count(Due, kind="support.shift_over") == 1


def test_a_late_yes_counts_until_somebody_else_has_been_called(site: Site, time: Any) -> None:
    tom, una = make_supporter(site), make_supporter(site)
    late, _ = ask(site)
    too_late, _ = ask(site)
    tick()
    in_time, replaced = seen_by_due_work(late).supporter, seen_by_due_work(too_late).supporter
    assert {in_time, replaced} == {tom, una}
    time.shift(11 * MINUTE)
    accept(late, in_time)
    tick()

    assert seen_by_due_work(late).status == "claimed"
    with pytest.raises(HealingError):
        accept(too_late, replaced)


def test_passing_and_two_finds_call_one_colleague(site: Site) -> None:
    for _ in range(3):
        make_supporter(site)
    request, _ = ask(site)
    first = called(request)
    with supporting(first) as by:
        giving.pass_on(by=by, request=request)
        giving.pass_on(by=by, request=request)
    for _ in range(2):
        with working() as worker:
            paging.call_next(by=worker, request_id=request.pk)

    assert count(Page, request=request) == 2
    assert seen_by_due_work(request).supporter != first


def test_no_message_leaves_for_whoever_has_passed(site: Site, sink: Sink) -> None:
    tom = make_supporter(site)
    request, _ = ask(site)
    with working() as worker:
        paging.call_next(by=worker, request_id=request.pk)
    with supporting(tom) as by:
        giving.pass_on(by=by, request=request)
    tick()

    assert sink.letters == []


def test_who_asks_is_never_called_about_themselves(site: Site) -> None:
    tom = make_supporter(site)
    request = ask_signed_in(site, tom)

    assert called(request) is None
    assert seen_by_due_work(request).escalated_at is not None


def ask_signed_in(site: Site, supporter: Supporter, **wish: Any) -> Request:
    wish = {"reach_by": "phone", "contact": PHONE, "when": "now"} | wish
    with supporting(supporter) as by:
        return asking.ask(by=by, site=site, reply_words=asking.words.reply_words("own"), signed_in=True, **wish)


def test_a_coordinator_who_asks_is_not_told_that_somebody_asked(site: Site, sink: Sink) -> None:
    grace = make_staff(site, Role.COORDINATOR)
    with coordinating(grace) as by:
        wish = {"reach_by": "phone", "contact": PHONE, "when": "now"}
        words = asking.words.reply_words("of grace")
        request = asking.ask(by=by, site=site, reply_words=words, signed_in=True, **wish)
    tick()
    tick()

    assert seen_by_due_work(request).escalated_at is not None
    assert sink.letters == []


@pytest.fixture
def units(site: Site) -> tuple[Unit, Unit, Unit]:
    """A department, a ward of it, and another ward of it."""
    department = make_unit(site, "Surgery")
    return department, make_unit(site, "East", parent=department), make_unit(site, "West", parent=department)


def test_nobody_above_the_asker_is_called(site: Site, units: tuple[Unit, Unit, Unit]) -> None:
    department, east, west = units
    for unit in (department, east):
        make_supporter(site, leads=(unit,))
    beside = make_supporter(site, leads=(west,))
    request, _ = ask(site, unit=east)

    assert called(request) == beside


def test_where_the_unit_is_not_known_nobody_who_leads_is_called(site: Site, units: tuple[Unit, Unit, Unit]) -> None:
    make_supporter(site, leads=(units[2],))
    request, _ = ask(site)

    assert called(request) is None


def test_whoever_names_a_division_may_work_in_any_part_of_it(site: Site, units: tuple[Unit, Unit, Unit]) -> None:
    department, east, west = units
    make_supporter(site, leads=(west,))
    make_supporter(site, unit=east)
    request, _ = ask(site, unit=department, from_where="elsewhere")
    assert called(request) is None

    far_away = make_supporter(site, unit=make_unit(site, "Pharmacy", parent=make_unit(site, "Services")))
    assert call_again(request) == far_away


@pytest.mark.parametrize("place", [0, 1])
def test_nobody_who_works_for_the_asker_is_called(site: Site, units: tuple[Unit, Unit, Unit], place: int) -> None:
    head = make_supporter(site, leads=(units[0],), on_call=False)
    make_supporter(site, unit=units[place])
    request = ask_signed_in(site, head)

    assert called(request) is None


def test_nobody_is_called_who_does_not_speak_the_language(site: Site) -> None:
    make_supporter(site)
    welsh = make_supporter(site, languages="en,cy")
    request, _ = ask(site, language="cy")

    assert called(request) == welsh


def test_an_earlier_time_calls_at_once(site: Site, time: Any) -> None:
    tom = make_supporter(site)
    request, words = ask(site, when="at", at=clock.now() + 20 * HOUR)
    assert called(request) is None

    change(asking.change_time, words, when="now", at=None)

    assert called(request) == tom


def test_a_later_time_leaves_the_colleague_who_was_called(site: Site, time: Any) -> None:
    tom, una = make_supporter(site), make_supporter(site)
    request, words = ask(site)
    first = called(request)
    change(asking.change_time, words, when="at", at=clock.now() + 20 * HOUR)
    assert called(request) == first
    time.shift(11 * MINUTE)
    assert called(request) is None, "nobody else is called before it is time"
    assert seen_by_due_work(request).escalated_at is None

    time.shift(19 * HOUR)
    assert {first, called(request)} == {tom, una}


def test_whoever_did_not_answer_is_free_for_others_while_a_later_time_is_waited_for(site: Site, time: Any) -> None:
    tom = make_supporter(site, capacity=1)
    request, words = ask(site)
    assert called(request) == tom
    change(asking.change_time, words, when="at", at=clock.now() + 20 * HOUR)
    time.shift(11 * MINUTE)
    tick()
    other, _ = ask(site)

    assert called(other) == tom


@pytest.mark.parametrize("spoken", [False, True])
def test_whoever_looks_after_as_many_as_they_can_is_not_called(site: Site, time: Any, spoken: bool) -> None:
    """Also after the first talk: it is theirs until it is closed."""
    tom = make_supporter(site, capacity=1)
    request, _ = ask(site)
    tick()
    accept(request, tom)
    if spoken:
        with supporting(tom) as by:
            giving.reached(by=by, request=request)
    other, _ = ask(site)

    assert called(other) is None


def test_at_the_end_of_a_shift_whoever_was_not_reached_goes_to_the_next(site: Site, time: Any) -> None:
    tom = make_supporter(site, on_call=False)
    with working():
        make_shift(tom, clock.now() - 40 * MINUTE, hours=1)
    one, another, third = (ask(site, nonce=f"{number}")[0] for number in range(3))
    with working() as by:
        Supporter.objects.visible_to(by).update(capacity=9)
    tick()
    for request in (one, another, third):
        accept(request, tom)
    with supporting(tom) as by:
        giving.keep(by=by, request=another)
        giving.reached(by=by, request=third)
    una = make_supporter(site)
    time.shift(21 * MINUTE)
    tick()
    tick()

    assert [(seen.status, seen.supporter) for seen in map(seen_by_due_work, (one, another, third))] == [
        ("waiting", una),
        ("claimed", tom),
        ("reached", tom),
    ]


def test_a_promise_that_stays_silent_is_given_to_somebody_else(site: Site, time: Any, sink: Sink) -> None:
    grace = make_staff(site, Role.COORDINATOR)
    make_supporter(site)
    make_supporter(site)
    request, _ = ask(site)
    first = called(request)
    accept(request, first)
    time.shift(31 * MINUTE)
    tick()
    assert seen_by_due_work(request).status == "claimed"
    assert len(sink.to(grace.email)) == 1

    time.shift(31 * MINUTE)
    tick()

    assert called(request) != first
    with supporting(first) as by:
        assert not Request.objects.visible_to(by).exists()
    assert len(sink.to(grace.email)) == 2, "it goes on"


def test_the_alarm_goes_when_somebody_was_reached(site: Site, time: Any) -> None:
    tom = make_supporter(site)
    request, _ = ask(site)
    tick()
    accept(request, tom)
    time.shift(31 * MINUTE)
    tick()
    assert count(Alarm) == 1
    with supporting(tom) as by:
        giving.reached(by=by, request=request)

    assert count(Alarm) == 0


def closed(request: Request, tom: Supporter, time: Any) -> None:
    tick()
    accept(request, tom)
    time.shift(7 * MINUTE)
    with supporting(tom) as by:
        giving.reached(by=by, request=request)
        closing.close(by=by, request=request, outcome="supported", people=1)


def test_a_site_that_keeps_contacts_for_three_days_lets_them_go_after_three(site: Site, time: Any) -> None:
    site.clocks = {"peer_keeps": 3}
    site.save()
    tom = make_supporter(site)
    request, _ = ask(site, name="Alex")
    closed(request, tom, time)
    for _ in range(2):
        time.shift(DAY)
        tick()
    with supporting(tom) as by:
        kept = Request.objects.visible_to(by).get()
        closing.house.take(by, kept.pk)
        assert (kept.status, kept.contact, kept.claimed_at, kept.in_target) == ("closed", PHONE, None, None)
    time.shift(DAY)
    tick()

    assert seen_by_due_work(request).status == "erased"
    assert count(Key, holder=request.pk) == 0
    assert count(Due, kind="support.erase") == 0


def test_what_could_not_be_erased_on_its_day_goes_with_the_rest(site: Site, time: Any) -> None:
    site.clocks = {"peer_keeps": 3}
    site.save()
    tom = make_supporter(site)
    request, _ = ask(site, name="Alex")
    closed(request, tom, time)
    with working() as by:
        Due.objects.visible_to(by).filter(kind="support.erase").delete()
    time.shift(20 * DAY)
    tick()

    assert count(Request) == 0
    assert count(Key, holder=request.pk) == 0


def test_the_alarm_goes_when_a_promise_is_closed_without_a_call(site: Site, time: Any) -> None:
    tom = make_supporter(site)
    request, _ = ask(site)
    tick()
    accept(request, tom)
    time.shift(31 * MINUTE)
    tick()
    assert count(Alarm) == 1

    with supporting(tom) as by:
        closing.close(by=by, request=request, outcome="not_reached")
    assert count(Alarm) == 0


MIDNIGHT = {"hour": 0, "minute": 0, "second": 0, "microsecond": 0}


@pytest.mark.parametrize("keeps", [0, 3])
def test_what_is_left_of_a_closed_request_tells_no_time_of_day(site: Site, time: Any, keeps: int) -> None:
    site.clocks = {"peer_keeps": keeps}
    site.save()
    tom = make_supporter(site)
    request, _ = ask(site)
    closed(request, tom, time)
    tick()

    with working() as by:
        left = list(Due.objects.visible_to(by).filter(subject=request.pk))
        assert {item.kind for item in left} == {"support.forget"} | ({"support.erase"} if keeps else set())
        for item in left:
            times = (item.due_at, item.created_at, item.lease_until, item.done_at)
            assert all(one is None or one.replace(**MIDNIGHT) == one for one in times)
    assert count(Effect) == count(Page) == 0


def test_nothing_due_is_left_once_the_last_of_it_is_forgotten(site: Site, time: Any) -> None:
    site.clocks = {"peer_keeps": 3}
    site.save()
    tom = make_supporter(site)
    request, _ = ask(site)
    closed(request, tom, time)
    _, words = ask(site)
    change(asking.cancel, words)
    for _ in range(20):
        time.shift(DAY)
        tick()

    assert count(Request) == count(Due) == count(Effect) == count(Page) == count(Alarm) == 0
    assert count(Key) == 1, "the supporter's own"
    assert count(Encounter) == 2


def test_three_contacts_and_no_more(site: Site) -> None:
    tom = make_supporter(site)
    request, _ = ask(site)
    tick()
    accept(request, tom)
    for _ in range(3):
        with supporting(tom) as by:
            giving.reached(by=by, request=request)
    with supporting(tom) as by, pytest.raises(HealingError):
        giving.reached(by=by, request=request)


@pytest.mark.parametrize("change_of_hands", ["handed on", "someone else", "given back"])
def test_each_colleague_counts_their_own_talks_and_the_log_counts_all(site: Site, change_of_hands: str) -> None:
    tom, una = make_supporter(site), make_supporter(site)
    request, words = ask(site, prefer=tom)
    tick()
    accept(request, tom)
    for _ in range(3):
        with supporting(tom) as by:
            giving.reached(by=by, request=request)
    pass_to_the_next(change_of_hands, request, tom, words)
    assert called(request) == una
    accept(request, una)

    assert seen_by_due_work(request).contacts == 0
    for _ in range(2):
        with supporting(una) as by:
            giving.reached(by=by, request=request)
    with supporting(una) as by:
        closing.close(by=by, request=request, outcome="supported")
    with working() as by:
        assert Encounter.objects.visible_to(by).get().contacts == 5
    assert seen_by_due_work(request).talks == 1, "their asker reads whether, and not how often"


def pass_to_the_next(change_of_hands: str, request: Request, tom: Supporter, words: str) -> None:
    if change_of_hands == "handed on":
        with supporting(tom) as by:
            giving.hand_on(by=by, request=request)
    elif change_of_hands == "someone else":
        change(asking.ask_for_someone_else, words)
    else:
        with working() as by:
            paging.give_back(by=by, request=Request.objects.visible_to(by).select_related("site").get())


ACTS = [giving.pass_on, giving.accept, giving.reached, giving.keep, giving.hand_on, closing.close]


@pytest.mark.parametrize("act", ACTS)
def test_nothing_more_can_be_done_with_a_request_that_was_taken_back(site: Site, act: Any) -> None:
    tom = make_supporter(site)
    request, words = ask(site)
    tick()
    change(asking.cancel, words)

    more = {"outcome": "supported"} if act is closing.close else {}
    with supporting(tom) as by, pytest.raises(HealingError):
        act(by=by, request=request, **more)


@pytest.mark.parametrize(
    ("act", "how"),
    [
        (asking.cancel, {}),
        (asking.ask_for_someone_else, {}),
        (asking.change_time, {"when": "now", "at": None}),
        (asking.change_contact, {"reach_by": "email", "contact": "alex@home.example"}),
    ],
    ids=["cancel", "other", "time", "contact"],
)
def test_whoever_asked_changes_nothing_once_it_is_closed(site: Site, time: Any, act: Any, how: Any) -> None:
    tom = make_supporter(site)
    request, words = ask(site)
    closed(request, tom, time)

    with pytest.raises(HealingError):
        change(act, words, **how)
    assert seen_by_due_work(request).status == "erased"
