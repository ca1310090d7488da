"""For a colleague or a team: what is promised and what can be wished for. Nobody is called about their own word."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from healing.models import LegalNotice, Site, User
from support.actions import asking
from support.models import Request
from tests.factories.cases import make_site, signed_in
from tests.factories.peers import PHONE, asking_as, make_shift, make_supporter, make_unit, opened_at, tick, working
from tests.support.test_asking_pages import COURT, requests, send
from tests.support.test_not_open import main

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sink")]
EVENING = datetime(2027, 3, 2, 18, 40, tzinfo=UTC)
OTHERS = ["support_refer", "support_team"]


@pytest.fixture
def site(db: None) -> Site:
    cache.clear()
    return opened_at(make_site(crisis_lines="Night line: 555 0199"))


def by_account(supporter: Any) -> Client:
    return signed_in(User.objects.get(pk=supporter.user_id))


def text(page: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", main(page)).split())


# --- what is promised -----------------------------------------------------------------------------------------------
def test_a_referral_says_the_one_exception_and_the_law(client: Client, site: Site) -> None:
    said = text(client.get(reverse("support_refer")))
    for promise in (
        "Then the peer gets help. They tell your colleague first, if they can.",
        COURT.replace("you say", "they say"),
        "Their manager is not told.",
        "A trained peer gets their name and number, and when to call. They get nothing else.",
    ):
        assert promise in said

    LegalNotice.objects.create(
        site=site, jurisdiction="Narnia", text="Talks stay private.", valid_from="2020-01-01", about="support"
    )
    assert "Narnia: Talks stay private." in text(client.get(reverse("support_refer")))


def test_so_does_the_page_where_a_supporter_asks(site: Site) -> None:
    site.clocks = {"peer_keeps": 3}
    site.save()
    client = by_account(make_supporter(site))
    LegalNotice.objects.create(
        site=site, jurisdiction="Narnia", text="Talks stay private.", valid_from="2020-01-01", about="support"
    )
    said = text(client.get(reverse("support_debrief")))

    assert "Then your colleague gets help. They tell you first, if they can." in said
    assert "Narnia: Talks stay private." in said
    assert "Your number or address is erased 3 days after it has ended." in said


def test_a_team_is_promised_nothing_about_a_name_that_is_not_asked_for(client: Client, site: Site) -> None:
    said = text(client.get(reverse("support_team")))
    assert "your name" not in said.lower()
    assert "Your number or address is erased the moment it has ended." in said


@pytest.mark.parametrize("name", ["support_ask", *OTHERS])
def test_the_language_is_spoken_of_only_where_it_is_asked_for(client: Client, site: Site, name: str) -> None:
    assert "language" not in text(client.get(reverse(name)))
    site.languages = "en,ar"
    site.save()
    assert "They get the language, too." in text(client.get(reverse(name)))


# --- what can be wished for -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", OTHERS)
def test_a_language_can_be_chosen_and_counts(client: Client, site: Site, time: Any, name: str) -> None:
    site.languages = "en,ar"
    site.save()
    make_supporter(site, last_turn=0)
    amal = make_supporter(site, languages="ar,en", last_turn=5)
    assert '<details class="govuk-details">' in client.get(reverse(name)).text

    assert send(client, time, name, people="4", language="ar").status_code == 200
    tick()
    assert [(one.language, one.supporter_id) for one in requests()] == [("ar", amal.pk)]


def test_nobody_who_leads_the_team_s_unit_is_called(client: Client, site: Site, time: Any) -> None:
    ward = make_unit(site, "East")
    make_supporter(site, leads=(ward,), last_turn=0)
    other = make_supporter(site, leads=(make_unit(site, "West"),), last_turn=5)
    page = client.get(reverse("support_team")).text
    assert page.index("<details") < page.index('name="unit"')
    assert 'name="unit"' not in client.get(reverse("support_refer")).text

    send(client, time, "support_team", people="4", unit=str(ward.pk))
    tick()
    assert [(one.unit_id, one.supporter_id) for one in requests()] == [(ward.pk, other.pk)]


@pytest.mark.parametrize("name", OTHERS)
def test_where_there_is_one_answer_nothing_is_folded(client: Client, site: Site, name: str) -> None:
    assert "<details" not in client.get(reverse(name)).text


def test_what_is_to_be_mended_is_listed_as_on_the_page(client: Client, site: Site, time: Any) -> None:
    page = send(client, time, contact="", when="at", time="noon").text
    listed = re.search(r'govuk-error-summary__list">(.*?)</ul>', page, re.DOTALL)[1]
    assert re.findall(r"#id_(\w+?)\"", listed) == ["contact", "time"]


@pytest.mark.parametrize("written", ["nurse@", "@", "nurse@ward", "a b@home.example"])
def test_half_an_address_is_told_in_our_words(client: Client, site: Site, time: Any, written: str) -> None:
    page = send(client, time, reach_by="email", contact=written)
    assert "Write an email address, like name@example.org." in page.text


# --- nobody is called about their own word --------------------------------------------------------------------------
@pytest.mark.parametrize("name", OTHERS)
def test_a_supporter_is_not_called_about_what_they_sent(site: Site, time: Any, name: str) -> None:
    una = make_supporter(site, last_turn=0)
    send(by_account(una), time, name, people="4")
    tick()
    assert requests()[0].supporter_id is None

    tom = make_supporter(site, last_turn=5)
    send(by_account(una), time, name, people="5")
    tick()
    assert requests()[1].supporter_id == tom.pk


def test_others_are_not_kept_with_what_they_sent(client: Client, site: Site, time: Any) -> None:
    here, elsewhere = make_supporter(site), make_supporter(make_site(host="elsewhere.example"))
    send(client, time, "support_refer")
    send(by_account(elsewhere), time, "support_refer")
    send(by_account(here), time, "support_ask")

    assert [one.avoid_id for one in requests()] == [None, None, None]


def test_the_page_is_the_same_for_a_supporter(client: Client, site: Site) -> None:
    una = by_account(make_supporter(site))
    for name in OTHERS:
        ours, theirs = (re.sub(r'value="[^"]*"', "", main(one.get(reverse(name)))) for one in (client, una))
        assert ours == theirs


def test_the_words_of_the_same_form_do_not_lead_to_a_referral(site: Site) -> None:
    """Sent once as a referral and once for oneself, a form shows words: they are not the referral's."""
    with asking_as() as by:
        asking.refer(by=by, site=site, nonce="one form", reach_by="phone", contact=PHONE, when="now")
    with asking_as(asking.words.reply_words("one form")) as by:
        assert not Request.objects.visible_to(by).exists()
    with working() as by:
        assert Request.objects.visible_to(by).get().kind == "referral"


