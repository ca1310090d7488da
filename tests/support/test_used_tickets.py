"""One page brings one request at a time, and nobody can tell from a page whether it brought one."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from redis import Redis

from healing.models import Site
from support import busy, tickets
from tests.factories.cases import make_site
from tests.factories.peers import opened_at
from tests.support.test_asking_pages import opened, plain, requests, words_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("time")]
URL = "/support/"
OTHER = {"contact": "07700 900555", "name": "Alexandra"}
SECONDS = timedelta(seconds=5)


@pytest.fixture
def site(db: None) -> Site:
    cache.clear()
    return opened_at(make_site())


@pytest.fixture
def form(site: Site, client: Client, time: Any) -> dict[str, str]:
    form = opened(client)
    time.shift(SECONDS)
    return form


def test_another_request_from_the_same_page_waits_as_if_it_were_opened_now(
    client: Client, form: dict[str, str], time: Any
) -> None:
    client.post(URL, form)
    page = client.post(URL, form | OTHER)

    assert (page.status_code, page["Retry-After"], len(requests())) == (429, "2", 1)
    assert "Press Send once more" in page.text
    assert "Nothing is lost." in page.text
    for typed in OTHER.values():
        assert f'value="{typed}"' in page.text
    time.shift(timedelta(seconds=2))
    assert words_on(client.post(URL, form | OTHER))
    assert len(requests()) == 2


def test_the_same_form_is_answered_at_once_with_the_same_words(client: Client, form: dict[str, str], time: Any) -> None:
    first = words_on(client.post(URL, form))
    assert words_on(client.post(URL, form)) == first

    time.shift(SECONDS)
    client.post(URL, form | OTHER)
    time.shift(SECONDS)
    assert words_on(client.post(URL, form)) == first
    assert len(requests()) == 2


def test_when_many_ask_it_waits_as_long_as_a_new_page(
    client: Client, site: Site, form: dict[str, str], time: Any
) -> None:
    time.shift(timedelta(hours=1))
    client.post(URL, form)
    for _ in range(30):
        busy.one_more(site)

    assert client.post(URL, form | OTHER)["Retry-After"] in ("30", "60")


@pytest.mark.parametrize("page", ["support_team", "support_refer"])
def test_nor_does_it_bring_one_on_another_page_at_once(client: Client, form: dict[str, str], page: str) -> None:
    client.post(URL, form)
    assert client.post(reverse(page), form | {"people": "4"}).status_code == 429
    assert len(requests()) == 1


def test_later_nobody_can_tell_from_a_page_whether_somebody_sent_it(
    client: Client, form: dict[str, str], time: Any
) -> None:
    """A page that was left open for others carries a ticket that whoever opened it knows."""
    unused = opened(Client()) | OTHER
    client.post(URL, form)
    time.shift(SECONDS)
    used, fresh = Client().post(URL, form | OTHER), Client().post(URL, unused)

    assert (used.status_code, plain(used.text)) == (fresh.status_code, plain(fresh.text))


def test_what_is_kept_is_two_fingerprints_and_goes_after_minutes(
    client: Client, form: dict[str, str], site: Site
) -> None:
    store = Redis.from_url(configured.REDIS_URL)
    client.post(URL, form | OTHER)
    (key,) = [key for key in store.keys("*") if b"support.used" in key]

    assert 0 < store.ttl(key) <= tickets.LONGEST.total_seconds()
    kept = f"{key!r} {store.get(key)!r}"
    for trace in (tickets.read(form["ticket"]).nonce, "07700900555", OTHER["contact"], OTHER["name"], str(site.pk)):
        assert trace not in kept


def test_a_store_that_forgot_loses_nothing(client: Client, form: dict[str, str]) -> None:
    first = words_on(client.post(URL, form))
    cache.clear()
    assert words_on(client.post(URL, form)) == first

    cache.clear()
    assert words_on(client.post(URL, form | OTHER)) != first
    assert len(requests()) == 2
