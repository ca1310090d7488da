"""Letters on a chosen day, for somebody who is signed in: theirs alone, with or without a request."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from healing import access
from healing.models import Site, User
from healing.roles import Role
from support import house
from support.models import Due, Key, Reminder
from tests.factories.cases import make_staff, signed_in
from tests.factories.peers import tick, working
from tests.mail_sink import Sink
from tests.support.coordinating import words as said

pytestmark = pytest.mark.django_db
MARCH = {"on_0": "2", "on_1": "3", "on_2": "2028", "address": "al@home.example", "sure": "yes"}


@pytest.fixture
def nurse(site: Site) -> User:
    return make_staff(site, Role.FACILITATOR)


@pytest.fixture
def browser(nurse: User) -> Client:
    return signed_in(nurse)


def letters() -> list[Reminder]:
    with working() as by:
        return list(Reminder.objects.visible_to(by).order_by("on"))


def page() -> str:
    return reverse("support_mine_remind")


def test_the_page_is_found_and_fills_in_one_s_own_address(browser: Client, nurse: User) -> None:
    assert f'href="{page()}"' in browser.get(reverse("support_mine")).text
    shown = browser.get(page()).text

    assert f'value="{nurse.email}"' in shown
    assert "Letters to come" not in shown
    assert "Keep your words" not in shown


def test_a_letter_needs_no_request_comes_on_its_day_and_is_gone_then(
    browser: Client, site: Site, sink: Sink, time: Any
) -> None:
    added = said(browser.post(page(), MARCH))
    assert "We will write to you on this day." in added
    assert "Thursday 2 March 2028" in added
    assert "al@home.example" not in added
    assert "Thursday 2 March 2028" in said(browser.get(page()))
    with working() as by:
        due_at: datetime = Due.objects.visible_to(by).get(kind="support.reminder").due_at
    time.move_to(due_at)
    tick()
    time.shift(timedelta(hours=1))
    tick()

    (letter,) = [one for one in sink.letters if one["To"] == "al@home.example"]
    assert "You asked us to write to you today." in letter.get_content()
    assert letters() == []


def test_it_is_taken_back_by_its_owner_and_by_nobody_else(browser: Client, site: Site, time: Any) -> None:
    browser.post(page(), MARCH)
    (letter,) = letters()
    other = signed_in(make_staff(site, Role.FACILITATOR))
    assert "Letters to come" not in said(other.get(page()))
    other.post(page(), {"remove": str(letter.pk)})
    browser.post(page(), {"remove": "nonsense"})
    assert letters() == [letter]

    assert "Your address is erased." in said(browser.post(page(), {"remove": str(letter.pk)}))
    assert letters() == []
    with working() as by:
        assert not Key.objects.visible_to(by).exists()
        assert not Due.objects.visible_to(by).exists()


def test_a_day_that_has_passed_is_said_and_nothing_is_lost(browser: Client, time: Any) -> None:
    again = browser.post(page(), MARCH | {"on_2": "2020"})

    assert again.status_code == 422
    assert "Choose a later one" in again.text
    assert 'value="al@home.example"' in again.text


def test_the_row_names_no_account(browser: Client, nurse: User, time: Any) -> None:
    browser.post(page(), MARCH)
    (letter,) = letters()
    with access.opened("user", nurse.pk) as viewer, house.entered(viewer) as by:
        assert not Reminder.objects.visible_to(by).exists()

    assert str(nurse.pk) not in f"{vars(letter)}"
    assert letter.on == date(2028, 3, 2)


def test_an_account_is_needed(client: Client, site: Site) -> None:
    assert client.get(page()).status_code == client.post(page(), MARCH).status_code == 302
    assert letters() == []
