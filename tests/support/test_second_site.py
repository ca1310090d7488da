"""Two sites on one server: whoever belongs to the second is not led to the peer support of the first."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from healing import clock
from healing.models import Site, User
from tests.factories.cases import make_site, signed_in
from tests.factories.peers import ask, make_supporter, opened_at
from tests.rooms.visiting import furnished, visitor

pytestmark = pytest.mark.django_db
FIRST, SECOND = 'href="/support/', 'href="https://second.example.org/support/'


@pytest.fixture(autouse=True)
def first(settings: Any) -> Site:
    """It answers wherever no other site does."""
    settings.BASE_URL = "https://talk.example.org"
    settings.ALLOWED_HOSTS = ["testserver", "talk.example.org", "second.example.org"]
    return make_site(name="The first")


def with_address(site: Site) -> None:
    Site.objects.filter(pk=site.pk).update(host="second.example.org")


def test_from_a_room(first: Site) -> None:
    ben = visitor(furnished().ben)
    assert "/support/" not in ben.get().text

    with_address(ben.room.site)
    assert f'rel="noreferrer" {SECOND}"' in ben.get().text
    assert f'rel="noreferrer" {FIRST}"' in ben.get(headers={"host": "second.example.org"}).text


def test_from_a_supporter_s_pages(first: Site) -> None:
    tom = make_supporter(make_site(name="The second"))
    client = signed_in(User.objects.get(pk=tom.user_id))
    for name in ("support_now", "support_debrief"):
        page = client.get(reverse(name)).text
        assert f'{FIRST}"' not in page
        assert f"{FIRST}care/" not in page

    with_address(tom.site)
    assert f'{SECOND}"' in client.get(reverse("support_debrief")).text
    assert f"{SECOND}care/" in client.get(reverse("support_now")).text


def test_from_the_page_of_a_request(first: Site) -> None:
    site = make_site(name="The second")
    _, words = ask(site)
    page = Client().post(reverse("support_reply"), {"words": words}).text
    assert "The second" in page
    assert f'{FIRST}"' not in page

    with_address(site)
    assert f'{SECOND}"' in Client().post(reverse("support_reply"), {"words": words}).text


def test_the_reply_words_are_used_where_they_were_given(first: Site, settings: Any) -> None:
    """Another site took the usual address, so that people are here by another name of the server."""
    make_site(name="The second", host="talk.example.org")
    opened_at(first)
    client, start = Client(), clock.now()
    ticket = re.search(r'name="ticket" value="([^"]+)"', client.get(reverse("support_ask")).text)
    assert ticket
    said = {"reach_by": "phone", "contact": "07700 900123", "when": "now", "ticket": ticket[1]}
    with time_machine.travel(start + timedelta(seconds=5), tick=False):
        page = client.post(reverse("support_ask"), said).text

    assert "<bdi>testserver<wbr>/support/reply/</bdi>" in page
