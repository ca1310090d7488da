"""The supporter's pages in a browser: no barrier, nothing wider than a phone, and big enough for one thumb at night."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from healing import clock
from support.actions import shifts
from support.models import Supporter
from tests.factories.cases import make_site
from tests.factories.peers import ask, make_channel, make_shift, make_supporter, make_unit, supporting, tick, working
from tests.front.conftest import visit  # noqa: F401  # the browser
from tests.front.test_look import violations
from tests.mail_sink import Sink, listening
from tests.support.test_giving_pages import at, closing_as_shown, page_of, press

NAMES = [
    *("now", "asked", "held", "answer", "refer_on", "hand_on", "close", "closed", "gone", "none_waiting", "away"),
    *("session", "debrief", "shifts", "offer", "me", "sign", "number", "no_record"),
]


@pytest.fixture(autouse=True)
def sink(settings: Any) -> Iterator[Sink]:
    with listening(settings) as server:
        yield server


@pytest.fixture
def tom(db: None, settings: Any) -> Supporter:
    settings.SMS_URL, settings.VAPID_KEY = "https://gateway.example", b""  # a device has a policy of its own
    lines = "Night line: 555 0199\nStaff help line: 555 0142"
    site = make_site(crisis_lines=lines, time_zone="Europe/London", languages="en,es,ar")
    make_unit(site, "Ward A")
    return make_supporter(site, capacity=9, languages="en,es")


@pytest.fixture
def pages(tom: Supporter, settings: Any) -> dict[str, str]:
    """What the browser is handed: each page as the supporter gets it."""
    settings.ROOT_URLCONF = "healing.urls"
    browser, found = at(tom), {}
    found["none_waiting"] = browser.get(reverse("support_now"))
    asked, _ = ask(tom.site, name="Alex", language="es", kind="referral")
    team, _ = ask(tom.site, kind="team", people=12, when="at", at=clock.now() + timedelta(minutes=40))
    tick()
    other = make_supporter(tom.site, on_call=False)
    with working():
        mine = make_shift(tom, clock.now() + timedelta(days=2), hours=12)
        theirs = make_shift(other, clock.now() + timedelta(days=3), hours=8)
        make_shift(other, clock.now() + timedelta(hours=1), hours=8)
    with supporting(other) as by:
        shifts.offer(by=by, shift=theirs)
    make_channel(tom, "sms", "+447700900123")
    found["asked"] = page_of(browser, asked)
    press(browser, "support_accept", asked)
    found["now"] = browser.get(reverse("support_now"))
    press(browser, "support_refer_on", asked, referral="urgent")
    found["held"] = page_of(browser, asked)
    for name in ("answer", "refer_on", "hand_on", "close"):
        found[name] = browser.get(reverse(f"support_{name}", args=[asked.pk]))
    for name in ("session", "debrief", "shifts", "me", "sign", "away"):
        found[name] = browser.get(reverse(f"support_{name}"))
    found["me_unfolded"] = browser.post(reverse("support_me"), {"not_for": "?"})
    found["offer"] = browser.get(reverse("support_swap_offer", args=[mine.pk]))
    found["number"] = browser.post(reverse("support_channel_new"), {"address": "?"})
    found["closed"] = press(browser, "support_close", asked, **closing_as_shown(browser, asked))
    found["gone"] = page_of(browser, asked)
    with working() as by:
        Supporter.objects.visible_to(by).filter(pk=tom.pk).update(ended_on=clock.now().date())
    found["no_record"] = browser.get(reverse("support_now"))
    return {name: re.sub(r"<link[^>]+theme.css[^>]*>", "", page.text) for name, page in found.items()}


def small(page: Any) -> list[str]:
    """What is to be pressed in the page itself, and is lower than a thumb needs."""
    return page.evaluate(
        """() => [...document.querySelectorAll('main .govuk-button, main select')]
          .filter(it => it.offsetParent && it.getBoundingClientRect().height < 40).map(it => it.outerHTML)"""
    )


def test_they_have_no_barrier_on_a_phone_at_night(visit: Any) -> None:  # noqa: F811
    """One test for all, since what they show is made once."""
    told = {}
    for name in NAMES:
        seen = visit(name, width=320, color_scheme="dark")
        wide = seen.page.evaluate("document.documentElement.scrollWidth")
        told[name] = [*violations(seen.page), *small(seen.page), *seen.troubles, *([wide] if wide > 320 else [])]

    assert {name: said for name, said in told.items() if said} == {}