# --- what is said first ---------------------------------------------------------------------------------------------
STARTS = {
    "today": (timedelta(hours=1), "from 19:40 today."),
    "tomorrow": (timedelta(hours=12), "from 06:40 tomorrow."),
    "in three days": (timedelta(days=3), "from Friday 5 March, 18:40."),
}


@pytest.mark.parametrize(("ahead", "start"), STARTS.values(), ids=STARTS.keys())
def test_what_they_can_do_is_said_first_and_then_whom_to_ring(
    client: Client, site: Site, time: Any, ahead: timedelta, start: str
) -> None:
    time.move_to(EVENING)
    later = make_supporter(site, on_call=False)
    with working():
        make_shift(later, EVENING + ahead)
    said = text(client.get(reverse("support_ask")))
    first = f"You can send this now. The next colleague is on call {start} Do you need someone now? Ring: Night line"
    assert first in said

    told = text(send(client, time, "support_refer"))
    assert "will reach" not in told
    assert "The next colleague is on call from" in told


def test_after_a_referral_it_says_what_is_so(client: Client, site: Site, time: Any) -> None:
    day = (EVENING + timedelta(days=1)).date()
    time.move_to(EVENING)
    told = text(send(client, time, "support_refer", when="at", day=day.isoformat(), time="15:30"))
    assert "A trained peer will reach your colleague at the time you chose." in told

    make_supporter(site)
    told = text(send(client, time, "support_refer"))
    assert "A trained peer will reach your colleague. You will hear nothing back" in told
    assert "Nobody is on call" not in told
