"""The page of somebody who is with me: what was noted, what to say and not to say, and what comes next."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from healing.models import Site
from support.models import Supporter
from tests.factories.peers import make_supporter, seen_by_due_work
from tests.support.test_giving_pages import accepted, at, main, page_of, press

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def tom(site: Site, sink: Any) -> Supporter:
    return make_supporter(site, capacity=9)


@pytest.fixture
def browser(tom: Supporter) -> Client:
    return at(tom)


def test_other_help_that_was_noted_is_read_back(site: Site, browser: Client) -> None:
    asked, _ = accepted(site, browser)
    assert "Noted:" not in main(page_of(browser, asked))
    press(browser, "support_refer_on", asked, referral="chaplain")

    assert "Noted: “Chaplain”. Tell them yourself how to get there." in main(page_of(browser, asked))


@pytest.mark.parametrize("noted", ["none", "urgent"])
def test_where_there_is_no_way_to_tell_nothing_is_said_of_one(site: Site, browser: Client, noted: str) -> None:
    asked, _ = accepted(site, browser)
    press(browser, "support_refer_on", asked, referral=noted)
    shown = main(page_of(browser, asked))

    assert "Noted:" in shown
    assert "Tell them yourself" not in shown


def test_no_other_help_is_chosen_before_somebody_chooses(site: Site, browser: Client) -> None:
    asked, _ = accepted(site, browser)
    where = reverse("support_refer_on", args=[asked.pk])
    assert " checked" not in main(browser.get(where))
    again = press(browser, "support_refer_on", asked)
    assert (again.status_code, seen_by_due_work(asked).referral) == (422, "")
    assert "Choose who else could help, or go back." in main(again)
    press(browser, "support_refer_on", asked, referral="chaplain")

    assert 'value="chaplain" checked' in main(browser.get(where))
