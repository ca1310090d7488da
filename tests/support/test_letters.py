"""Letters on days that somebody chose: each comes once, on its morning, and then nothing of it is left."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from healing import clock, due, mail
from healing.models import Site
from support.models import Due, Effect, Key, Reminder, Request
from tests.conftest import become
from tests.factories.cases import make_site
from tests.factories.peers import ask, asking_as, tick, working
from tests.mail_sink import TAKEN, Sink
from tests.support.test_reply_pages import NIGHT, about, do, look, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(db: None) -> Site:
    cache.clear()
    return make_site(time_zone="Europe/London")


@pytest.fixture(autouse=True)
def time() -> Iterator[Any]:
    with time_machine.travel(NIGHT, tick=False) as traveller:
        yield traveller


DAY = {"on_0": "2", "on_1": "March", "on_2": "2028", "address": "al@home.example"}
LONG = f"al@{'.'.join(['中' * 15] * 5)}.com"  # few letters, and more bytes than the table takes


def reminders() -> list[Reminder]:
    with working() as by:
        return list(Reminder.objects.visible_to(by).order_by("on"))


@pytest.mark.parametrize("zone", ["Europe/London", "Pacific/Auckland", "Pacific/Honolulu"])
def test_a_letter_comes_on_its_day_and_its_address_goes(
    client: Client, site: Site, sink: Sink, time: Any, zone: str
) -> None:
    site.time_zone = zone
    site.save()
    _, words = ask(site)
    page = do(client, "remind", words, **DAY)
    assert "We will write to you on this day." in said(page)
    assert "Thursday 2 March 2028" in said(page)
    with working() as by:
        due_at = Due.objects.visible_to(by).get(kind="support.reminder").due_at
    do(client, "cancel", words)

    time.move_to(due_at - timedelta(seconds=5))
    tick()
    before = [letter for letter in sink.letters if letter["To"] == "al@home.example"]
    time.move_to(due_at)
    tick()
    (letter,) = [letter for letter in sink.letters if letter["To"] == "al@home.example"]
    time.shift(timedelta(hours=1))
    tick()

    assert before == []
    assert "You asked us to write to you at this time." in letter.get_content()
    assert "If it was not you, there is nothing to do." in letter.get_content()
    assert not any(word in str(letter).casefold() for word in ("support", "peer", "colleague"))
    assert reminders() == []


def test_an_address_stays_while_no_server_takes_its_letter(
    client: Client, site: Site, sink: Sink, time: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Also while it is being handed over. The letter leaves once the server is back, and then all of it goes."""
    asked_for_a_letter(client, site, time)
    sink.recipient_answer = "451 later"
    for _ in range(5):
        tick()
        time.shift(timedelta(minutes=50))
    with working() as by:
        being_done = {"state": "leased", "lease_until": clock.now() + timedelta(hours=2)}
        Due.objects.visible_to(by).filter(kind="support.reminder").update(**being_done)
    time.shift(timedelta(minutes=70))
    tick()
    assert (sink.letters, len(reminders())) == ([], 1)
    failed = [one.getMessage() for one in caplog.records if one.name == "healing.due"]
    assert failed
    assert not any("support." in line for line in failed)

    sink.recipient_answer = TAKEN
    for _ in range(4):
        time.shift(timedelta(minutes=50))
        tick()
    assert [letter["To"] for letter in sink.letters] == ["al@home.example"]
    with working() as by:
        assert [model.objects.visible_to(by).count() for model in (Reminder, Key, Effect, Due)] == [0, 0, 0, 0]


def test_a_letter_that_may_have_left_is_not_sent_again(client: Client, site: Site, sink: Sink, time: Any) -> None:
    asked_for_a_letter(client, site, time)
    sink.data_answer = ""  # it is read, and then the server hangs up
    tick()
    sink.data_answer = TAKEN
    for _ in range(3):
        time.shift(timedelta(minutes=50))
        tick()

    assert [letter["To"] for letter in sink.letters] == ["al@home.example"]
    with working() as by:
        left = {model: model.objects.visible_to(by).count() for model in (Reminder, Key, Effect)}
        assert left == dict.fromkeys(left, 0)
        assert not Due.objects.visible_to(by).filter(kind__startswith="support.remind").exists()


def asked_for_a_letter(client: Client, site: Site, time: Any) -> None:
    """The request is taken back. It is the morning of the letter's day."""
    _, words = ask(site)
    do(client, "remind", words, **DAY)
    do(client, "cancel", words)
    with working() as by:
        time.move_to(Due.objects.visible_to(by).get(kind="support.reminder").due_at)


