"""Two tellings that differ only in whether somebody asked, or who was called before: the same bytes for all others."""

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, reset_queries, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from healing import clock, sms
from healing.models import Site, User
from healing.roles import Role
from support.actions import asking, closing, giving
from support.models import Encounter, Load, Request, Shift, Supporter, Unit
from support.queries.waits import FEWEST, quarter_of
from tests.factories.cases import make_site, make_staff, signed_in
from tests.factories.peers import (
    ask,
    asking_as,
    make_channel,
    make_supporter,
    make_unit,
    seen_by_due_work,
    supporting,
    tick,
    working,
)
from tests.mail_sink import Sink
from tests.walls.house import arguments_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("time")]
STAFF = (Role.FACILITATOR, Role.LEAD, Role.ADMINISTRATOR, Role.COORDINATOR)
ELSEWHERE = {"home", "today", "cases", "events", "people", "site_set_up", "privacy"}  # what managers look at
SKIPPED = {"set_language", "alerts_worker"}
RANDOM = re.compile(rb'(?<=name="csrfmiddlewaretoken" value=")[^"]+|(?<=name="ticket" value=")[^"]+')
RANDOM_IN_HEADERS = re.compile(r"(?<='nonce-)[^']+")


@dataclass
class World:
    site: Site
    unit: Unit
    tom: Supporter  # is called first
    una: Supporter  # is called when Tom is not
    users: dict[str, User]
    clients: dict[str, Client] = field(default_factory=dict)
    open_to: dict[str, list[str]] = field(default_factory=dict)  # the pages that each of them gets to see


@pytest.fixture
def world(db: None) -> World:
    site = make_site()
    unit = make_unit(site, "Birth centre")
    tom, una, idle = (make_supporter(site, on_call=on_call) for on_call in (True, True, False))
    with working() as by:
        Supporter.objects.visible_to(by).filter(pk=una.pk).update(last_turn=1)
        one_short_of_being_told(site, tom)
    for supporter, name in ((tom, "Tom"), (una, "Una"), (idle, "Ida")):  # so that an order can be seen
        User.objects.filter(pk=supporter.user_id).update(name=name)
    users = {role.value: make_staff(site, role) for role in STAFF}
    users |= {"una": User.objects.get(pk=una.user_id), "idle": User.objects.get(pk=idle.user_id)}
    world = World(site, unit, tom, una, users)
    world.clients = {who: signed_in(user) for who, user in users.items()} | {"nobody": Client()}
    return world


def one_short_of_being_told(site: Site, tom: Supporter) -> None:
    """One more call or line in this quarter, and its numbers could be shown."""
    today, few = clock.today(site.time_zone), FEWEST - 1
    Load.objects.create(supporter=tom, site=site, quarter=quarter_of(today), pages=few, accepted=few)
    Encounter.objects.bulk_create(Encounter(site=site, day=today, kind="self", outcome="supported") for _ in range(few))


@contextmanager
def telling(sink: Sink) -> Iterator[None]:
    with transaction.atomic():
        sink.letters.clear()
        cache.clear()
        yield
        transaction.set_rollback(True)


def names(patterns: list[Any]) -> Iterator[str]:
    for entry in patterns:
        if isinstance(entry, URLResolver):
            yield from names(entry.url_patterns)
        elif isinstance(entry, URLPattern) and entry.name and entry.name not in SKIPPED:
            yield entry.name


def addresses(world: World) -> list[str]:
    """Those that need nothing said, and those of peer support that name a unit, a supporter or a ward's poster."""
    known = {"unit": world.unit.pk, "supporter": world.tom.pk, "slug": world.unit.slug}
    found = []
    for name in names(get_resolver().url_patterns):
        needed = set(arguments_of(name))
        if name in ELSEWHERE or (name.startswith("support") and needed <= known.keys()):
            found.append(reverse(name, kwargs={key: known[key] for key in needed}))
    return found


def shown(client: Client, address: str) -> tuple[int, list[bytes], int, list[tuple[str, str]]]:
    reset_queries()  # the list of them does not grow for ever
    with CaptureQueriesContext(connection) as queries:
        page = client.get(address)
    headers = [(name, RANDOM_IN_HEADERS.sub("", value)) for name, value in sorted(page.headers.items())]
    return page.status_code, RANDOM.sub(b"", b"".join(page)).split(b"\n"), len(queries), headers


