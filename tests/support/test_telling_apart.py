"""Whoever has two people with them sees on each row, act and button who it is; before the yes nobody is named."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from healing import sealed
from healing.models import Site
from support.models import Request, Supporter
from support.queries import giving
from tests.factories.peers import PHONE, make_supporter, supporting
from tests.support.test_giving_pages import accepted, at, closing_as_shown, main, page_of, paged, press

pytestmark = pytest.mark.django_db
BUTTONS = {
    "answer": "Send this answer to",
    "refer_on": "Note it for",
    "hand_on": "Hand",
    "close": "Close and erase",
}


@pytest.fixture(autouse=True)
def tom(site: Site, sink: Any) -> Supporter:
    return make_supporter(site, capacity=9)


@pytest.fixture
def browser(tom: Supporter) -> Client:
    return at(tom)


def now(browser: Client) -> str:
    return main(browser.get(reverse("support_now")))


@pytest.mark.parametrize(
    ("wish", "called"),
    [
        ({"name": "Quillon"}, "Quillon"),
        ({}, "…23"),
        ({"reach_by": "email", "contact": "petra@home.example"}, "p…le"),
    ],
)
def test_two_who_are_with_me_can_be_told_apart(site: Site, browser: Client, wish: Any, called: str) -> None:
    """By the name they gave, or else by the end of their number or address."""
    asked, _ = accepted(site, browser, **wish)
    accepted(site, browser, name="Other")
    shown = now(browser)

    assert f"<bdi>{called}</bdi>" in shown
    assert "<bdi>Other</bdi>" in shown
    assert PHONE not in shown
    assert "petra@" not in shown
    for act, button in BUTTONS.items():
        page = main(browser.get(reverse(f"support_{act}", args=[asked.pk])))
        assert f'<span class="govuk-caption-m">{called}</span>' in page
        assert re.search(rf"<button[^>]*>{button} {called}", page)
        assert "Other" not in re.sub(r"<option.*?</option>|<label.*?</label>", "", page)


def test_before_the_yes_nobody_is_named(site: Site, browser: Client) -> None:
    accepted(site, browser, name="Other")
    asked, _ = paged(site, name="Quillon", contact="07700 900862")

    for shown in (now(browser), main(page_of(browser, asked))):
        assert "Quillon" not in shown
        assert "…62" not in shown


def test_the_list_opens_nothing_but_what_i_have_said_yes_to(
    site: Site, tom: Supporter, browser: Client, monkeypatch: Any
) -> None:
    mine, _ = accepted(site, browser, name="Other")
    paged(site, name="Quillon")
    tried = set()
    unseal = sealed.SealedTextField.unseal

    def noted(field: Any, row: Any, stored: bytes) -> str:
        tried.add(row.pk)
        return unseal(field, row, stored)

    monkeypatch.setattr(sealed.SealedTextField, "unseal", noted)
    now(browser)

    assert tried == {mine.pk}


def test_no_title_and_no_address_names_anybody(site: Site, browser: Client) -> None:
    asked, _ = accepted(site, browser, name="Quillon")
    urls = [reverse("support_now"), reverse("support_request", args=[asked.pk])]
    urls += [reverse(f"support_{act}", args=[asked.pk]) for act in BUTTONS]
    for url in urls:
        page = browser.get(url).text
        assert "Quillon" in page
        assert "Quillon" not in page.split("<title>")[1].split("</title>")[0]
        assert not any("Quillon" in link for link in re.findall(r'(?:href|action)="([^"]*)"', page))


def test_who_was_erased_while_the_list_was_made_is_nobody(site: Site, tom: Supporter, browser: Client) -> None:
    asked, _ = accepted(site, browser, name="Quillon")
    with supporting(tom) as by:
        row = giving.with_me(by).get()
    assert press(browser, "support_close", asked, **closing_as_shown(browser, asked)).status_code == 200

    with supporting(tom) as by:
        assert giving.held(by, row)["who"] == ""
        assert not Request.objects.visible_to(by).exists()
