"""Asking on a phone: the first question and its box are in sight at once, also where several are on call."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.cases import make_site
from tests.factories.peers import make_supporter, opened_at
from tests.front.conftest import visit  # noqa: F401  # the browser

pytestmark = pytest.mark.django_db
TALL = 740
# How far the drawn circle is from the beginning of its word, on the side from which the words run.
WORDS = """labels => labels.map(label => {
  const text = document.createRange(), style = getComputedStyle(label, "::before");
  text.selectNodeContents(label);
  const word = text.getBoundingClientRect(), item = label.parentElement.getBoundingClientRect();
  const left = item.left + parseFloat(style.left), right = left + parseFloat(style.width);
  const away = getComputedStyle(label).direction === "rtl" ? left - word.right : word.left - right;
  return {word: label.textContent.trim(), away};
})"""


@pytest.fixture
def pages(db: None, settings: Any) -> dict[str, str]:
    settings.ROOT_URLCONF = "healing.urls"
    site = make_site(name="Harbour Hospital", crisis_lines="Night line: 555 0199\nStaff help line: 555 0142")
    opened_at(site)
    alone = Client().get(reverse("support_ask")).text
    make_supporter(site)
    return {"nobody": alone, "somebody": Client().get(reverse("support_ask")).text}


def test_the_first_question_and_its_box_are_on_the_first_screen(visit: Any) -> None:  # noqa: F811
    page = visit("somebody").page
    box = page.get_by_label("Your number or email address").bounding_box()

    assert box["y"] + box["height"] <= TALL
    ways = [one.bounding_box() for one in page.locator(".in-a-row label").all()]
    assert {(way["y"], way["height"] < 48) for way in ways} == {(ways[0]["y"], True)}


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize("width", [320, 360])
def test_each_circle_is_nearest_to_its_own_word(visit: Any, width: int, direction: str) -> None:  # noqa: F811
    """Beside it and not upon it, and all three in one line; the whole of each is as big as a thumb."""
    page = visit("somebody", width=width, direction=direction).page
    ways = page.locator(".in-a-row .govuk-radios__item").all()
    places = sorted((way.bounding_box() for way in ways), key=lambda box: box["x"])
    words = page.locator(".in-a-row label").evaluate_all(WORDS)

    assert len({place["y"] for place in places}) == 1
    assert all(place["width"] >= 44 and place["height"] >= 44 for place in places)
    for before, after in zip(places, places[1:], strict=False):
        assert after["x"] - before["x"] - before["width"] >= 24
    for way in words:
        assert 2 <= way["away"] <= 12, way


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_no_circle_covers_a_word(visit: Any, direction: str) -> None:  # noqa: F811
    page = visit("somebody", direction=direction).page
    assert all(way["away"] >= 2 for way in page.locator(".govuk-radios__label:visible").evaluate_all(WORDS))


@pytest.mark.parametrize("name", ["nobody", "somebody"])
def test_it_needs_no_more_than_a_phone_in_either_direction(visit: Any, name: str) -> None:  # noqa: F811
    for direction in ("ltr", "rtl"):
        page = visit(name, width=320, direction=direction).page
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
