"""From asking to nothing left: called, accepted, reached, closed, erased, forgotten."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from healing import clock
from healing.errors import HealingError
from healing.models import Site
from healing.roles import Role
from support.actions import asking, closing, giving
from support.models import Alarm, Due, Effect, Encounter, Key, Load, Page, Request, Supporter
from tests.factories.cases import make_site, make_staff
from tests.factories.peers import (
    PHONE,
    ask,
    asking_as,
    coordinating,
    make_supporter,
    make_unit,
    seen_by_due_work,
    supporting,
    tick,
    working,
)
from tests.mail_sink import Sink, listening

pytestmark = pytest.mark.django_db
CODES = {"people": 1, "length": "15_29", "place": "phone", "tier": "2", "trigger": "none", "met_need": "yes"}


@pytest.fixture
def site() -> Site:
    return make_site()


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    with listening(settings) as server:
        yield server


@pytest.fixture
def time() -> Iterator[Any]:
    with time_machine.travel(clock.now().replace(microsecond=0), tick=False) as traveller:
        yield traveller


def paged(request: Request) -> Supporter:
    supporter = seen_by_due_work(request).supporter
    assert supporter is not None
    return supporter


def accept(request: Request) -> Supporter:
    tick()
    supporter = paged(request)
    with supporting(supporter) as by:
        giving.accept(by=by, request=request)
    return supporter


def test_a_supporter_reads_the_contact_only_after_saying_yes(site: Site, sink: Sink) -> None:
    make_supporter(site)
    request, _ = ask(site, name="Alex")
    supporter = accept(request)

    with supporting(supporter) as by:
        found = Request.objects.visible_to(by).get(pk=request.pk)
        closing.house.take(by, found.pk)
        assert (found.status, found.contact, found.name) == ("claimed", PHONE, "Alex")


def test_closing_leaves_a_line_of_codes_and_nothing_else(site: Site, sink: Sink) -> None:
    make_supporter(site)
    request, words = ask(site, name="Alex")
    supporter = accept(request)
    with supporting(supporter) as by:
        giving.reached(by=by, request=request)
        closing.close(by=by, request=request, outcome="supported", **CODES)

    row = seen_by_due_work(request)
    with working() as by:
        left = Request.objects.visible_to(by).filter(pk=request.pk).values("contact", "name", "supporter").get()
        assert row.status == "erased"
        assert (bytes(left["contact"]), bytes(left["name"]), left["supporter"]) == (b"", b"", None)
        assert not Key.objects.visible_to(by).filter(holder=request.pk).exists()
        assert not Page.objects.visible_to(by).exists()
        assert not Effect.objects.visible_to(by).exists()
        assert list(Due.objects.visible_to(by).values_list("kind", flat=True)) == ["support.forget"]
        line = Encounter.objects.visible_to(by).get()
        assert (line.outcome, line.contacts, line.minutes_to_reach, line.in_target) == ("supported", 1, 0, True)
    with asking_as(words) as by:
        asking.rate(by=by, request=Request.objects.visible_to(by).get(), met_need="partly")


def test_what_is_left_of_two_requests_does_not_tell_them_apart(site: Site, sink: Sink) -> None:
    """Not by any wish: only the hash of the reply words, and where their answer is counted."""
    tom = make_supporter(site, languages="cy,en", profession="nurse")
    wish = {"language": "cy", "alike": True, "profession": "nurse", "prefer": tom}
    wish |= {"unit": make_unit(site), "reach_by": "email", "contact": "al@home.example", "when": "after_shift"}
    left = []
    for wished in ({}, wish):
        request, _ = ask(site, **wished)
        with supporting(accept(request)) as by:
            if wished:
                giving.keep(by=by, request=request)
                giving.answer(by=by, request=request, reply="tried")
                giving.refer_on(by=by, request=request, referral="doctor")
            closing.close(by=by, request=request, outcome="supported", **CODES)
        with working() as by:
            row = Request.objects.visible_to(by).filter(pk=request.pk).values().get()
        left.append({name: value for name, value in row.items() if name not in ("id", "words_hash", "encounter")})

    assert left[0] == left[1]


def test_after_the_site_s_days_the_last_of_it_goes(site: Site, sink: Sink, time: Any) -> None:
    make_supporter(site)
    request, words = ask(site)
    with supporting(accept(request)) as by:
        closing.close(by=by, request=request, outcome="not_reached")
    with asking_as(words) as by:
        asking.rate(by=by, request=Request.objects.visible_to(by).get(), met_need="partly")

    time.shift(timedelta(days=16))
    tick()

    with working() as by:
        assert not Request.objects.visible_to(by).exists()
        assert Encounter.objects.visible_to(by).get().met_need_asker == "partly"


def test_whoever_passes_or_does_not_answer_is_not_asked_again(site: Site, sink: Sink, time: Any) -> None:
    for _ in range(3):
        make_supporter(site)
    request, _ = ask(site)
    tick()
    first = paged(request)
    with supporting(first) as by:
        giving.pass_on(by=by, request=request)
    tick()
    second = paged(request)
    time.shift(timedelta(minutes=10, seconds=1))
    tick()

    assert len({first.pk, second.pk, paged(request).pk}) == 3
    with supporting(second) as by, pytest.raises(HealingError):
        giving.accept(by=by, request=request)


def test_nobody_on_call_is_told_to_the_coordinator_at_once(site: Site, sink: Sink) -> None:
    grace = make_staff(site, Role.COORDINATOR)
    make_supporter(site, on_call=False)
    request, _ = ask(site)
    tick()

    assert seen_by_due_work(request).escalated_at is not None
    assert [message["To"] for message in sink.letters] == [grace.email]
    with coordinating(grace) as by:
        assert Alarm.objects.visible_to(by).count() == 1
        assert not Request.objects.visible_to(by).exists()


def test_the_one_who_asked_may_have_somebody_else(site: Site, sink: Sink) -> None:
    make_supporter(site)
    make_supporter(site)
    request, words = ask(site)
    first = accept(request)
    with asking_as(words) as by:
        asking.ask_for_someone_else(by=by, request=Request.objects.visible_to(by).get())
    tick()

    assert paged(request) != first
    with supporting(first) as by:
        assert not Request.objects.visible_to(by).exists()


@pytest.mark.parametrize("keeps", [0, 14])
def test_taken_back_is_gone(site: Site, sink: Sink, time: Any, keeps: int) -> None:
    site.clocks = {"peer_keeps": keeps}
    site.save()
    request, words = ask(site)
    with asking_as(words) as by:
        asking.cancel(by=by, request=Request.objects.visible_to(by).get())
    assert seen_by_due_work(request).status == "erased"
    time.shift(timedelta(days=3))
    tick()

    with working() as by:
        assert not Request.objects.visible_to(by).exists()
        assert Encounter.objects.visible_to(by).get().outcome == "cancelled"
        assert not Load.objects.visible_to(by).exists()


def test_what_nobody_closes_lapses(site: Site, sink: Sink, time: Any) -> None:
    """A supporter who forgets, or who has left, does not keep somebody's number for ever."""
    make_supporter(site)
    reached, _ = ask(site)
    with supporting(accept(reached)) as by:
        giving.reached(by=by, request=reached)
    time.shift(timedelta(days=29))
    tick()
    assert seen_by_due_work(reached).status == "reached"

    time.shift(timedelta(days=1, minutes=1))
    tick()

    assert seen_by_due_work(reached).status == "erased"
    with working() as by:
        assert not Key.objects.visible_to(by).filter(holder=reached.pk).exists()
        assert Encounter.objects.visible_to(by).get().outcome == "supported"
        assert list(Due.objects.visible_to(by).values_list("kind", flat=True)) == ["support.forget"]


