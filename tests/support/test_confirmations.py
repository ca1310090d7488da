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
from tests.factories.cases import make_site
from tests.support.test_reply_pages import NIGHT, look, said

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
