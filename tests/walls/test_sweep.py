"""Every address × role × method gives the answer that its page declares. An address that declares nothing fails."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver

from healing.account_urls import ACCOUNT_PAGES, STAFF
from healing.pages import ANYONE, ROOM, SIGNED_IN, WORKBENCH
from healing.roles import ROLES, Permission
from tests.walls.house import House, arguments_of, build_house, changes, opened_later

METHODS = ["get", "post", "head", "put", "patch", "delete", "options"]
ASKED_FULLY = {"nobody", "facilitator", "participant", "outsider"}  # the others are asked the first two
HIDDEN, FORBIDDEN, SIGN_IN, NO_METHOD = "hidden", "forbidden", "sign in", "no such method"
AT_HOME = {"facilitator", "admin", "lead"}  # the roles at the house's own site, whose rows the addresses name
LATER = {  # the case has not come to these yet, or is past them: each is opened once in a case of its own
    *("meeting_book", "meeting_cancel", "meeting_care", "meeting_held", "room_calendar", "looking_back"),
    *("person_carry", "site_logo"),
}
NOT_YET = LATER | {"demo_message"}  # no letter has been written


def named(patterns: list[Any]) -> Iterator[URLPattern]:
    for entry in patterns:
        if isinstance(entry, URLResolver):
            yield from named(entry.url_patterns)
        else:
            yield entry


PATTERNS = {pattern.name: pattern for pattern in named(get_resolver().url_patterns)}
PAGES = {name: pattern for name, pattern in PATTERNS.items() if name not in ACCOUNT_PAGES}


def test_every_address_says_who_may_use_it() -> None:
    views = {name: getattr(pattern.callback, "view_class", None) for name, pattern in PAGES.items()}
    silent = [name for name, view in views.items() if not hasattr(view, "who")]

    assert silent == []
    assert None not in PATTERNS


def expected(who: Any, role: str, roles: frozenset[str]) -> str:
    """What the declaration promises to somebody in this role: an answer, or the way it is withheld."""
    if who == ANYONE:
        return "answer"
    if role == "nobody":
        return SIGN_IN
    if who == SIGNED_IN:
        return "answer"
    if who in (ROOM, WORKBENCH):
        owner = {ROOM: "participant", WORKBENCH: "facilitator"}[who]
        return "answer" if role == owner else HIDDEN
    wanted = {who} if isinstance(who, Permission) else who
    allowed = any(wanted & permissions for key, (_, _, permissions) in ROLES.items() if key.value in roles)
    return "answer" if allowed else FORBIDDEN


def answered(view: Any, method: str) -> bool:
    """Whether the page has a handler of its own for this method; what shows a page also answers for its head."""
    return method in view.http_method_names and hasattr(view, "get" if method == "head" else method)


def outcome(response: Any) -> str:
    if response.status_code == 302 and response["Location"].startswith("/accounts/login/"):
        return SIGN_IN
    return {404: HIDDEN, 403: FORBIDDEN, 405: NO_METHOD}.get(response.status_code, "answer")


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: Any) -> Iterator[House]:
    """Built once, since every request's effects are taken back; and taken back itself at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build_house()
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_address_answers_as_declared(name: str, house: House) -> None:
    view = PAGES[name].callback.view_class
    who = view.who
    address = house.address(name)
    wrong = {}

    for role, client in house.clients.items():
        for method in METHODS if role in ASKED_FULLY else METHODS[:2]:
            before = changes()
            response = house.ask(client, method, address)
            hoped, got = expected(who, role, house.roles[role]), outcome(response)
            if hoped == "answer" and not answered(view, method):
                hoped = NO_METHOD
            # Where a row is named, it may be outside the role's scope, or the case may not have come to it yet.
            elsewhere = isinstance(who, Permission | frozenset) and role not in AT_HOME
            nowhere = name.startswith("support_") and arguments_of(name)  # this house has no row of peer support
            may_hide = hoped in ("answer", NO_METHOD) and (name in NOT_YET or elsewhere or nowhere)
            if got != hoped and not (may_hide and got == HIDDEN) or response.status_code >= 500:
                wrong[f"{role} {method}"] = f"{got} ({response.status_code}) instead of {hoped}"
            if method in ("get", "head") and changes() != before:
                wrong[f"{role} {method}"] = "it changed something"

    assert wrong == {}


@pytest.mark.parametrize("name", sorted(ACCOUNT_PAGES))
def test_address_of_sign_in_answers_as_declared(name: str, house: House) -> None:
    """For whoever is not signed in and for a participant: what belongs to staff is not there."""
    address = house.address(name)
    withheld = {"nobody": SIGN_IN, "participant": FORBIDDEN} if ACCOUNT_PAGES[name] == STAFF else {}
    wrong = {}

    for role in ("nobody", "participant", "facilitator"):
        for method in METHODS[:2]:
            response = house.ask(house.clients[role], method, address)
            if response.status_code >= 500 or outcome(response) != withheld.get(role, outcome(response)):
                wrong[f"{role} {method}"] = response.status_code

    assert wrong == {}


@pytest.mark.django_db
def test_what_this_case_has_not_come_to_yet_is_there_when_it_has() -> None:
    """So that no address is hidden from everybody for good."""
    assert opened_later() == dict.fromkeys(LATER, 200)


def test_missing_and_forbidden_look_the_same(house: House) -> None:
    """Another's row and a row that never was: the same bytes, headers and number of questions asked."""
    for name, pattern in PAGES.items():
        if pattern.callback.view_class.who not in (ROOM, WORKBENCH):
            continue
        others, missing = house.address(name), house.address(name, missing=True)
        answers = [house.seen(house.clients["outsider"], address) for address in (others, missing)]

        assert answers[0] == answers[1], name