@pytest.mark.parametrize(
    ("when", "reach", "outcome", "told"),
    [
        ("now", True, "supported", (40, False)),
        ("now", False, "not_reached", (None, False)),
        ("now", False, "supported", (None, False)),  # nobody noted when, and it is not known to have been in time
        ("now", False, "not_wanted", (None, None)),
        ("after_shift", True, "supported", (None, None)),  # only the two of them know when that was
        ("after_shift", False, "not_reached", (None, None)),
        ("after_shift", False, "supported", (None, None)),
    ],
)
def test_what_is_told_of_the_wait(
    site: Site, sink: Sink, time: Any, when: str, reach: bool, outcome: str, told: tuple[int | None, bool | None]
) -> None:
    make_supporter(site)
    request, _ = ask(site, when=when)
    supporter = accept(request)
    time.shift(timedelta(minutes=40))
    with supporting(supporter) as by:
        if reach:
            giving.reached(by=by, request=request)
        closing.close(by=by, request=request, outcome=outcome)

    with working() as by:
        line = Encounter.objects.visible_to(by).get()
        assert (line.minutes_to_reach, line.in_target) == told


def test_a_yes_is_counted_in_the_quarter_of_its_call(site: Site, sink: Sink, time: Any) -> None:
    time.move_to(datetime(2026, 12, 31, 23, 58, tzinfo=UTC))
    make_supporter(site)
    request, _ = ask(site)
    tick()
    time.shift(timedelta(minutes=4))
    with supporting(paged(request)) as by:
        giving.accept(by=by, request=request)

    with working() as by:
        assert list(Load.objects.visible_to(by).values_list("quarter", "pages", "accepted")) == [
            (date(2026, 10, 1), 1, 1)
        ]
