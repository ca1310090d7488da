"""The page that answers what was sent: what was understood, so that a wrong digit is seen, and what happens next."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings as configured
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from healing.models import Site
from healing.roles import Role
from support.actions import closing, giving
from support.models import Request
from tests.factories.cases import make_site, make_staff, signed_in
from tests.factories.peers import ask, opened_at, seen_by_due_work, supporting, working
from tests.mail_sink import Sink
from tests.support.test_reply_pages import NIGHT, about, claimed, do, in_account, look, named, said

pytestmark = pytest.mark.django_db
WRONG = "Is the number or the time wrong?"
NUMBER = "07700 900731"


@pytest.fixture
def site(db: None) -> Site:
    cache.clear()
    return opened_at(make_site(time_zone="Europe/London", crisis_lines="Night line: 555 0142"))


@pytest.fixture(autouse=True)
def time() -> Iterator[Any]:
    with time_machine.travel(NIGHT, tick=False) as traveller:
        yield traveller


def send(client: Client, time: Any, page: str = "support_ask", **answers: str) -> Any:
    ticket = re.search(r'name="ticket" value="([^"]+)"', client.get(reverse(page)).text)
    assert ticket
    time.shift(timedelta(seconds=5))
    form = {"reach_by": "phone", "contact": NUMBER, "when": "now", "ticket": ticket[1]}
    return client.post(reverse(page), form | answers)


def words_of(page: Any) -> str:
    return " ".join(re.findall(r"<li>([a-z]+)</li>", page.text))


@pytest.mark.parametrize(("typed", "shown"), [("07700900731", NUMBER), ("+44 (0)7700 900 731", "+44 7700 900731")])
def test_the_number_is_shown_as_people_write_it(client: Client, site: Site, time: Any, typed: str, shown: str) -> None:
    assert f"Phone call: {shown}" in said(send(client, time, contact=typed))


def test_what_to_do_about_a_wrong_number_stands_right_under_it(client: Client, site: Site, time: Any) -> None:
    page = send(client, time)
    text = said(page)

    assert text.index(NUMBER) < text.index(WRONG) < text.index("Your twelve words Write them down")
    assert WRONG not in said(look(client, words_of(page)))


def test_a_team_reads_that_it_is_for_a_team_and_how_many(client: Client, site: Site, time: Any) -> None:
    page = send(client, time, "support_team", people="6")

    assert "For a talk with your team: 6 people." in said(page)
    assert "For a talk with your team: 6 people." in said(look(client, words_of(page)))
    assert "your team" not in said(send(client, time))


# --- what the page says after somebody said yes ---------------------------------------------------------------------
def test_who_will_be_reached_reads_by_when(client: Client, site: Site, time: Any, sink: Sink) -> None:
    named(site, "Tom Hale")
    request, words = ask(site)
    time.shift(timedelta(minutes=7))
    claimed(request)
    assert "Our aim is that you are reached by 03:40 ." in said(look(client, words))

    time.shift(timedelta(minutes=23))
    page = said(look(client, words))
    assert "Tom will reach you. It takes longer than we want." in page
    assert "Our aim" not in page


@pytest.mark.parametrize("when", ["before_shift", "after_shift", "at"])
def test_no_time_is_named_where_they_named_one(client: Client, site: Site, sink: Sink, when: str) -> None:
    named(site, "Tom Hale")
    request, words = ask(site, when=when, at=NIGHT + timedelta(minutes=50) if when == "at" else None)
    claimed(request)
    page = said(look(client, words))

    assert "Tom will reach you." in page
    assert not re.search("Our aim|longer than we want", page)


def test_the_lines_to_ring_stay_until_somebody_has_reached_them(client: Client, site: Site, sink: Sink) -> None:
    tom = named(site, "Tom Hale")
    request, words = ask(site)
    claimed(request)
    assert said(look(client, words)).count("555 0142") == 1

    with supporting(tom) as by:
        giving.reached(by=by, request=request)
    assert "555 0142" not in said(look(client, words))


def test_after_a_talk_there_is_an_end_and_nothing_to_take_back(client: Client, site: Site, sink: Sink) -> None:
    tom = named(site, "Tom Hale")
    request, words = ask(site)
    claimed(request)
    assert "End this" not in said(look(client, words))
    with supporting(tom) as by:
        giving.reached(by=by, request=request)
    pages = [look(client, words), about(client, "cancel", words), do(client, "cancel", words)]

    assert "End this and erase my number" in said(pages[0])
    assert "End this and erase your number?" in said(pages[1])
    assert "Yes, end it" in said(pages[1])
    assert "This has ended. Your name and number are erased." in said(pages[2])
    assert not any(re.search("ake it back|taken back|Take your request", said(page)) for page in pages)
    assert seen_by_due_work(request).status == "erased"


def test_who_can_ask_again_finds_the_way(client: Client, site: Site, sink: Sink) -> None:
    tom = named(site, "Tom Hale")
    request, words = ask(site)
    claimed(request)
    with supporting(tom) as by:
        closing.close(by=by, request=request, outcome="supported", people=1)
    main = look(client, words).text.partition("<main")[2]

    assert f'You can ask again at any time. <a class="govuk-link" href="{reverse("support_ask")}">' in main


# --- in one's own account -------------------------------------------------------------------------------------------
@pytest.fixture
def mine(site: Site) -> Client:
    return signed_in(make_staff(site, Role.FACILITATOR))


def only_request() -> Request:
    with working() as by:
        return Request.objects.visible_to(by).get()


def test_in_an_account_the_page_that_answers_confirms(site: Site, time: Any, mine: Client) -> None:
    page = send(mine, time, "support_mine")

    assert "We have your request." in said(page)
    assert f"Phone call: {NUMBER}" in said(page)  # whole, so that a wrong digit is seen
    assert 'name="contact"' not in page.text  # nothing that looks as if it had to be sent once more
    later = mine.get(reverse("support_mine"))
    assert "We have your request." not in said(later)
    assert not re.search("7700 ?900", later.text)


def test_nothing_of_the_confirmation_is_kept(site: Site, time: Any, mine: Client) -> None:
    send(mine, time, "support_mine")
    in_account(mine, "contact", only_request(), reach_by="phone", contact="07700900862")

    assert set(mine.cookies) == {configured.SESSION_COOKIE_NAME, configured.CSRF_COOKIE_NAME}
    kept = " ".join(str(one.get_decoded()) for one in Session.objects.all())
    assert not re.search(f"7700|{only_request().pk}|We have", kept)


@pytest.mark.parametrize(("after", "whole"), [(timedelta(minutes=9), True), (timedelta(minutes=11), False)])
def test_the_same_form_sent_later_shows_only_a_hint(
    site: Site, time: Any, mine: Client, after: timedelta, whole: bool
) -> None:
    ticket = re.search(r'name="ticket" value="([^"]+)"', mine.get(reverse("support_mine")).text)
    assert ticket
    form = {"reach_by": "phone", "contact": NUMBER, "when": "now", "ticket": ticket[1]}
    time.shift(timedelta(seconds=5))
    mine.post(reverse("support_mine"), form)
    time.shift(after)
    page = said(mine.post(reverse("support_mine"), form))

    assert (NUMBER in page) == ("We have your request." in page) == whole
    assert ("This was sent before." in page) == (not whole)
    only_request()


@pytest.mark.parametrize(
    ("act", "answers", "confirmed"),
    [
        ("time", {"when": "after_shift"}, "We have your new time."),
        ("contact", {"reach_by": "phone", "contact": "07700900862"}, "We have your new number or address."),
        ("cancel", {}, "Your request is taken back. Your name and number are erased."),
    ],
)
def test_each_act_in_an_account_is_confirmed(
    site: Site, time: Any, mine: Client, act: str, answers: dict[str, str], confirmed: str
) -> None:
    send(mine, time, "support_mine")
    page = in_account(mine, act, only_request(), **answers)

    assert confirmed in said(page)
    assert ("07700 900862" in said(page)) == (act == "contact")
    assert f'href="{reverse("support_mine")}"' in page.text.partition("<main")[2]
    assert 'name="ticket"' not in page.text
    assert "will reach you" not in said(page)


def test_while_one_is_open_asking_once_more_is_folded_away(site: Site, time: Any, mine: Client) -> None:
    named(site, "Tom Hale")
    send(mine, time, "support_mine")
    page = mine.get(reverse("support_mine"))
    before, _, folded = page.text.partition('<details class="govuk-details"><summary')

    assert "Ask once more" in folded.partition("</summary>")[0]
    assert 'name="contact"' not in before
    assert said(page).count("A colleague is on call now") == 1
    wrong = mine.post(reverse("support_mine"), {"reach_by": "phone", "contact": "", "when": "now"})
    assert '<details class="govuk-details" open><summary' in wrong.text  # where there is something to mend
    in_account(mine, "cancel", only_request())
    assert "Ask once more" not in said(mine.get(reverse("support_mine")))


def test_who_is_on_call_and_whom_to_ring_stand_once(site: Site, time: Any, mine: Client) -> None:
    for page in (send(mine, time, "support_mine"), mine.get(reverse("support_mine"))):
        assert said(page).count("555 0142") == 1
        assert said(page).count("Nobody is on call") == 1


def test_whom_to_ring_is_said_once_for_all_that_wait(site: Site, time: Any, mine: Client) -> None:
    send(mine, time, "support_mine")
    for page in (send(mine, time, "support_mine"), mine.get(reverse("support_mine"))):
        assert said(page).count("Your request") == 2
        assert said(page).count("555 0142") == 1


def test_once_all_is_taken_back_nothing_speaks_of_what_is_open(site: Site, time: Any, mine: Client) -> None:
    send(mine, time, "support_mine")
    page = said(in_account(mine, "cancel", only_request()))

    assert "as long as this is open" not in page
    assert "Ask for a peer" in page


def test_no_browser_is_asked_to_remember_what_is_typed(client: Client, site: Site, mine: Client) -> None:
    """The number of whoever asked would be offered to the next one at this computer."""
    _, words = ask(site)
    pages = [client.get(reverse(name)) for name in ("support_ask", "support_refer", "support_team", "support_reply")]
    pages += [mine.get(reverse("support_mine")), *(about(client, act, words) for act in ("contact", "remind"))]
    for page in pages:
        fields = re.findall(r'<(?:input|textarea)[^>]* name="(?:contact|address|words)"[^>]*>', page.text)
        typed = [field for field in fields if 'type="hidden"' not in field]
        assert typed
        assert [field for field in typed if 'autocomplete="off"' not in field] == []
