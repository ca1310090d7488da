"""Due work: nothing lost, nothing twice, and what may or may not have left is shown to a person."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from celery.exceptions import SoftTimeLimitExceeded
from django.core.mail.backends.smtp import EmailBackend
from django.db import connection

from healing import access, clock, due, ids, mail
from healing.models import Due, Effect, Site
from tests.conftest import become
from tests.mail_sink import Sink, listening

NOW = clock.now().replace(microsecond=0)


class Killed(BaseException):
    """The process ends here: nothing catches this."""


@pytest.fixture
def time() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    with listening(settings) as server:
        yield server


@pytest.fixture
def kinds(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Register kinds of work for one test."""

    def register(act: Any = None, sending: Any = None) -> None:
        monkeypatch.setitem(due.ACTS, "test.act", act)
        monkeypatch.setitem(due.SENDINGS, "test.sending", sending)

    return register


def letter(item: Due) -> mail.Message:
    return mail.Message("maria@home.example", "Your appointment", "A letter\n", "Lakeside <no-reply@hospital.example>")


def plan(kind: str = "test.sending", key: str = "") -> str:
    key = key or f"{kind}:{ids.new()}"
    with access.opened("worker"):
        due.plan(kind, subject=ids.new(), at=clock.now(), key=key, case=None)
    return key


def state(key: str) -> tuple[str, str | None]:
    """How the work stands, and its effect."""
    with access.opened("worker") as worker:
        item = Due.objects.visible_to(worker).get(key=key)
        effect = Effect.objects.visible_to(worker).filter(key=key).first()
    return item.state, effect and effect.state


@pytest.mark.usefixtures("as_worker")
class TestActs:
    def test_it_is_done_once(self, kinds: Any) -> None:
        done: list[str] = []
        kinds(act=lambda item: done.append(item.key))
        key = plan("test.act")
        plan("test.act", key)
        for _ in range(3):
            due.tick()

        assert done == [key]
        assert state(key) == ("done", None)

    def test_what_a_failed_act_changed_is_taken_back_and_it_is_tried_again(self, kinds: Any, time: Any) -> None:
        tries: list[str] = []

        def act(item: Due) -> None:
            tries.append(item.key)
            Site.objects.create(slug=f"half-done-{len(tries)}", name="Half done", phone="1", crisis_lines="")
            if len(tries) < 3:
                raise RuntimeError("not yet")

        kinds(act=act)
        key = plan("test.act")
        for _ in range(4):
            due.tick()
            time.shift(timedelta(hours=1))

        assert len(tries) == 3
        assert state(key) == ("done", None)
        assert [site.slug for site in Site.objects.filter(name="Half done")] == ["half-done-3"]

    def test_it_waits_longer_each_time_and_is_tried_for_ever(self, kinds: Any, time: Any) -> None:
        tries: list[Any] = []

        def act(item: Due) -> None:
            tries.append(clock.now())
            raise RuntimeError("not today")

        kinds(act=act)
        key = plan("test.act")
        for _ in range(12 * 24):
            due.tick()
            time.shift(timedelta(minutes=5))

        waits = [later - earlier for earlier, later in zip(tries, tries[1:], strict=False)]
        assert waits == sorted(waits)
        assert waits[-1] <= timedelta(minutes=35)  # half an hour, and the step of this test
        assert state(key) == ("pending", None)
        kinds(act=lambda item: None)
        time.shift(timedelta(hours=1))
        due.tick()
        assert state(key) == ("done", None)

    def test_attempts_are_counted_no_further_than_the_column_can_hold(self, kinds: Any, time: Any) -> None:
        kinds(act=raising(RuntimeError))
        key = plan("test.act")
        with access.opened("worker") as worker:
            Due.objects.visible_to(worker).filter(key=key).update(attempts=32_767)
        due.tick()

        assert state(key) == ("pending", None)

    def test_what_has_not_failed_yet_comes_first(self, kinds: Any, time: Any) -> None:
        done: list[str] = []

        def act(item: Due) -> None:
            done.append(item.key)
            if item.key == "test:old":
                raise RuntimeError("never")

        kinds(act=act)
        plan("test.act", "test:old")
        due.tick()
        time.shift(timedelta(hours=1))
        plan("test.act", "test:new")
        due.tick()

        assert done == ["test:old", "test:new", "test:old"]

    def test_a_round_whose_time_is_up_leaves_the_rest_for_the_next(self, kinds: Any, monkeypatch: Any) -> None:
        now = [0.0]
        monkeypatch.setattr(due, "monotonic", lambda: now[0])

        def act(item: Due) -> None:
            now[0] += due.ROUND_SECONDS * 0.6

        kinds(act=act)
        keys = [plan("test.act") for _ in range(3)]

        assert due.tick() == 2
        assert [state(key)[0] for key in keys] == ["done", "done", "pending"]
        assert row(keys[2]).attempts == 0

    def test_a_worker_whose_time_is_up_puts_the_act_back_and_stops(self, kinds: Any) -> None:
        tries: list[str] = []

        def act(item: Due) -> None:
            tries.append(item.key)
            raise SoftTimeLimitExceeded

        kinds(act=act)
        keys = [plan("test.act") for _ in range(2)]
        with pytest.raises(SoftTimeLimitExceeded):
            due.tick()

        assert tries == keys[:1]
        assert [state(key) for key in keys] == [("pending", None)] * 2

    def test_the_limits_fit_into_each_other(self, settings: Any) -> None:
        """A round ends, its last item may take its time, then the task is stopped, and only then the lease ends."""
        soft, hard = settings.CELERY_TASK_SOFT_TIME_LIMIT, settings.CELERY_TASK_TIME_LIMIT
        answers = 8  # of a mail server for one letter, from the greeting to the goodbye

        assert due.ROUND_SECONDS + answers * settings.EMAIL_TIMEOUT < soft < hard < due.LEASE.total_seconds()
        assert due.LEASE.total_seconds() < settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]

    def test_work_nobody_knows_is_not_planned(self) -> None:
        with pytest.raises(ValueError, match="nothing knows"):
            plan("test.unknown")


