"""Between the yes and the first talk: by when to note it, and what is asked of whoever closes before they spoke."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from healing import clock
from healing.models import Site
from support.models import Supporter
from tests.factories.peers import make_supporter, seen_by_due_work, tick
from tests.support.test_giving_pages import accepted, at, main, page_of, paged, press

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def tom(site: Site, sink: Any) -> Supporter:
    return make_supporter(site, capacity=9)


def test_whoever_has_not_spoken_says_how_it_ended(site: Site, tom: Supporter) -> None:
    browser = at(tom)
    asked, words = accepted(site, browser)
    page = browser.get(reverse("support_close", args=[asked.pk]))
    assert "You have not noted that you have spoken." in main(page)
    form = page.context["form"]
    said = {name: form[name].value() for name in form.fields if form[name].value()}
    again = press(browser, "support_close", asked, **said)

    assert again.status_code == 422
    assert "Choose how it ended." in main(again)
    assert seen_by_due_work(asked).status == "claimed"
    press(browser, "support_close", asked, **said | {"outcome": "not_reached"})
    reply = Client().post(reverse("support_reply"), {"words": words}).text
    assert "This has ended without a talk." in reply
    assert "Ask again" in reply
    assert "Did it help?" not in reply
    assert "555 0199" in reply


def test_the_page_says_by_when_to_note_that_we_have_spoken(site: Site, tom: Supporter, time: Any) -> None:
    browser = at(tom)
    asked, _ = accepted(site, browser)
    until = clock.now() + timedelta(minutes=60)
    assert f"{until:%H:%M}" in main(page_of(browser, asked))
    press(browser, "support_keep", asked)
    assert "The time above still counts." in main(page_of(browser, asked))
    time.move_to(until - timedelta(seconds=5))
    tick()
    assert "We have spoken" in main(page_of(browser, asked))
    time.move_to(until + timedelta(seconds=5))
    tick()

    assert "Are you talking with them now? Go on." in main(page_of(browser, asked))


def test_passing_and_handing_on_are_said_and_leave_no_moment_in_the_session(site: Site, tom: Supporter) -> None:
    browser = at(tom)
    asked, _ = paged(site)
    before = sessions()
    assert "We look for a colleague now." in main(press(browser, "support_pass", asked))
    other, _ = accepted(site, browser)
    for act in ("support_reached", "support_keep"):
        press(browser, act, other)
    assert "We look for a colleague now." in main(press(browser, "support_hand_on", other))

    assert sessions() == before


def sessions() -> set[tuple[str, str, datetime]]:
    return set(Session.objects.values_list("session_key", "session_data", "expire_date"))
