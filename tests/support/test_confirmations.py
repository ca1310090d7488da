"""The page that answers what was sent: what was understood, so that a wrong digit is seen, and what happens next."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from healing.models import Site
from support.actions import closing, giving
from tests.factories.cases import make_site
from tests.factories.peers import ask, seen_by_due_work, supporting
from tests.mail_sink import Sink
from tests.support.test_reply_pages import NIGHT, claimed, do, look, named, said

pytestmark = pytest.mark.django_db
WRONG = "Is the number or the time wrong?"
NUMBER = "07700 900731"


@pytest.fixture
def site(db: None) -> Site:
    cache.clear()
    return make_site(time_zone="Europe/London", crisis_lines="Night line: 555 0142")


@pytest.fixture(autouse=True)
def time() -> Iterator[Any]:
    with time_machine.travel(NIGHT, tick=False) as traveller:
        yield traveller


def send(client: Client, time: Any, page: str = "support_ask", **answers: str) -> Any:
    ticket = re.search(r'name="ticket" value="([^"]+)"', client.get(reverse(page)).text)
    assert ticket
    time.shift(timedelta(seconds=5))
    form = {"reach_by": "phone", "contact": NUMBER, "when": "now", "ticket": ticket[1]}
    return client.post(reverse(page), form | answers)


def words_of(page: Any) -> str:
    return " ".join(re.findall(r"<li>([a-z]+)</li>", page.text))


@pytest.mark.parametrize(("typed", "shown"), [("07700900731", NUMBER), ("+44 (0)7700 900 731", "+44 7700 900731")])
def test_the_number_is_shown_as_people_write_it(client: Client, site: Site, time: Any, typed: str, shown: str) -> None:
    assert f"Phone call: {shown}" in said(send(client, time, contact=typed))


def test_what_to_do_about_a_wrong_number_stands_right_under_it(client: Client, site: Site, time: Any) -> None:
    page = send(client, time)
    text = said(page)

    assert text.index(NUMBER) < text.index(WRONG) < text.index("Your twelve words Write them down")
    assert WRONG not in said(look(client, words_of(page)))


def test_a_team_reads_that_it_is_for_a_team_and_how_many(client: Client, site: Site, time: Any) -> None:
    page = send(client, time, "support_team", people="6")

    assert "For a talk with your team: 6 people." in said(page)
    assert "For a talk with your team: 6 people." in said(look(client, words_of(page)))
    assert "your team" not in said(send(client, time))


# --- what the page says after somebody said yes ---------------------------------------------------------------------
def test_who_will_be_reached_reads_by_when(client: Client, site: Site, time: Any, sink: Sink) -> None:
    named(site, "Tom Hale")
    request, words = ask(site)
    time.shift(timedelta(minutes=7))
    claimed(request)
    assert "Our aim is that you are reached by 03:40 ." in said(look(client, words))

    time.shift(timedelta(minutes=23))
    page = said(look(client, words))
    assert "Tom will reach you. It takes longer than we want." in page
    assert "Our aim" not in page


@pytest.mark.parametrize("when", ["before_shift", "after_shift", "at"])
def test_no_time_is_named_where_they_named_one(client: Client, site: Site, sink: Sink, when: str) -> None:
    named(site, "Tom Hale")
    request, words = ask(site, when=when, at=NIGHT + timedelta(minutes=50) if when == "at" else None)
    claimed(request)
    page = said(look(client, words))

    assert "Tom will reach you." in page
    assert not re.search("Our aim|longer than we want", page)


def test_the_lines_to_ring_stay_until_somebody_has_reached_them(client: Client, site: Site, sink: Sink) -> None:
    tom = named(site, "Tom Hale")
    request, words = ask(site)
    claimed(request)
    assert said(look(client, words)).count("555 0142") == 1

    with supporting(tom) as by:
        giving.reached(by=by, request=request)
    assert "555 0142" not in said(look(client, words))


def test_after_a_talk_there_is_an_end_and_nothing_to_take_back(client: Client, site: Site, sink: Sink) -> None:
    tom = named(site, "Tom Hale")
    request, words = ask(site)
    claimed(request)
    assert "End this" not in said(look(client, words))
    with supporting(tom) as by:
        giving.reached(by=by, request=request)
    pages = [look(client, words), client.post(reverse("support_cancel"), {"words": words}), do(client, "cancel", words)]

    assert "End this and erase my number" in said(pages[0])
    assert "End this and erase your number?" in said(pages[1])
    assert "Yes, end it" in said(pages[1])
    assert "This has ended. Your name and number are erased." in said(pages[2])
    assert not any(re.search("ake it back|taken back|Take your request", said(page)) for page in pages)
    assert seen_by_due_work(request).status == "erased"


def test_who_can_ask_again_finds_the_way(client: Client, site: Site, sink: Sink) -> None:
    tom = named(site, "Tom Hale")
    request, words = ask(site)
    claimed(request)
    with supporting(tom) as by:
        closing.close(by=by, request=request, outcome="supported", people=1)
    main = look(client, words).text.partition("<main")[2]

    assert f'You can ask again at any time. <a class="govuk-link" href="{reverse("support_ask")}">' in main