def test_several_letters_are_listed_by_day_and_can_be_taken_back(client: Client, site: Site) -> None:
    _, words = ask(site)
    do(client, "remind", words, **DAY)
    page = do(client, "remind", words, **DAY | {"on_1": "1"})
    assert said(page).index("2 January 2028") < said(page).index("2 March 2028")
    assert "al@home.example" not in said(page)

    do(client, "cancel", words)
    later = look(client, words)  # the request is gone, the letters are still theirs
    assert "2 January 2028" in said(later)
    for reminder in reminders():
        page = about(client, "remind", words, remove=str(reminder.pk))
    assert reminders() == []
    with working() as by:
        assert not Key.objects.visible_to(by).exists()
        assert not Due.objects.visible_to(by).filter(kind__startswith="support.remind").exists()


def test_taking_a_request_back_says_that_its_letter_still_comes(client: Client, site: Site) -> None:
    _, words = ask(site)
    do(client, "remind", words, **DAY)
    page = do(client, "cancel", words)

    assert "Nothing more is kept" not in said(page)
    assert "A letter that you asked for still comes." in said(page)
    assert "2 March 2028 Take it back" in said(page)
    assert DAY["address"] not in page.text
    page = about(client, "remind", words, remove=str(reminders()[0].pk))
    assert "This letter is taken back. Your address is erased." in said(page)
    assert "Nothing more is kept under your words." in said(page)
    assert reminders() == []


def test_where_only_letters_are_left_nothing_leads_back_to_a_request(client: Client, site: Site) -> None:
    _, words = ask(site)
    assert "Back to my request" in said(do(client, "remind", words, **DAY))
    do(client, "cancel", words)

    for page in (look(client, words), about(client, "remind", words)):
        assert "Back to my request" not in said(page)
        assert f'<a class="govuk-link" href="{reverse("support_ask")}">Ask for a peer</a>' in page.text


def test_nobody_else_takes_a_letter_back(client: Client, site: Site) -> None:
    _, words = ask(site)
    _, other = ask(site)
    do(client, "remind", words, **DAY)
    about(client, "remind", other, remove=str(reminders()[0].pk))

    assert len(reminders()) == 1
    with asking_as(other) as by:
        assert not Reminder.objects.visible_to(by).exists()


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"on_2": "2027"}, "Choose a later one"),
        ({"on_2": "2206"}, "next five years"),
        ({"on_1": "Smarch"}, "could not read that date"),
        ({"address": "al at home"}, "Write an email address"),
        ({"address": LONG}, "This address is too long for us."),
    ],
)
def test_a_letter_needs_a_day_to_come_and_an_address(
    client: Client, site: Site, wrong: dict[str, str], why: str
) -> None:
    _, words = ask(site)
    page = do(client, "remind", words, **DAY | wrong)

    assert page.status_code == 422
    assert why in page.text
    assert all(f'value="{value}"' in page.text for value in (DAY | wrong).values())
    assert reminders() == []


@pytest.mark.parametrize(
    "wrong", [{"on_0": "", "on_1": "", "on_2": ""}, {"on_2": "28"}, {"on_1": "Smarch"}], ids=["no", "year", "month"]
)
def test_the_day_s_one_example_is_still_to_come(client: Client, site: Site, wrong: dict[str, str]) -> None:
    _, words = ask(site)
    pages = [about(client, "remind", words), do(client, "remind", words, **DAY | wrong)]
    years = re.findall(r"like (?:this: )?(?:27 3 )?(2\d{3})", " ".join(said(page) for page in pages), re.IGNORECASE)

    assert len(years) >= 3
    assert set(years) == {"2028"}


@pytest.mark.parametrize(
    ("host", "url"), [("lakeside.example.org", "http://lakeside.example.org/"), ("", "")], ids=["own", "none"]
)
def test_a_letter_leads_to_its_own_site_or_nowhere(
    client: Client, site: Site, sink: Sink, time: Any, host: str, url: str
) -> None:
    time.shift(timedelta(seconds=1))  # the usual address is the older site's
    second = make_site(name="Lakeside", host=host, time_zone="Europe/London")
    for one in (site, second):
        asked_for_a_letter(client, one, time)
        tick()
        time.move_to(NIGHT)
    first, other = (letter.get_content() for letter in sink.letters if letter["To"] == DAY["address"])

    assert re.findall("http.*", first) == [settings.BASE_URL + "/"]
    assert re.findall("http.*", other) == [url] * bool(url)
    assert ("Or look here:" in other) == bool(url)


