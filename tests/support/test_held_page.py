"""The page of somebody who is with me: what was noted, what to say and not to say, and what comes next."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from healing.models import Site
from support.models import Supporter
from tests.factories.peers import make_shift, make_supporter, seen_by_due_work, working
from tests.support.test_giving_pages import accepted, at, main, page_of, paged, press

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


@pytest.mark.parametrize(
    ("reach_by", "contact", "said"),
    [
        ("phone", "07700 900123", "If somebody else answers, say your first name"),
        ("text", "07700 900123", "Write nothing of the reason in it."),
        ("email", "alex@home.example", "Write nothing of the reason, neither in its subject nor in the letter itself."),
    ],
)
def test_what_not_to_say_is_told_for_the_way_they_chose(
    site: Site, browser: Client, reach_by: str, contact: str, said: str
) -> None:
    asked, _ = accepted(site, browser, reach_by=reach_by, contact=contact)
    shown = main(page_of(browser, asked))

    assert said in shown
    assert ("somebody else answers" in shown) == (reach_by == "phone")
    press(browser, "support_reached", asked)
    assert said not in main(page_of(browser, asked))


def test_one_press_tells_them_that_i_tried(site: Site, browser: Client) -> None:
    asked, _ = accepted(site, browser)
    shown = main(page_of(browser, asked))
    assert shown.index("We have spoken</button>") < shown.index("No answer? Tell them you tried</button>")
    assert 'name="reply" value="tried"' in shown
    press(browser, "support_answer", asked, reply="tried")
    after = main(page_of(browser, asked))

    assert seen_by_due_work(asked).reply == "tried"
    assert "“I tried to reach you and will try again.”" in after
    assert "No answer?" not in after


@pytest.mark.parametrize(("kind", "spoken"), [("referral", False), ("self", True)])
def test_nobody_is_told_where_nobody_reads_it_or_after_the_talk(
    site: Site, browser: Client, kind: str, spoken: bool
) -> None:
    asked, _ = accepted(site, browser, kind=kind)
    if spoken:
        press(browser, "support_reached", asked)

    assert "No answer?" not in main(page_of(browser, asked))


def test_how_often_we_have_spoken_stands_above_the_buttons(site: Site, browser: Client) -> None:
    asked, _ = accepted(site, browser)
    assert "You have spoken" not in main(page_of(browser, asked))
    press(browser, "support_reached", asked)
    shown = main(page_of(browser, asked))

    assert shown.index("You have spoken once. Up to three talks are usual.") < shown.index("We have spoken again")


def test_a_time_of_this_day_is_today(site: Site, tom: Supporter, time: Any) -> None:
    """On the wall at the site."""
    Site.objects.filter(pk=site.pk).update(time_zone="America/Toronto")
    time.move_to(datetime(2026, 11, 30, 4, 22, tzinfo=UTC))
    with working():
        make_shift(tom)
    asked, _ = accepted(site, at(tom), when="at", at=datetime(2026, 11, 30, 4, 50, tzinfo=UTC))
    held, now = main(page_of(at(tom), asked)), main(at(tom).get(reverse("support_now")))

    assert "Today, 23:50</time>" in held
    assert "Today, 23:50</time>" in now
    assert "Monday 30 November, 00:50</time>" in held  # by when to note it
    time.move_to(datetime(2026, 11, 30, 5, 2, tzinfo=UTC))
    assert "today, 00:50</time>" in main(page_of(at(tom), asked))


def test_other_help_comes_before_what_to_do_in_danger_unless_that_is_asked_for(site: Site, browser: Client) -> None:
    """Folded; the link from the page of whoever is with me, and the one in its place, unfold it."""
    asked, _ = accepted(site, browser)
    where = reverse("support_refer_on", args=[asked.pk])
    shown = main(browser.get(where))

    assert f'href="{where}#danger"' in main(page_of(browser, asked))
    assert '<div class="folded" id="danger">' in shown
    assert 'href="#danger">If somebody is in danger now</a>' in shown
    assert shown.count('class="folded__inside"') == 1


def test_passing_is_thanked_for(site: Site, browser: Client) -> None:
    asked, _ = paged(site)

    assert "Thank you. Somebody else is asked." in main(press(browser, "support_pass", asked))


def test_about_me_leads_back_and_names_the_promise(browser: Client) -> None:
    page = browser.get(reverse("support_me"))

    assert f'class="govuk-back-link" href="{reverse("support_now")}"' in page.text
    for shown in (main(page), main(browser.get(reverse("support_sign")))):
        assert "What I promise to keep to myself" in shown
