"""A computer that many use: who sat there before, and who sits there next, learns nothing from what stays in it."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from healing.models import Site
from support.models import Request
from support.queries.giving import contact
from tests.factories.peers import ask, make_supporter, opened_at, tick, working
from tests.support.test_asking_pages import opened, words_on

pytestmark = pytest.mark.django_db
OTHER_NUMBER = "07700 900555"


@pytest.fixture(autouse=True)
def quiet(site: Site) -> None:
    cache.clear()
    opened_at(site)


def test_whoever_opened_the_page_first_cannot_read_what_was_sent_with_it(site: Site, time: Any) -> None:
    """A form that somebody left open for others to fill in carries a ticket that they know."""
    left_open = opened(Client())
    time.shift(timedelta(seconds=5))
    sent = Client().post(reverse("support_ask"), left_open)

    time.shift(timedelta(minutes=5))
    looked = Client().post(reverse("support_ask"), left_open | {"contact": OTHER_NUMBER})

    assert words_on(looked) != words_on(sent)
    assert "0123" not in looked.text.replace(" ", "")


def test_the_only_cookie_goes_with_the_browser(site: Site) -> None:
    cookie = Client().get(reverse("support_ask")).cookies[configured.CSRF_COOKIE_NAME]

    assert (cookie["max-age"], cookie["expires"]) == ("", "")


def test_no_round_of_due_work_says_how_long_it_took() -> None:
    assert not logging.getLogger("celery.app.trace").isEnabledFor(logging.INFO)


@pytest.mark.parametrize(("page", "more"), [("support_refer", {}), ("support_team", {"people": "6"})])
def test_where_no_language_is_asked_for_it_is_the_site_s(
    site: Site, time: Any, page: str, more: dict[str, str]
) -> None:
    Site.objects.filter(pk=site.pk).update(languages="cy")
    tom = make_supporter(site, languages="cy")
    form = opened(Client(), page) | more
    time.shift(timedelta(seconds=5))
    Client().post(reverse(page), form)
    tick()

    with working() as by:
        assert Request.objects.visible_to(by).get().supporter_id == tom.pk


def test_an_address_adds_nothing_to_the_letter_that_it_opens(site: Site) -> None:
    request, _ = ask(site, reach_by="email", contact="a?bcc=b&body=c@home.example")
    with working() as by:
        asked = Request.objects.visible_to(by).get(pk=request.pk)
        assert contact(asked)["href"] == "mailto:a%3Fbcc%3Db%26body%3Dc@home.example"


def test_the_form_sent_again_later_shows_nothing_and_asks_for_nobody(site: Site, time: Any) -> None:
    client = Client()
    form = opened(client)
    time.shift(timedelta(seconds=5))
    first = client.post(reverse("support_ask"), form)
    reply_words = words_on(first)
    time.shift(timedelta(minutes=11))

    again = client.post(reverse("support_ask"), form)
    assert (again.status_code, "reply-words" in again.text, "0123" in again.text) == (200, False, False)

    client.post(reverse("support_reply"), {"act": "cancel", "words": reply_words, "sure": "yes"})
    time.shift(timedelta(hours=20))
    tick()
    last = client.post(reverse("support_ask"), form)

    assert "reply-words" not in last.text
    with working() as by:
        assert [row.status for row in Request.objects.visible_to(by)] == ["erased"]
