"""Two at one moment, on connections of their own: nobody is called twice, and neither blocks the other for good."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection

from healing import clock, due, mail
from healing.models import Site
from healing.roles import Role
from support import house
from support.actions import asking, closing, giving, measuring, paging, records, reminding, rota, shifts
from support.models import Due, Effect, Reminder, Request, Shift
from tests.facilitation.test_races import in_thread, wait_until_somebody_waits
from tests.factories.cases import make_site, make_staff
from tests.factories.peers import (
    PHONE,
    ask,
    asking_as,
    coordinating,
    make_shift,
    make_supporter,
    seen_by_due_work,
    supporting,
    tick,
    working,
)
from tests.mail_sink import Sink

pytestmark = pytest.mark.usefixtures("committed")
SOON = 0.4  # seconds: long enough for the other to come to the same place


@pytest.fixture
def site(committed: None) -> Site:
    return make_site()


def at_once(*works: Callable[[], Any], role: str = "healing_web") -> list[Exception]:
    """Each on its own connection. What went wrong."""
    errors: list[Exception] = []

    def kept(work: Callable[[], Any]) -> None:
        try:
            work()
        except Exception as error:
            errors.append(error)

    threads = [in_thread(lambda work=work: kept(work), role) for work in works]
    for thread in threads:
        thread.join()
    return errors


def held_up(monkeypatch: Any, module: Any, name: str) -> tuple[threading.Event, threading.Event]:
    """This function begins, and goes on only when it may."""
    begun, go_on, real = threading.Event(), threading.Event(), getattr(module, name)

    def slowly(*args: Any, **kwargs: Any) -> Any:
        begun.set()
        go_on.wait(10)
        return real(*args, **kwargs)

    monkeypatch.setattr(module, name, slowly)
    return begun, go_on


def take_back(words: str) -> None:
    with asking_as(words) as by:
        asking.cancel(by=by, request=Request.objects.visible_to(by).get())


def nothing_is_left(request: Request) -> bool:
    with working() as by:
        left = [
            model.objects.visible_to(by).filter(subject=request.pk).exclude(key__startswith="support.forget")
            for model in (Due, Effect)
        ]
        ended = not Request.objects.visible_to(by).filter(pk=request.pk, status__in=("waiting", "claimed")).exists()
        return ended and not any(rows.exists() for rows in left)


def test_taking_back_before_a_message_is_built_stops_it(site: Site, sink: Sink, monkeypatch: Any) -> None:
    """The one ends the request and takes what is due away; the other has it in hand, and asks for the request."""
    make_supporter(site)
    request, words = ask(site)
    with working() as by:
        paging.call_next(by=by, request_id=request.pk)
    begun, go_on = held_up(monkeypatch, paging, "still_paged")
    worker = in_thread(lambda: due.tick(), "healing_worker")
    assert begun.wait(10)
    threading.Timer(SOON, go_on.set).start()

    assert at_once(lambda: take_back(words)) == []
    worker.join()

    assert sink.letters == []
    assert nothing_is_left(request)


def test_taking_back_waits_for_a_message_that_is_leaving(site: Site, sink: Sink, monkeypatch: Any) -> None:
    make_supporter(site)
    request, words = ask(site)
    begun, go_on = held_up(monkeypatch, mail, "_give")
    worker = in_thread(lambda: due.tick(), "healing_worker")
    assert begun.wait(10)
    errors: list[Exception] = []
    back = in_thread(lambda: errors.extend(at_once(lambda: take_back(words))))
    wait_until_somebody_waits()
    go_on.set()
    worker.join()
    back.join()

    assert errors == []
    assert len(sink.letters) == 1
    assert nothing_is_left(request)


def test_two_requests_at_once_do_not_both_go_to_a_colleague_with_room_for_one(
    site: Site, sink: Sink, monkeypatch: Any
) -> None:
    tom = make_supporter(site, capacity=1)
    requests = [ask(site)[0] for _ in range(2)]
    both = threading.Barrier(2)
    call = paging._page

    def meet(*args: Any) -> None:
        """Each waits for the other to have chosen too; whoever is kept out until this one is done never comes."""
        with suppress(threading.BrokenBarrierError):
            both.wait(SOON)
        call(*args)

    monkeypatch.setattr(paging, "_page", meet)

    def find(request: Request) -> None:
        with house.entered_by_worker() as by:
            paging.call_next(by=by, request_id=request.pk)

    assert at_once(*(lambda one=one: find(one) for one in requests), role="healing_worker") == []

    held = [seen_by_due_work(request).supporter for request in requests]
    assert sorted(held, key=str) == sorted([tom, None], key=str)


def test_the_same_form_sent_twice_at_once_is_one_request(site: Site, sink: Sink, monkeypatch: Any) -> None:
    both = threading.Barrier(2)
    begins = asking.begins

    def meet(*args: Any) -> Any:
        both.wait(10)
        return begins(*args)

    monkeypatch.setattr(asking, "begins", meet)
    words = asking.words.reply_words("one form")
    made: list[Request] = []
    refused: list[str] = []  # the database writes what it refuses into its log, with all that was said

    def noting(execute: Any, sql: str, *args: Any) -> Any:
        try:
            return execute(sql, *args)
        except DatabaseError:
            refused.append(sql)
            raise

    def send() -> None:
        with connection.execute_wrapper(noting), asking_as() as by:
            wish = {"reach_by": "phone", "contact": PHONE, "when": "now"}
            made.append(asking.ask(by=by, site=site, reply_words=words, **wish))

    assert at_once(send, send) == []
    assert len({request.pk for request in made}) == 1
    assert refused == []
    with working() as by:
        assert Request.objects.visible_to(by).get().contact == PHONE


def test_taking_back_and_a_record_that_ends_do_not_wait_for_each_other(
    site: Site, sink: Sink, monkeypatch: Any
) -> None:
    tom = make_supporter(site)
    request, words = ask(site)
    with working() as by:
        paging.call_next(by=by, request_id=request.pk)
    begun, go_on = held_up(monkeypatch, closing, "_drop_traces")
    errors: list[Exception] = []
    back = in_thread(lambda: errors.extend(at_once(lambda: take_back(words))))
    assert begun.wait(10)

    def let_go() -> None:
        with house.entered_by_worker() as by:
            records.let_go(by=by, supporter_id=tom.pk)

    worker = in_thread(lambda: errors.extend(at_once(let_go, role="healing_worker")))
    wait_until_somebody_waits()
    go_on.set()
    back.join()
    worker.join()

    assert errors == []
    assert nothing_is_left(request)


def test_taking_a_shift_and_removing_it_do_not_wait_for_each_other(site: Site) -> None:
    """Whoever removes it takes its offers along: both come to the shift first, then to its offers."""
    tom, ann = (make_supporter(site, on_call=False) for _ in range(2))
    keeper = make_staff(site, Role.COORDINATOR)
    with working():
        shift = make_shift(tom, clock.now() + timedelta(days=1))
    with supporting(tom) as by:
        swap = shifts.offer(by=by, shift=shift)
    begun, go_on = threading.Event(), threading.Event()

    def slow_after_the_first_lock(execute: Any, sql: str, *args: Any) -> Any:
        done = execute(sql, *args)
        if "FOR UPDATE" in sql and not begun.is_set():
            begun.set()
            go_on.wait(10)
        return done

    def take() -> None:
        with connection.execute_wrapper(slow_after_the_first_lock), supporting(ann) as by:
            shifts.take(by=by, swap=swap)

    def remove() -> None:
        with coordinating(keeper) as by:
            rota.remove_shift(by=by, shift=shift)

    errors: list[Exception] = []
    taker = in_thread(lambda: errors.extend(at_once(take)))
    assert begun.wait(10)
    remover = in_thread(lambda: errors.extend(at_once(remove)))
    wait_until_somebody_waits()
    go_on.set()
    taker.join()
    remover.join()

    assert errors == []
    with working() as by:
        assert not Shift.objects.visible_to(by).exists()


def tom_s(act: Callable[..., None], request: Request, **changes: Any) -> Callable[[], None]:
    def done() -> None:
        tom = seen_by_due_work(request).supporter
        assert tom is not None
        with supporting(tom) as by:
            act(by=by, request=request, **changes)

    return done


def asker_s(act: Callable[..., None], words: str, **changes: Any) -> Callable[[], None]:
    def done() -> None:
        with asking_as(words) as by:
            act(by=by, request=Request.objects.visible_to(by).get(), **changes)

    return done


NUMBER = {"reach_by": "phone", "contact": "07700 900777"}


@pytest.mark.parametrize("who", ["asker", "supporter", "supporter who closes"])
def test_one_waits_until_the_other_is_done(site: Site, sink: Sink, monkeypatch: Any, who: str) -> None:
    """Each looks at what the other left, and nobody writes over it or into what is closed."""
    make_supporter(site)
    request, words = ask(site)
    tick()
    tom_s(giving.accept, request)()
    held, first, second = {
        "asker": ((house, "take"), asker_s(asking.change_contact, words, **NUMBER), tom_s(giving.keep, request)),
        "supporter": ((measuring, "of_first_talk"), tom_s(giving.reached, request), asker_s(asking.cancel, words)),
        "supporter who closes": (
            (closing, "at_the_end"),
            tom_s(closing.close, request, outcome="supported"),
            asker_s(asking.change_contact, words, **NUMBER),
        ),
    }[who]
    begun, go_on = held_up(monkeypatch, *held)
    errors: list[Exception] = []
    threads = [in_thread(lambda: errors.extend(at_once(first)))]
    assert begun.wait(10)
    threads.append(in_thread(lambda: errors.extend(at_once(second))))
    wait_until_somebody_waits()
    go_on.set()
    for thread in threads:
        thread.join()

    assert [str(error) for error in errors] == ([asking.CLOSED] if who == "supporter who closes" else [])
    left = seen_by_due_work(request)
    with asking_as(words) as by:
        if who == "asker":
            house.take(by, request.pk)
            assert (left.kept, Request.objects.visible_to(by).get().contact) == (True, NUMBER["contact"])
        else:
            assert (left.status, left.erase_on) == ("erased", clock.today(site.time_zone))
            assert nothing_is_left(request)


def test_two_letters_asked_for_at_once_on_one_day_are_one(site: Site, monkeypatch: Any) -> None:
    _, words = ask(site)
    both, count_up = threading.Barrier(2), reminding.Reminder.objects.bulk_create
    got: list[bool] = []

    def meet(*args: Any, **kwargs: Any) -> Any:
        both.wait(10)
        return count_up(*args, **kwargs)

    monkeypatch.setattr(reminding.Reminder.objects, "bulk_create", meet)

    def send() -> None:
        with asking_as(words) as by:
            letter = {"on": clock.now().date() + timedelta(days=9), "address": "al@home.example"}
            letter["fingerprint"] = asking.words.letters_fingerprint(words)
            got.append(reminding.remind(by=by, site=site, **letter))

    assert at_once(send, send) == []
    assert sorted(got) == [False, True]
    with working() as by:
        assert Reminder.objects.visible_to(by).get().address == "al@home.example"
