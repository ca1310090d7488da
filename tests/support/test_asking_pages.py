"""Asking without signing in: short, kept when something is missing, and leaving no trace of who asked."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings as configured
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from redis import Redis

from healing import clock
from healing.models import LegalNotice, Site, User
from healing.roles import Role
from support import busy, tickets
from support.models import Away, Competence, Due, Request
from tests.factories.cases import make_site, make_staff, signed_in
from tests.factories.peers import make_shift, make_supporter, make_unit, opened_at, supporting, tick, working
from tests.reading import grade
from tests.test_words import HARDEST

pytestmark = pytest.mark.django_db
NIGHT = datetime(2027, 3, 2, 3, 10, tzinfo=UTC)
NUMBER = "07700 900123"
SHORTEST = {"reach_by": "phone", "contact": NUMBER, "when": "now"}
COURT = (
    "Laws differ, and we cannot promise that a court never asks. "
    "There would be little to find, because what you say is not written down."
)
PAGES = ["support_ask", "support_team", "support_refer", "support_reply"]
CANARIES = {
    "REMOTE_ADDR": "203.0.113.77",
    "HTTP_X_FORWARDED_FOR": "203.0.113.78",
    "HTTP_USER_AGENT": "canary-agent/1.0",
    "HTTP_REFERER": "http://testserver/canary-referrer/",
    "HTTP_ACCEPT_LANGUAGE": "en, x-canary",
}


@pytest.fixture
def site() -> Site:
    cache.clear()
    return opened_at(make_site(time_zone="Europe/London", crisis_lines="Night line: 555 0199"))


@pytest.fixture
def time() -> Iterator[Any]:
    with time_machine.travel(NIGHT, tick=False) as traveller:
        yield traveller


def opened(client: Client, name: str = "support_ask", *args: Any) -> dict[str, str]:
    """The form as a browser would send it back untouched."""
    page = client.get(reverse(name, args=args)).text
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)
    assert ticket
    return SHORTEST | {"ticket": ticket[1]}


def send(client: Client, time: Any, page: str = "support_ask", /, **answers: str) -> Any:
    form = opened(client, page) | answers
    time.shift(timedelta(seconds=5))
    return client.post(reverse(page), form)


def words_on(page: Any) -> str:
    listed = re.search(r'<ol class="reply-words".*?</ol>', page.text, re.DOTALL)
    assert listed
    return " ".join(re.findall(r"<li>(\w+)</li>", listed[0]))


def requests() -> list[Request]:
    with working() as by:
        return list(Request.objects.visible_to(by).order_by("asked_at"))


def contact_of(request: Request) -> tuple[str, str]:
    with working() as by:
        found = Request.objects.visible_to(by).get(pk=request.pk)
        return found.contact, found.name


def named(site: Site, name: str, **changes: Any) -> Any:
    supporter = make_supporter(site, **changes)
    User.objects.filter(pk=supporter.user_id).update(name=name)
    return supporter


# --- the shortest path ----------------------------------------------------------------------------------------------
def test_a_number_and_send_are_enough(client: Client, site: Site, time: Any) -> None:
    page = send(client, time)

    assert page.status_code == 200
    assert len(words_on(page).split()) == 12
    assert NUMBER in page.text
    asked = requests()[0]
    assert (asked.kind, asked.reach_by, asked.when, asked.asker, asked.unit_id) == ("self", "phone", "now", None, None)
    assert contact_of(asked) == (NUMBER.replace(" ", ""), "")


def test_phone_and_now_are_chosen_already_and_the_rest_is_folded(client: Client, site: Site) -> None:
    make_unit(site)
    page = client.get(reverse("support_ask")).text

    assert re.search(r'value="phone" checked', page)
    assert re.search(r'value="now" checked', page)
    assert '<details class="govuk-details">' in page
    visible = page[: page.index("<details")]
    assert set(re.findall(r'name="(\w+)"', visible)) & {"name", "unit", "avoid"} == set()


def test_what_is_asked_for_is_kept_and_called_about(client: Client, site: Site, time: Any) -> None:
    unit, tom = make_unit(site), named(site, "Tom Hale")
    mia = named(site, "Mia Ro", on_call=False)
    more = {"name": "Al", "unit": str(unit.pk), "from_where": "elsewhere", "profession": "nurse", "alike": "on"}
    page = send(client, time, **more, avoid=str(mia.pk), prefer=str(tom.pk))

    assert page.status_code == 200
    asked = requests()[0]
    assert (asked.unit_id, asked.from_where, asked.profession) == (unit.pk, "elsewhere", "nurse")
    assert (asked.alike, asked.avoid_id, asked.prefer_id) == (True, mia.pk, tom.pk)
    assert contact_of(asked)[1] == "Al"
    with working() as by:
        assert Due.objects.visible_to(by).filter(kind="support.find", subject=asked.pk).exists()


def test_the_same_form_sent_twice_is_one_request_with_the_same_words(client: Client, site: Site, time: Any) -> None:
    form = opened(client)
    time.shift(timedelta(seconds=5))
    first, second = client.post(reverse("support_ask"), form), client.post(reverse("support_ask"), form)

    assert words_on(first) == words_on(second)
    assert len(requests()) == 1


def test_a_time_is_the_site_s_own(client: Client, site: Site, time: Any) -> None:
    send(client, time, when="at", day="2027-03-30", time="15:30")  # summer time by then in London
    time.move_to(datetime(2027, 3, 20, tzinfo=UTC))
    page = send(client, time, when="at", day="2027-03-30", time="15:30")

    assert "15:30" in page.text
    assert [asked.at for asked in requests()] == [datetime(2027, 3, 30, 14, 30, tzinfo=UTC)]


def test_the_poster_s_address_fills_in_the_unit(client: Client, site: Site) -> None:
    unit = make_unit(site, "Ward Nine")
    for name in ("support_here", "support_short"):
        page = client.get(reverse(name, args=["ward-nine"])).text
        assert f'value="{unit.pk}" selected' in page
        assert 'action="/support/"' in page  # what is sent names no ward in its address
    assert reverse("support_short", args=["ward-nine"]) == "/s/ward-nine/"
    assert client.get("/s/no-such-ward/").status_code == 200


def test_a_unit_of_another_site_is_not_offered(client: Client, site: Site, time: Any) -> None:
    make_unit(site)
    stranger = make_unit(make_site(host="elsewhere.example"), "Far Away")

    assert "Far Away" not in client.get("/s/far-away/").text
    assert send(client, time, unit=str(stranger.pk)).status_code == 422


# --- errors lose nothing --------------------------------------------------------------------------------------------
WRONG = {
    "no number": ({"contact": ""}, "Write the number or the address"),
    "not a number": ({"contact": "call me"}, "Write the number in digits"),
    "email for a phone": ({"contact": "al@home.example"}, "Choose “Email” above"),
    "phone for an email": ({"reach_by": "email"}, "Write an email address"),
    "a long email": ({"reach_by": "email", "contact": f"{'a' * 95}@b.example"}, "at most 100"),
    "no time": ({"when": "at"}, "Write the time"),
    "a time in words": ({"when": "at", "time": "noon"}, "like 15:30"),
    "a time that has passed": ({"when": "at", "time": "01:00"}, "This time has passed"),
    "elsewhere than where": ({"from_where": "elsewhere"}, "Choose your unit"),
    "alike to what": ({"alike": "on"}, "Choose your work"),
    "a long name": ({"name": "n" * 31}, "at most 30"),
    "an old page": ({"ticket": "forged"}, "All you wrote is still here"),
}


@pytest.mark.parametrize(("wrong", "said"), WRONG.values(), ids=WRONG.keys())
def test_an_error_says_what_to_do_and_keeps_what_was_typed(
    client: Client, site: Site, time: Any, wrong: dict[str, str], said: str
) -> None:
    unit = make_unit(site)
    typed = {"name": "Alexandra", "unit": str(unit.pk), "day": "2027-03-02", "profession": ""} | wrong
    if wrong.get("from_where"):
        typed["unit"] = ""
    page = send(client, time, **typed)

    assert page.status_code == 422
    assert said in page.text
    assert requests() == []
    for value in (SHORTEST | typed).values():
        chosen = rf'value="{re.escape(value)}"[^>]*(checked|selected)|value="{re.escape(value)}"'
        assert value in ("", "on", "forged") or re.search(chosen, page.text), value
    assert '<details class="govuk-details" open>' in page.text
    assert ("checked" in re.search(r'<input[^>]*name="alike"[^>]*>', page.text)[0]) == ("alike" in wrong)


def test_an_old_page_is_taken_when_it_is_sent_again(client: Client, site: Site, time: Any) -> None:
    form = opened(client)
    time.shift(timedelta(hours=25))
    page = client.post(reverse("support_ask"), form)
    fresh = re.search(r'name="ticket" value="([^"]+)"', page.text)[1]
    time.shift(timedelta(seconds=3))

    assert client.post(reverse("support_ask"), form | {"ticket": fresh}).status_code == 200


def test_nobody_is_wanted_and_unwanted_at_once(client: Client, site: Site, time: Any) -> None:
    tom = str(named(site, "Tom Hale").pk)
    assert "You chose the same colleague" in send(client, time, avoid=tom, prefer=tom).text


# --- many at once ---------------------------------------------------------------------------------------------------
def test_many_requests_are_slowed_down_and_nothing_is_lost(client: Client, site: Site, time: Any) -> None:
    for _ in range(30):
        busy.one_more(site)
    form = opened(client) | {"name": "Alexandra"}
    time.shift(timedelta(seconds=5))
    page = client.post(reverse("support_ask"), form)

    assert page.status_code == 429
    assert page["Retry-After"] == "25"
    assert "Wait for 25 seconds, then press Send again." in page.text
    assert 'value="Alexandra"' in page.text
    assert "555 0199" in page.text[page.text.index("<main") : page.text.index("</main")]
    assert requests() == []
    time.shift(timedelta(seconds=26))
    assert client.post(reverse("support_ask"), form).status_code == 200


def test_what_is_counted_is_one_number_that_goes_after_ten_minutes(client: Client, site: Site, time: Any) -> None:
    store = Redis.from_url(configured.REDIS_URL)
    before = set(store.keys("*"))
    send(client, time)
    send(client, time)

    (key,) = {key for key in set(store.keys("*")) - before if b"support.used" not in key}
    assert key.decode().endswith(f"support.lately:{site.pk}")
    assert int(store.get(key)) - 2 in range(busy.BLUR)
    assert 0 < store.ttl(key) <= tickets.BUSY.total_seconds()


def test_the_same_form_sent_again_is_not_counted(client: Client, site: Site, time: Any) -> None:
    form = opened(client)
    time.shift(timedelta(minutes=6))
    client.post(reverse("support_ask"), form)
    before = busy.lately(site)
    for _ in range(3):
        assert client.post(reverse("support_ask"), form).status_code == 200
    time.shift(timedelta(minutes=20))
    assert "This was sent before" in client.post(reverse("support_ask"), form).text

    assert busy.lately(site) == before


def test_where_counting_begins_is_not_known() -> None:
    """Who sends until the page slows down would else know how many others had asked."""
    begins = set()
    for _ in range(300):
        site = Site(slug="invented")
        busy.one_more(site)
        begins.add(busy.lately(site) - 1)

    assert begins == set(range(busy.BLUR))


def test_the_counters_store_may_be_away(client: Client, site: Site, time: Any, settings: Any) -> None:
    away = settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1"}
    settings.CACHES = {"default": away}

    assert send(client, time).status_code == 200
    assert len(requests()) == 1


# --- who is on call -------------------------------------------------------------------------------------------------
def test_listed_colleagues_are_named_and_others_are_not(client: Client, site: Site, time: Any) -> None:
    named(site, "Dr. Tom Hale", profession="doctor")
    named(site, "Zelda Quinn", listed=False)
    page = client.get(reverse("support_ask")).text

    assert "A colleague is on call now" in page
    assert "Tom (Doctor)" in page
    assert "A trained colleague" in page
    assert "03:10" in page  # until when
    assert not re.search("Hale|Zelda|Quinn", page)


def test_whoever_is_away_or_not_trained_is_not_on_call(client: Client, site: Site, time: Any) -> None:
    away, unsigned = named(site, "Tom Hale"), named(site, "Mia Ro", agreed_on=None)
    untrained = named(site, "Ida Poe")
    with working() as by:
        Away.objects.create(supporter=away, site=site, starts_at=clock.now())
        Competence.objects.visible_to(by).filter(supporter=untrained).delete()
    page = client.get(reverse("support_ask")).text

    assert "A colleague is on call now" not in page
    assert "You can send this now." in page
    assert unsigned.pk


def test_with_nobody_on_call_it_says_until_when_and_can_still_be_sent(client: Client, site: Site, time: Any) -> None:
    make_staff(site, Role.COORDINATOR)
    tom = named(site, "Tom Hale", on_call=False)
    with working():
        make_shift(tom, NIGHT + timedelta(hours=4))
    page = client.get(reverse("support_ask")).text
    sent = send(client, time)

    for said, start in ((page, "from 07:10 today."), (sent.text, "Tuesday 2 March, 07:10")):
        said = re.sub(r"<[^>]+>", "", said[said.index("<main") : said.index("</main")])
        assert start in said
        assert "we tell the coordinator at once" in said
        assert "555 0199" in said
    tick()
    assert requests()[0].escalated_at is not None


def test_where_nobody_coordinates_nothing_is_promised_of_a_coordinator(client: Client, site: Site, time: Any) -> None:
    left = make_staff(site, Role.COORDINATOR)
    User.objects.filter(pk=left.pk).update(is_active=False)
    make_staff(make_site(host="elsewhere.example"), Role.COORDINATOR)
    page, sent = client.get(reverse("support_ask")), send(client, time)
    tick()
    later = client.post(reverse("support_reply"), {"words": words_on(sent)})

    assert not any("coordinator" in said.text for said in (page, sent, later))
    for said in (page.text, sent.text):
        assert "we go on looking until somebody comes on duty" in said
    assert "It takes longer than we want. We go on looking." in later.text


def test_two_of_one_name_can_be_told_apart(client: Client, site: Site) -> None:
    for ward in ("Ward Six", "Ward Ten"):
        named(site, "Tom Hale", unit=make_unit(site, ward))
    page = client.get(reverse("support_ask")).text

    assert "Tom (Other), Ward Six" in page
    assert "Tom (Other), Ward Ten" in page


# --- no trace -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", PAGES)
def test_no_cookie_but_the_form_s_own(client: Client, site: Site, name: str) -> None:
    page = client.get(reverse(name))

    assert set(page.cookies) == {configured.CSRF_COOKIE_NAME}
    assert "no-store" in page["Cache-Control"]


@pytest.mark.parametrize("name", PAGES)
def test_a_signed_in_facilitator_gets_the_same_page_as_anybody(
    client: Client, site: Site, time: Any, name: str
) -> None:
    make_unit(site)
    facilitator = signed_in(make_staff(site, Role.FACILITATOR))

    assert plain(facilitator.get(reverse(name)).text) == plain(client.get(reverse(name)).text)
    if name != "support_reply":
        ours, theirs = (send(browser, time, name, people="4") for browser in (client, facilitator))
        assert plain(ours.text) == plain(theirs.text)
        assert {asked.asker for asked in requests()} == {None}


def plain(page: str) -> str:
    """Without what is new in every page: the form's two tokens, and the words."""
    page = re.sub(r'name="(csrfmiddlewaretoken|ticket|words)" value="[^"]*"', "", page)
    return re.sub(r'<ol class="reply-words".*?</ol>', "", page, flags=re.DOTALL)


