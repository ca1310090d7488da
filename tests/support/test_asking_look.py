"""Asking on a phone: the first question and its box are in sight at once, also where several are on call."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.cases import make_site
from tests.factories.peers import make_supporter
from tests.front.conftest import visit  # noqa: F401  # the browser

pytestmark = pytest.mark.django_db
TALL = 740


@pytest.fixture
def pages(db: None, settings: Any) -> dict[str, str]:
    settings.ROOT_URLCONF = "healing.urls"
    site = make_site(name="Harbour Hospital", crisis_lines="Night line: 555 0199\nStaff help line: 555 0142")
    alone = Client().get(reverse("support_ask")).text
    make_supporter(site)
    return {"nobody": alone, "somebody": Client().get(reverse("support_ask")).text}


def test_the_first_question_and_its_box_are_on_the_first_screen(visit: Any) -> None:  # noqa: F811
    page = visit("somebody").page
    box = page.get_by_label("Your number or email address").bounding_box()

    assert box["y"] + box["height"] <= TALL
    ways = [one.bounding_box() for one in page.locator(".in-a-row label").all()]
    assert {(way["y"], way["height"] < 48) for way in ways} == {(ways[0]["y"], True)}


@pytest.mark.parametrize("name", ["nobody", "somebody"])
def test_it_needs_no_more_than_a_phone_in_either_direction(visit: Any, name: str) -> None:  # noqa: F811
    for direction in ("ltr", "rtl"):
        page = visit(name, width=320, direction=direction).page
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
