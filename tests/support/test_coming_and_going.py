"""Whoever leaves the house has left it: the role before is on again, and nothing of the visit remains.

Connections are kept from one request to the next, and a test's transaction spans several, so whatever is left shows.
"""

from contextlib import suppress
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from healing import access
from healing.errors import HealingError
from healing.models import Site, User
from healing.pages import SIGNED_IN
from healing.roles import Role
from support import house
from support.models import Request, Supporter
from support.pages import PublicPage, SupportPage
from tests.factories.cases import make_staff, signed_in
from tests.factories.peers import ask, asking_as, make_supporter, supporting, tick, working

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
SETTINGS = ("person", "words", "held", "alarm", "supporters", "sites", "coordinated")


class Public(PublicPage):
    """A page of the house in which this or that goes wrong."""

    def get(self, request: HttpRequest, wrong: str) -> HttpResponse:
        seen.append((current_role(), access.current().kind, access.current().user_id))
        WRONG[wrong](self)
        return HttpResponse(current_role())

    post = get


class Own(SupportPage):
    who = SIGNED_IN
    get = post = Public.get


def nothing(page: Any) -> None:
    pass


def raises(page: Any) -> None:
    raise RuntimeError


def is_not_there(page: Any) -> None:
    raise Http404


def says_no(page: Any) -> None:
    raise HealingError("Not now.")


def writes_what_cannot_be(page: Any) -> None:
    Supporter.objects.create(site_id=page.request.site.pk, user_id=page.request.site.pk, joined_on="2020-01-01")


def swallows_an_error(page: Any) -> None:
    """A mistake of ours: the transaction is broken, and the page goes on."""
    with suppress(DatabaseError):
        writes_what_cannot_be(page)


def takes_back(page: Any) -> None:
    transaction.set_rollback(True)


def is_nested(page: Any) -> None:
    with house.entered(access.NOBODY), transaction.atomic():
        pass
    assert current_role() == "healing_support"


WRONG = {
    act.__name__: act
    for act in (nothing, raises, is_not_there, says_no, writes_what_cannot_be, swallows_an_error, takes_back, is_nested)
}
seen: list[Any] = []
urlpatterns = [
    path("public/<str:wrong>/", Public.as_view(), name="public_test"),
    path("own/<str:wrong>/", Own.as_view(), name="own_test"),
    path("", include("healing.urls")),
]


def current_role() -> str:
    return ask_sql("select current_user")


def ask_sql(sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def left() -> dict[str, str]:
    """What an earlier visit has left in this connection."""
    return {name: value for name in SETTINGS if (value := ask_sql(f"select current_setting('support.{name}', true)"))}


def no_such_table() -> bool:
    with pytest.raises(DatabaseError) as told, transaction.atomic():
        ask_sql("select count(*) from support_request")
    return 'relation "support_request" does not exist' in str(told.value)


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("place", ["public", "own"])
def test_the_next_request_on_the_connection_is_outside(site: Site, place: str, method: str, wrong: str) -> None:
    ann = make_supporter(site)
    browser = signed_in(User.objects.get(pk=ann.user_id))
    browser.raise_request_exception = False
    seen.clear()

    getattr(browser, method)(f"/{place}/{wrong}/")

    who = ann.user_id if place == "own" else None
    assert seen == [("healing_support", "support", who)]
    assert current_role() == "healing_web"
    assert left() == {}
    assert no_such_table()
    assert access.current() == access.NOBODY
    assert Client().get("/public/nothing/").content == b"healing_support"
    assert seen[-1] == ("healing_support", "support", None)


@pytest.mark.parametrize("wrong", ["raises", "is_not_there", "says_no", "takes_back"])
def test_what_a_page_did_before_it_failed_is_taken_back(site: Site, wrong: str, monkeypatch: Any) -> None:
    make_supporter(site)

    def asks_and_fails(page: Any) -> None:
        ask(site, nonce="of a page that fails")
        WRONG[wrong + " really"](page)

    monkeypatch.setitem(WRONG, wrong + " really", WRONG[wrong])
    monkeypatch.setitem(WRONG, wrong, asks_and_fails)
    client = Client(raise_request_exception=False)
    client.get(f"/public/{wrong}/")

    with working() as by:
        assert not Request.objects.visible_to(by).exists()


def test_a_visit_ends_where_its_block_ends_however_it_ends(site: Site) -> None:
    tom = make_supporter(site)
    request, words = ask(site)
    tick()
    with pytest.raises(RuntimeError), supporting(tom):
        raise RuntimeError
    assert (current_role(), left()) == ("healing_web", {})
    with pytest.raises(DatabaseError), supporting(tom):
        ask_sql("select count(*) from cases_case")
    assert (current_role(), left()) == ("healing_web", {})
    with asking_as(words) as by:
        house.take(by, request.pk)
        transaction.set_rollback(True)
    assert (current_role(), left()) == ("healing_web", {})
    with asking_as(words) as by:
        house.take(by, request.pk)
        assert left().keys() >= {"words", "held"}
    assert (current_role(), left()) == ("healing_web", {})


def test_a_visit_within_a_visit_ends_with_the_outer_one_s_role(site: Site) -> None:
    tom = make_supporter(site)
    with supporting(tom):
        with asking_as():
            assert current_role() == "healing_support"
        assert current_role() == "healing_support"
    assert (current_role(), left()) == ("healing_web", {})


def test_who_works_with_cases_brings_no_case_along(site: Site) -> None:
    sam = make_staff(site, Role.FACILITATOR)
    with access.opened("user", sam.pk) as outside, house.entered(outside) as by:
        assert (by.rooms, by.cases, by.supporters, by.coordinated) == (frozenset(),) * 4
        assert access.current() is by
    assert access.current() == access.NOBODY