def seen(world: World, sink: Sink) -> dict[str, Any]:
    """All pages of all of them, and their letters."""
    found: dict[str, Any] = {}
    for who, client in world.clients.items():
        for address in world.open_to.setdefault(who, addresses(world)):
            found[f"{who} {address}"] = shown(client, address)
        world.open_to[who] = [one for one in world.open_to[who] if found[f"{who} {one}"][0] == 200]
    for who, user in world.users.items():
        found[f"{who} mail"] = [letter.as_bytes() for letter in sink.to(user.email)]
    return found


def nothing(world: World) -> None:
    tick()


def somebody_asks(world: World) -> tuple[Request, str]:
    request, words = ask(world.site, name="Alex", unit=world.unit)
    tick()
    assert seen_by_due_work(request).supporter == world.tom
    return request, words


def is_accepted(world: World) -> None:
    request, _ = somebody_asks(world)
    with supporting(world.tom) as by:
        giving.accept(by=by, request=request)
    tick()


def is_closed(world: World) -> None:
    request, _ = somebody_asks(world)
    with supporting(world.tom) as by:
        giving.accept(by=by, request=request)
        giving.reached(by=by, request=request)
        closing.close(by=by, request=request, outcome="supported", people=1)
    tick()


def is_taken_back(world: World) -> None:
    _, words = somebody_asks(world)
    with asking_as(words) as by:
        asking.cancel(by=by, request=Request.objects.visible_to(by).get())
    tick()


HAPPENINGS = (somebody_asks, is_accepted, is_closed, is_taken_back)


def test_nobody_else_notices_that_somebody_asked(world: World, sink: Sink) -> None:
    with telling(sink):
        seen(world, sink)  # what is read once and kept from then on
        nothing(world)
        quiet = seen(world, sink)
    for happens in HAPPENINGS:
        with telling(sink):
            happens(world)
            told = seen(world, sink)
        assert len(quiet) > 60
        assert differences(quiet, told) == {}, happens.__name__


