"""Wherever a supporter may go on with something, the way back is a button as big, and changes nothing."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from healing import clock
from healing.models import Site
from support.models import Supporter
from tests.factories.peers import make_shift, make_supporter, working
from tests.support.test_giving_pages import accepted, at, main

pytestmark = pytest.mark.django_db
HELD = {
    "answer": "Leave it as it is",
    "refer_on": "Leave it as it is",
    "hand_on": "Keep it",
    "close": "Leave it as it is",
}
OWN = {
    "session": ("Not now", "now"),
    "debrief": ("Not now", "now"),
    "sign": ("Not now", "me"),
    "channel_new": ("Not now", "me"),
    "away": ("Leave it as it is", "shifts"),
}


@pytest.fixture
def tom(site: Site, sink: Any, settings: Any) -> Supporter:
    settings.SMS_URL = "https://gateway.example"
    return make_supporter(site, capacity=9, agreed_on=None)


def way_back(page: Any, words: str) -> str:
    """Where the button leads."""
    [where] = re.findall(rf'<a class="govuk-button govuk-button--secondary" href="([^"]*)">{words}</a>', main(page))
    return where


def test_back_to_whoever_is_with_me(site: Site, sink: Any) -> None:
    browser = at(make_supporter(site))
    asked, _ = accepted(site, browser)
    for name, words in HELD.items():
        page = browser.get(reverse(f"support_{name}", args=[asked.pk]))
        assert way_back(page, words) == reverse("support_request", args=[asked.pk])


@pytest.mark.parametrize("name", OWN)
def test_back_from_what_is_about_myself(tom: Supporter, name: str) -> None:
    words, where = OWN[name]

    assert way_back(at(tom).get(reverse(f"support_{name}")), words) == reverse(f"support_{where}")


def test_back_from_giving_a_shift_away(tom: Supporter) -> None:
    with working():
        shift = make_shift(tom, clock.now() + timedelta(days=1))
    page = at(tom).get(reverse("support_swap_offer", args=[shift.pk]))

    assert way_back(page, "Keep it") == reverse("support_shifts")