def test_there_is_an_end_to_letters(client: Client, site: Site) -> None:
    _, words = ask(site)
    for month in range(1, 4):
        do(client, "remind", words, **DAY | {"on_1": str(month)})
    page = do(client, "remind", words, **DAY | {"on_1": "4"})

    assert page.status_code == 409
    assert "You have 3 letters to come. Take one back" in page.text
    assert [reminder.on for reminder in reminders()][-1] == date(2028, 3, 2)


@pytest.mark.parametrize("address", [DAY["address"], "mia@home.example"])
def test_one_letter_comes_on_a_day(client: Client, site: Site, sink: Sink, time: Any, address: str) -> None:
    """The answer is one whatever the address, so that whoever finds the words cannot try whose they are."""
    _, words = ask(site)
    pages = [do(client, "remind", words, **DAY | {"address": to}) for to in (DAY["address"], address)]

    assert [page.status_code for page in pages] == [200, 200]
    assert "We will write to you on this day." not in said(pages[1])
    assert "A letter comes on this day already, so we added none." in said(pages[1])
    assert f'value="{address}"' in pages[1].text
    assert len(reminders()) == 1
    time.move_to(datetime(2028, 3, 2, 10, tzinfo=UTC))
    tick()
    assert [letter["To"] for letter in sink.letters] == [DAY["address"]]


def test_nothing_joins_a_letter_to_its_request(client: Client, site: Site) -> None:
    """Whoever had both tables and the keys could put a name to what was counted."""
    request, words = ask(site)
    do(client, "remind", words, **DAY)
    (letter,) = reminders()
    with working() as by:
        asked = Request.objects.visible_to(by).values_list("words_hash", "id", "encounter").get()

    assert request.pk in asked
    assert not {letter.words_hash, letter.pk} & set(asked)


def test_other_words_have_letters_of_their_own(client: Client, site: Site) -> None:
    for _, words in (ask(site), ask(site)):
        assert "We will write to you on this day." in said(do(client, "remind", words, **DAY))
    assert len(reminders()) == 2


def test_a_letter_comes_on_its_morning_when_the_site_has_another_time_zone_by_then(
    client: Client, site: Site, sink: Sink, time: Any
) -> None:
    asked_for_a_letter(client, site, time)
    Site.objects.filter(pk=site.pk).update(time_zone="Pacific/Honolulu")
    for _ in range(9):
        tick()
        time.shift(timedelta(hours=1, seconds=1))
    assert (sink.letters, len(reminders())) == ([], 1)
    for _ in range(4):
        time.shift(timedelta(hours=1))
        tick()

    assert [letter["To"] for letter in sink.letters] == ["al@home.example"]
    assert reminders() == []


def test_what_is_planned_does_not_tell_when_somebody_sat_there(client: Client, site: Site) -> None:
    _, words = ask(site)
    do(client, "remind", words, **DAY)

    with working() as by:
        planned = Due.objects.visible_to(by).filter(kind__startswith="support.remind")
        assert {one.created_at for one in planned} == {datetime(2027, 3, 2, tzinfo=UTC)}


def test_a_letter_that_could_not_be_made_leaves_once_the_cause_is_mended(
    client: Client, site: Site, sink: Sink, time: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for_a_letter(client, site, time)
    with monkeypatch.context() as broken:
        broken.setattr(mail, "build", lambda *words, **more: 1 / 0)
        for _ in range(20):
            tick()
            time.shift(timedelta(minutes=20))
    with working() as by:
        assert Due.objects.visible_to(by).filter(kind="support.reminder", state="stuck").exists()
    assert (sink.letters, len(reminders())) == ([], 1)

    become("healing_worker")
    due.take_up_again(Due)
    tick()
    time.shift(timedelta(hours=2))
    tick()
    assert [letter["To"] for letter in sink.letters] == ["al@home.example"]
    assert reminders() == []


def test_an_address_is_not_kept_for_ever_when_its_letter_cannot_leave(
    client: Client, site: Site, sink: Sink, time: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for_a_letter(client, site, time)
    monkeypatch.setattr(mail, "build", lambda *words, **more: 1 / 0)
    for _ in range(16 * 24):
        tick()
        time.shift(timedelta(hours=1))

    assert reminders() == []
    with working() as by:
        assert not Due.objects.visible_to(by).filter(kind__startswith="support.remind").exists()


def test_what_is_taken_back_is_only_said_to_be_when_it_was(client: Client, site: Site) -> None:
    _, words = ask(site)
    do(client, "remind", words, **DAY)
    page = about(client, "remind", words, remove="nonsense")

    assert "This letter has left already, or was taken back before." in said(page)
    assert len(reminders()) == 1