def differences(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Where they differ, the status, the number of questions and the first lines that do."""
    found = {}
    for label in one:
        if one[label] != other[label] and label.endswith("mail"):
            found[label] = (one[label], other[label])
        elif one[label] != other[label]:
            lines = [pair for pair in zip(one[label][1], other[label][1], strict=False) if pair[0] != pair[1]]
            headers = [pair for pair in zip(one[label][3], other[label][3], strict=False) if pair[0] != pair[1]]
            found[label] = (one[label][0], other[label][0], one[label][2], other[label][2], lines[:3], headers)
    return found


def test_the_log_says_nothing_when_somebody_asks(world: World, sink: Sink, caplog: pytest.LogCaptureFixture) -> None:
    """Also a line that names nobody would tell when it was."""
    caplog.set_level(logging.DEBUG)
    for happens in HAPPENINGS:
        with telling(sink):
            happens(world)

    assert len(sink.to(told_first(world).email)) == 1
    assert [one.getMessage() for one in caplog.records if not one.name.startswith(("mail.log", "asyncio"))] == []


WISHES: list[dict[str, Any]] = [
    {"kind": "team", "people": 6},
    {"kind": "referral", "name": "Alex", "reach_by": "email", "contact": "alex@home.example"},
    {"when": "after_shift", "profession": "nurse", "alike": True},
]


@pytest.mark.parametrize("anybody", [True, False])
def test_the_messages_are_the_same_whatever_somebody_wishes(
    world: World, sink: Sink, monkeypatch: pytest.MonkeyPatch, anybody: bool
) -> None:
    """To the one who is called, and to the coordinator when nobody can be."""
    texts: list[sms.TextMessage] = []
    monkeypatch.setattr(sms.TextMessage, "hand_over", lambda text, *, key: texts.append(text))
    make_channel(world.tom, "sms", "+447700900977")
    if not anybody:
        with working() as by:
            Shift.objects.visible_to(by).delete()
    told = []
    for wish in ({}, *({"unit": world.unit} | wish for wish in WISHES)):
        with telling(sink):
            texts.clear()
            ask(world.site, **wish)
            tick()
            told.append([without_its_id(letter) for letter in sink.letters] + [str(text) for text in texts])

    assert len(told[0]) == (2 if anybody else 1)
    assert told == [told[0]] * len(told)


def without_its_id(letter: EmailMessage) -> tuple[Any, ...]:
    kept = [(name, str(value)) for name, value in letter.items() if name not in ("Message-ID", "Date")]
    return kept, letter.get_content()


def told_first(world: World) -> User:
    return User.objects.get(pk=world.tom.user_id)


def avoiding(request: Request, supporter: Supporter) -> None:
    with working() as by:
        Request.objects.visible_to(by).filter(pk=request.pk).update(avoid=supporter)


def called_first(world: World, request: Request, words: str) -> None:
    avoiding(request, world.tom)
    tick()


def called_after_a_pass(world: World, request: Request, words: str) -> None:
    tick()
    with supporting(world.tom) as by:
        giving.pass_on(by=by, request=request)
    tick()


def called_after_somebody_else_was_wished_for(world: World, request: Request, words: str) -> None:
    tick()
    with asking_as(words) as by:
        asking.ask_for_someone_else(by=by, request=request)
    tick()


def called_after_a_hand_on(world: World, request: Request, words: str) -> None:
    tick()
    with supporting(world.tom) as by:
        giving.accept(by=by, request=request)
        giving.hand_on(by=by, request=request)
    tick()


BEFORE = [called_after_a_pass, called_after_somebody_else_was_wished_for, called_after_a_hand_on]
Calling = Callable[[World, Request, str], None]


@pytest.mark.parametrize("calling", BEFORE)
def test_neither_the_one_who_is_called_nor_the_asker_sees_who_was_before(
    world: World, sink: Sink, calling: Calling
) -> None:
    request, words = ask(world.site, name="Alex", unit=world.unit)
    views = []
    for way in (called_first, calling):
        with telling(sink):
            way(world, request, words)
            assert seen_by_due_work(request).supporter == world.una
            views.append(both_sides(world, sink, request, words))

    assert views[0] == views[1]


def both_sides(world: World, sink: Sink, request: Request, words: str) -> dict[str, Any]:
    """As Una sees it called and after yes, and as whoever asked reads it at both times."""
    una, asker, found = world.clients["una"], Client(), {}
    for stage in ("called", "accepted"):
        if stage == "accepted":
            una.post(reverse("support_accept", args=[request.pk]))
        for name, args in (("support_now", []), ("support_request", [request.pk]), ("support_me", [])):
            found[f"una {stage} {name}"] = shown(una, reverse(name, args=args))
        with CaptureQueriesContext(connection) as queries:
            page = asker.post(reverse("support_reply"), {"words": words})
        found[f"asker {stage}"] = page.status_code, RANDOM.sub(b"", page.content).split(b"\n"), len(queries)
    found["mail"] = [letter.get_content() for letter in sink.to(world.users["una"].email)]
    assert found["una accepted support_request"][0] == 200
    return found


def test_whoever_passed_or_was_too_late_sees_no_more_than_whoever_was_never_called(world: World, sink: Sink) -> None:
    """Not whether it has gone to somebody else, was answered or taken back."""
    request, words = ask(world.site, unit=world.unit)
    tom = signed_in(User.objects.get(pk=world.tom.user_id))
    views = []
    for then in (lambda: None, accepted_by_una(world, request), taken_back(words)):
        with telling(sink):
            called_after_a_pass(world, request, words)
            then()
            own = [reverse("support_now"), reverse("support_request", args=[request.pk])]
            views.append([shown(tom, address) for address in own])

    assert views[0] == views[1] == views[2]


def accepted_by_una(world: World, request: Request) -> Callable[[], None]:
    def accept() -> None:
        with supporting(world.una) as by:
            giving.accept(by=by, request=request)

    return accept


def taken_back(words: str) -> Callable[[], None]:
    def cancel() -> None:
        with asking_as(words) as by:
            asking.cancel(by=by, request=Request.objects.visible_to(by).get())

    return cancel