@pytest.mark.usefixtures("as_worker")
class TestSendings:
    def test_the_same_row_performed_twice_is_one_message(self, kinds: Any, sink: Sink) -> None:
        kinds(sending=letter)
        key = plan()
        item = claimed()
        due.perform(item)
        due.perform(item)
        due.tick()

        assert len(sink.letters) == 1
        assert state(key) == ("done", "done")

    def test_a_builder_that_says_no_keeps_it_back(self, kinds: Any, sink: Sink) -> None:
        kinds(sending=lambda item: None)
        key = plan()
        due.tick()

        assert (sink.letters, state(key)) == ([], ("void", "void"))

    def test_a_crash_before_the_hand_over_is_ambiguous_and_never_sent_again(
        self, kinds: Any, sink: Sink, time: Any
    ) -> None:
        def dies(item: Due) -> mail.Message:
            raise Killed

        kinds(sending=dies)
        key = plan()
        with pytest.raises(Killed):
            due.tick()
        assert state(key) == ("leased", "handing")
        kinds(sending=letter)
        for _ in range(5):
            time.shift(timedelta(minutes=10))
            due.tick()

        assert (sink.letters, state(key)) == ([], ("stuck", "ambiguous"))

    def test_a_crash_after_the_hand_over_is_ambiguous_and_left_once(
        self, kinds: Any, sink: Sink, time: Any, monkeypatch: Any
    ) -> None:
        kinds(sending=letter)
        key = plan()
        with monkeypatch.context() as patch:
            patch.setattr(due, "_finish", raising(Killed))
            with pytest.raises(Killed):
                due.tick()
        for _ in range(5):
            time.shift(timedelta(minutes=10))
            due.tick()

        assert (len(sink.letters), state(key)) == (1, ("stuck", "ambiguous"))

    @pytest.mark.parametrize("error", [RuntimeError, due.LeaseLost])
    def test_a_failure_after_the_hand_over_never_sends_again(
        self, kinds: Any, sink: Sink, time: Any, monkeypatch: Any, error: type[Exception]
    ) -> None:
        """The message was taken: whatever goes wrong then, the claim is not given back."""
        kinds(sending=letter)
        key = plan()
        with monkeypatch.context() as patch:
            patch.setattr(due, "_finish", raising(error))
            due.tick()
        for _ in range(5):
            time.shift(timedelta(minutes=10))
            due.tick()

        assert (len(sink.letters), state(key)) == (1, ("stuck", "ambiguous"))

    @pytest.mark.parametrize("answer", ["450 later", "550 no such person"])
    def test_a_clear_no_from_the_server_is_tried_again(self, kinds: Any, sink: Sink, time: Any, answer: str) -> None:
        kinds(sending=letter)
        key = plan()
        sink.recipient_answer = answer
        due.tick()
        assert (sink.letters, state(key)) == ([], ("pending", None))
        sink.recipient_answer = "250 taken"
        time.shift(timedelta(hours=1))
        due.tick()

        assert (len(sink.letters), state(key)) == (1, ("done", "done"))

    def test_a_message_that_was_read_and_turned_down_is_tried_again(self, kinds: Any, sink: Sink, time: Any) -> None:
        kinds(sending=letter)
        key = plan()
        sink.data_answer = "451 later"
        due.tick()

        assert (sink.letters, state(key)) == ([], ("pending", None))

    def test_a_server_that_hangs_up_after_reading_leaves_it_ambiguous(self, kinds: Any, sink: Sink, time: Any) -> None:
        kinds(sending=letter)
        key = plan()
        sink.data_answer = ""
        for _ in range(5):
            due.tick()
            time.shift(timedelta(hours=1))

        assert (len(sink.letters), state(key)) == (1, ("stuck", "ambiguous"))

    def test_no_server_means_that_nothing_left(self, kinds: Any, time: Any, settings: Any) -> None:
        no_server(settings)
        kinds(sending=letter)
        key = plan()
        due.tick()

        assert state(key) == ("pending", None)

    def test_no_server_for_ten_hours_and_the_letter_leaves_once(self, kinds: Any, time: Any, settings: Any) -> None:
        no_server(settings)
        kinds(sending=letter)
        key = plan()
        for _ in range(60):
            due.tick()
            time.shift(timedelta(minutes=10))
        assert state(key) == ("pending", None)
        with listening(settings) as sink:
            for _ in range(6):
                due.tick()
                time.shift(timedelta(minutes=10))

        assert (len(sink.letters), state(key)) == (1, ("done", "done"))

    def test_no_server_for_days_waits_for_a_person(self, kinds: Any, time: Any, settings: Any) -> None:
        no_server(settings)
        kinds(sending=letter)
        key = plan()
        for hours in range(80):
            due.tick()
            assert (state(key) == ("pending", None)) == (hours < 72)
            time.shift(timedelta(hours=1))

        assert state(key) == ("stuck", None)

    def test_a_letter_that_cannot_be_made_is_soon_shown_to_a_person(self, kinds: Any, time: Any) -> None:
        kinds(sending=raising(RuntimeError))
        key = plan()
        for _ in range(due.MOST_ATTEMPTS):
            assert state(key) == ("pending", None)
            due.tick()
            time.shift(timedelta(hours=1))

        assert state(key) == ("stuck", None)

    @pytest.mark.parametrize(
        ("step", "settled"), [("open", ("pending", None)), ("send_messages", ("stuck", "ambiguous"))]
    )
    def test_a_worker_whose_time_is_up_settles_the_letter_and_stops(
        self, kinds: Any, sink: Sink, monkeypatch: Any, step: str, settled: Any
    ) -> None:
        """Before anything was said, nothing left; in the middle of it nobody can tell."""
        kinds(sending=letter)
        keys = [plan() for _ in range(2)]
        monkeypatch.setattr(EmailBackend, step, raising(SoftTimeLimitExceeded))
        with pytest.raises(SoftTimeLimitExceeded):
            due.tick()

        assert [state(key) for key in keys] == [settled, ("pending", None)]
        assert row(keys[1]).attempts == 0

    def test_one_recipient_that_fails_does_not_hold_up_the_others(self, kinds: Any, sink: Sink) -> None:
        def build(item: Due) -> mail.Message:
            if item.key.endswith("bad"):
                raise RuntimeError("cannot be built")
            return letter(item)

        kinds(sending=build)
        bad, good = plan(key="test:1:bad"), plan(key="test:2:good")
        due.tick()

        assert (state(bad), state(good)) == (("pending", None), ("done", "done"))
        assert len(sink.letters) == 1

    def test_what_was_taken_back_is_not_sent(self, kinds: Any, sink: Sink) -> None:
        kinds(sending=letter)
        key = plan()
        with access.opened("worker") as worker:
            assert due.void(by=worker, key=key) == 1
        due.tick()

        assert (sink.letters, state(key)) == ([], ("void", None))

    def test_whoever_lost_the_lease_hands_nothing_over(self, kinds: Any, sink: Sink, time: Any) -> None:
        kinds(sending=letter)
        key = plan()
        old = claimed()
        time.shift(due.LEASE + timedelta(seconds=1))
        new = claimed()
        due.perform(old)
        assert sink.letters == []
        due.perform(new)

        assert (len(sink.letters), state(key)) == (1, ("done", "done"))