def test_nothing_about_the_browser_is_kept(site: Site, time: Any, caplog: Any) -> None:
    client, store = Client(**CANARIES), Redis.from_url(configured.REDIS_URL)
    sent = send(client, time, name="Alexandra")
    words = words_on(sent)
    answered = client.post(reverse("support_reply"), {"words": words})

    assert set(sent.cookies) | set(answered.cookies) <= {configured.CSRF_COOKIE_NAME}
    assert "Location" not in sent.headers
    assert len([word for word in words.split() if word in f"{sent.headers}{answered.headers}"]) < 5
    kept = everything() + " ".join(f"{key} {store.get(key)}" for key in store.keys("*") if store.type(key) == b"string")
    assert not re.search(r"203\.0\.113|canary|Alexandra|07700900123", kept + caplog.text)
    assert words not in kept
    assert not Session.objects.exists()


def everything() -> str:
    """Every row of every table that the owner can see, as text."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("set role healing_owner")
        cursor.execute(
            "select format('%I.%I', schemaname, tablename) from pg_tables where schemaname in ('public', 'support')"
        )
        tables = [row[0] for row in cursor.fetchall()]
        rows = []
        for table in tables:
            cursor.execute(f"alter table {table} no force row level security")
            cursor.execute(f"select one::text from {table} one")
            rows += [row[0] for row in cursor.fetchall()]
        cursor.execute("set role healing_web")
    return "\n".join(rows)


# --- for others -----------------------------------------------------------------------------------------------------
def test_a_referral_gets_no_words_and_tells_nothing_back(client: Client, site: Site, time: Any) -> None:
    page = send(client, time, "support_refer", name="Alexandra")

    assert page.status_code == 200
    assert "reply-words" not in page.text
    assert "You will hear nothing back" in page.text
    assert requests()[0].kind == "referral"
    assert "hear nothing back" in client.get(reverse("support_refer")).text


def test_a_team_says_how_many_it_is_and_gets_words(client: Client, site: Site, time: Any) -> None:
    page = send(client, time, "support_team", people="6")

    assert len(words_on(page).split()) == 12
    assert (requests()[0].kind, requests()[0].people) == ("team", 6)
    assert send(client, time, "support_team", people="1").status_code == 422


# --- what the page says ---------------------------------------------------------------------------------------------
def test_the_page_says_what_is_kept_and_the_one_exception(client: Client, site: Site) -> None:
    page = client.get(reverse("support_ask")).text

    for said in (
        "erased the moment it has ended",
        "Your manager is not told",
        "Asking is not an admission",
        "life in danger",
    ):
        assert said in page
    site.clocks = {"peer_keeps": 3}
    site.save()
    assert "3 days after it has ended" in client.get(reverse("support_ask")).text


@pytest.mark.parametrize("name", ["support_ask", "support_team"])
def test_the_law_about_peer_support_is_shown_and_no_other(client: Client, site: Site, name: str) -> None:
    for about, words in {"cases": "Letters stay private.", "support": "Talks with a peer stay private."}.items():
        LegalNotice.objects.create(site=site, jurisdiction="Narnia", text=words, valid_from="2020-01-01", about=about)
    page = client.get(reverse(name)).text

    assert "<strong>Narnia:</strong> Talks with a peer stay private." in page
    assert "Letters stay private." not in page
    assert COURT not in page


def test_without_a_notice_about_peer_support_nothing_is_promised(client: Client, site: Site) -> None:
    LegalNotice.objects.create(site=site, jurisdiction="Narnia", text="Letters.", valid_from="2020-01-01")

    assert COURT in client.get(reverse("support_ask")).text
    assert grade([COURT]) <= HARDEST


def test_a_language_is_asked_for_only_where_there_is_a_choice(client: Client, site: Site, time: Any) -> None:
    assert 'name="language"' not in client.get(reverse("support_ask")).text
    site.languages = "en,fr"
    site.save()
    assert 'name="language"' in client.get(reverse("support_ask")).text
    send(client, time, language="fr")
    assert requests()[0].language == "fr"


def test_it_can_be_found_from_the_start_and_from_help(client: Client, site: Site) -> None:
    for name in ("start", "help"):
        assert f'href="{reverse("support_ask")}"' in client.get(reverse(name)).text


def test_it_leads_to_asking_in_an_account_and_for_others(client: Client, site: Site) -> None:
    page = client.get(reverse("support_ask")).text
    for name in ("support_mine", "support_refer", "support_team"):
        assert f'href="{reverse(name)}"' in page


def test_before_a_site_is_set_up_it_says_so(client: Client) -> None:
    page = client.get(reverse("support_ask"))
    assert page.status_code == 409
    assert "not set up yet" in page.text


def test_nobody_else_in_the_house_sees_it(client: Client, site: Site, time: Any) -> None:
    other = make_supporter(site, on_call=False)
    send(client, time)
    with supporting(other) as by:
        assert not Request.objects.visible_to(by).exists()