def row(key: str) -> Due:
    with access.opened("worker") as worker:
        return Due.objects.visible_to(worker).get(key=key)


def claimed() -> Due:
    item = due.claim()
    assert item is not None
    return item


def no_server(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1


def raising(error: type[BaseException]) -> Callable[..., None]:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    return fail


# --- several workers at once, on rows that are really committed ---------------------------------------------------
@pytest.fixture
def among_workers(committed: None) -> Iterator[None]:
    become("healing_worker")
    yield
    become("healing_web")


def in_threads(work: Callable[[], None], count: int) -> None:
    def run() -> None:
        become("healing_worker")
        try:
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_many_workers_at_once_send_each_letter_once(among_workers: None, kinds: Any, sink: Sink) -> None:
    def addressed(item: Due) -> mail.Message:
        return mail.Message(f"{item.pk}@home.example", "Your appointment", "A letter\n", "no-reply@hospital.example")

    kinds(sending=addressed)
    keys = [plan() for _ in range(20)]

    def until_nothing_is_due() -> None:
        while due.tick(limit=3):
            pass

    in_threads(until_nothing_is_due, 4)

    assert len(sink.letters) == len({message["To"] for message in sink.letters}) == len(keys)
    assert {state(key) for key in keys} == {("done", "done")}


def test_a_worker_that_is_handing_over_keeps_its_row(
    among_workers: None, kinds: Any, sink: Sink, monkeypatch: Any
) -> None:
    """Its lease may run out while a slow server reads: nobody else takes the row, so nothing is called ambiguous."""
    begun, go_on, give = threading.Event(), threading.Event(), mail._give

    def slowly(message: Any) -> None:
        begun.set()
        assert go_on.wait(10)
        give(message)

    monkeypatch.setattr(mail, "_give", slowly)
    monkeypatch.setattr(due, "LEASE", timedelta(0))
    kinds(sending=letter)
    key = plan()
    first = threading.Thread(target=in_threads, args=(due.tick, 1))
    first.start()
    assert begun.wait(10)
    taken = due.claim()
    go_on.set()
    first.join()

    assert taken is None
    assert (len(sink.letters), state(key)) == (1, ("done", "done"))
