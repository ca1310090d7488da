"""With the reply words, or in one's account: see where it stands, change it, and have it gone."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings as configured
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from healing.models import Site, User
from healing.roles import Role
from support.actions import asking, closing, giving
from support.models import Encounter, Key, Request, Supporter
from support.words import reply_words
from tests.factories.cases import make_site, make_staff, signed_in
from tests.factories.peers import (
    PHONE,
    ask,
    make_supporter,
    opened_at,
    seen_by_due_work,
    supporting,
    tick,
    working,
)
from tests.mail_sink import Sink, listening

pytestmark = pytest.mark.django_db
NIGHT = datetime(2027, 3, 2, 3, 10, tzinfo=UTC)
ACTS = ["time", "contact", "say", "other", "cancel", "rate", "remind"]


@pytest.fixture
def site() -> Site:
    cache.clear()
    return make_site(time_zone="Europe/London")


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    with listening(settings) as server:
        yield server


@pytest.fixture(autouse=True)
def time() -> Iterator[Any]:
    with time_machine.travel(NIGHT, tick=False) as traveller:
        yield traveller


@pytest.fixture
def tom(site: Site) -> Supporter:
    return named(site, "Tom Hale")


def named(site: Site, name: str, **changes: Any) -> Supporter:
    supporter = make_supporter(site, **changes)
    User.objects.filter(pk=supporter.user_id).update(name=name)
    return supporter


def said(page: Any) -> str:
    """The words of the page's own part."""
    main = page.text[page.text.index("<main") : page.text.index("</main")]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def look(client: Client, words: str) -> Any:
    return client.post(reverse("support_reply"), {"words": words})


def about(client: Client, act: str, words: str, **answers: str) -> Any:
    """The page that says what an act means, before it is done."""
    return client.post(reverse("support_reply"), {"act": act, "words": words} | answers)


def do(client: Client, act: str, words: str, **answers: str) -> Any:
    return about(client, act, words, sure="yes", **answers)


def told(words: str, text: str) -> bool:
    """Whether the words are in it. One or two may be by chance: they are plain words."""
    return len([word for word in words.split() if word in text]) > 4


def claimed(request: Request) -> Supporter:
    tick()
    supporter = seen_by_due_work(request).supporter
    assert supporter is not None
    with supporting(supporter) as by:
        giving.accept(by=by, request=request)
    return supporter


# --- where it stands ------------------------------------------------------------------------------------------------
def test_while_nobody_has_said_yes_it_says_that_somebody_is_looked_for(client: Client, site: Site, tom: Any) -> None:
    _, words = ask(site)
    page = said(look(client, words))

    assert "We are looking for a colleague for you now." in page
    assert "within 30 minutes" in page
    assert "555 0199" in page
    assert PHONE not in page  # whoever finds the words does not find a person
    assert f"…{PHONE[-2:]}" in page


def test_passing_cannot_be_seen(client: Client, site: Site, sink: Sink) -> None:
    """Nobody asked so far, one asked, one passed and the next asked: one page."""
    for name in ("Tom Hale", "Mia Ro"):
        named(site, name)
    request, words = ask(site)
    pages = [said(look(client, words))]
    tick()
    pages.append(said(look(client, words)))
    with supporting(seen_by_due_work(request).supporter) as by:
        giving.pass_on(by=by, request=request)
    pages.append(said(look(client, words)))
    tick()
    pages.append(said(look(client, words)))

    assert len(set(pages)) == 1
    assert not re.search("Tom|Mia", pages[0])


def test_when_nobody_comes_it_says_that_the_coordinator_knows(client: Client, site: Site, sink: Sink) -> None:
    make_staff(site, Role.COORDINATOR)
    _, words = ask(site)
    tick()
    assert "The coordinator has been told that someone waits." in said(look(client, words))


def test_whoever_said_yes_is_named_if_listed(client: Client, site: Site, tom: Supporter, sink: Sink) -> None:
    request, words = ask(site)
    claimed(request)
    assert "Tom will reach you." in said(look(client, words))

    with working() as by:
        Supporter.objects.visible_to(by).filter(pk=tom.pk).update(listed=False)
    page = look(client, words).text
    assert "A trained colleague will reach you." in page
    assert "Tom" not in page


def test_the_answer_is_shown_with_its_time(client: Client, site: Site, tom: Supporter, sink: Sink) -> None:
    request, words = ask(site)
    with supporting(claimed(request)) as by:
        giving.answer(by=by, request=request, reply="other_time")
    page = said(look(client, words))

    assert "Tom, Tuesday 2 March, 03:10" in page
    assert "Can you choose another one?" in page


def test_reached_and_ended(client: Client, site: Site, tom: Supporter, sink: Sink) -> None:
    request, words = ask(site)
    with supporting(claimed(request)) as by:
        giving.reached(by=by, request=request)
    assert "Tom has reached you." in said(look(client, words))

    with supporting(tom) as by:
        closing.close(by=by, request=request, outcome="supported", people=1)
    page = said(look(client, words))
    assert "This has ended." in page
    assert "Your name and number are erased." in page
    assert "Did it help?" in page
    assert PHONE not in page


def test_a_site_that_keeps_days_says_until_when(client: Client, site: Site, tom: Supporter, sink: Sink) -> None:
    site.clocks = {"peer_keeps": 3}
    site.save()
    request, words = ask(site)
    with supporting(claimed(request)) as by:
        closing.close(by=by, request=request, outcome="supported", people=1)
    assert "erased on Friday 5 March" in said(look(client, words))


# --- the words ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "said_"),
    [("", "Write the twelve words"), ("one two", "You wrote 2 words"), ("xylophone " * 12, "are not our words")],
)
def test_words_that_cannot_be_read_stay_to_be_mended(client: Client, site: Site, typed: str, said_: str) -> None:
    page = look(client, typed)

    assert page.status_code == 422
    assert said_ in page.text
    assert typed.strip() in page.text


def test_words_may_be_written_as_people_write(client: Client, site: Site, tom: Any) -> None:
    _, words = ask(site)
    as_written = "\n".join(f"{place}. {word.upper()}," for place, word in enumerate(words.split(), 1))
    assert "Your request" in said(look(client, as_written))


def test_foreign_forgotten_and_taken_back_words_give_one_page(
    client: Client, site: Site, sink: Sink, time: Any
) -> None:
    ask(site)
    _, taken_back = ask(site)
    do(client, "cancel", taken_back)
    over, forgotten = ask(site)
    named(site, "Tom Hale")
    with supporting(claimed(over)) as by:
        closing.close(by=by, request=over, outcome="supported", people=1)
    time.shift(timedelta(days=14))
    pages = {plain(look(client, words).text) for words in (reply_words("never given"), taken_back, forgotten)}
    tick()
    pages |= {plain(look(client, words).text) for words in (taken_back, forgotten)}

    assert len(pages) == 1
    assert "Nothing is kept under these words" in pages.pop()


@pytest.mark.parametrize("act", ACTS)
def test_foreign_words_change_nothing(client: Client, site: Site, act: str) -> None:
    request, _ = ask(site)
    answers = {
        "when": "after_shift",
        "reach_by": "phone",
        "contact": "0700 1234567",
        "met_need": "no",
        "answer": "right",
    }
    page = do(client, act, reply_words("never given"), **answers)

    assert "Nothing is kept under these words" in page.text
    row = seen_by_due_work(request)
    assert (row.status, row.when, row.met_need, row.answer) == ("waiting", "now", "", "")


@pytest.mark.parametrize("act", ACTS)
def test_whatever_is_done_a_browser_keeps_one_address(client: Client, site: Site, act: str) -> None:
    """A ward shares its computer: an address of its own for taking back would tell that something was asked."""
    _, words = ask(site)
    here = reverse("support_reply")
    for page in (look(client, words), about(client, act, words), do(client, act, words)):
        targets = re.findall(r'<form[^>]* action="([^"]+)"', page.text.partition("<main")[2])
        assert (page.status_code, page.headers.get("Location")) in ((200, None), (422, None))
        assert set(targets) <= {here}


def test_whether_it_helped_is_not_taken_before_it_has_ended(client: Client, site: Site) -> None:
    request, words = ask(site)
    do(client, "rate", words, met_need="yes")
    assert seen_by_due_work(request).met_need == ""


def test_an_act_nobody_knows_is_a_look(client: Client, site: Site) -> None:
    _, words = ask(site)
    page = about(client, "nonsense", words)
    assert "looking for a colleague" in said(page)


@pytest.mark.parametrize("act", ACTS)
def test_no_act_leaves_a_cookie_or_a_session_or_shows_words_in_an_address(client: Client, site: Site, act: str) -> None:
    _, words = ask(site)
    pages = [look(client, words), about(client, act, words), do(client, act, words)]

    for page in pages:
        assert set(page.cookies) <= {configured.CSRF_COOKIE_NAME}
        assert "Location" not in page.headers
        assert not told(words, str(page.headers))
        title = re.search(r"<title>(.*?)</title>", page.text, re.DOTALL)
        assert title
        assert not told(words, title[1])
        assert not re.search(r'(href|action)="[^"]*(words|request)=', page.text)
    assert not Session.objects.exists()


# --- the acts -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("act", ACTS)
def test_each_act_asks_first(client: Client, site: Site, tom: Any, act: str) -> None:
    request, words = ask(site)
    before = seen_by_due_work(request)
    page = about(client, act, words)

    assert page.status_code == 200
    assert f'name="words" value="{words}"' in page.text
    after = seen_by_due_work(request)
    assert (before.status, before.when, before.met_need) == (after.status, after.when, after.met_need)


def test_another_time(client: Client, site: Site, tom: Any) -> None:
    request, words = ask(site)
    page = do(client, "time", words, when="at", day="2027-03-04", time="18:30")

    assert seen_by_due_work(request).at == datetime(2027, 3, 4, 18, 30, tzinfo=UTC)
    assert "Thursday 4 March, 18:30" in said(page)
    assert "We have your new time." in said(page)
    wrong = do(client, "time", words, when="at", day="2027-03-04", time="")
    assert wrong.status_code == 422
    assert 'value="2027-03-04" selected' in wrong.text


def test_another_number(client: Client, site: Site, tom: Any) -> None:
    _, words = ask(site)
    page = do(client, "contact", words, reach_by="email", contact="al@home.example")

    assert "al@home.example" in said(page)  # whole, where it was typed just now
    assert PHONE not in page.text
    later = look(client, words)
    assert "a…le" in said(later)
    assert "al@home.example" not in later.text
    wrong = do(client, "contact", words, reach_by="phone", contact="al@home.example")
    assert (wrong.status_code, "al@home.example" in wrong.text) == (422, True)


def test_somebody_else(client: Client, site: Site, tom: Supporter, sink: Sink) -> None:
    named(site, "Mia Ro")
    request, words = ask(site)
    first = claimed(request)
    page = do(client, "other", words)
    tick()

    assert "We are looking for someone else." in said(page)
    assert seen_by_due_work(request).supporter != first


def test_taking_back_erases_at_once(client: Client, site: Site, sink: Sink) -> None:
    request, words = ask(site, name="Alexandra")
    page = do(client, "cancel", words)

    assert "Your request is taken back." in said(page)
    assert PHONE not in page.text
    with working() as by:
        assert not Key.objects.visible_to(by).filter(holder=request.pk).exists()


@pytest.mark.parametrize(
    ("act", "answers", "meaning"),
    [
        ("say", {"answer": "right"}, "The colleague who has your request reads it."),
        ("other", {}, "We look for another colleague at once."),
        ("cancel", {}, "You can ask again at any time."),
        ("rate", {"met_need": "yes"}, "It is not shown to your colleague."),
    ],
)
def test_what_an_act_means_is_told_before_it_and_not_after(
    client: Client, site: Site, tom: Supporter, sink: Sink, act: str, answers: dict[str, str], meaning: str
) -> None:
    request, words = ask(site)
    with supporting(claimed(request)) as by:
        if act == "rate":
            closing.close(by=by, request=request, outcome="supported", people=1)

    assert meaning in said(about(client, act, words))
    assert meaning not in said(do(client, act, words, **answers))


def test_saying_whether_it_helped(client: Client, site: Site, tom: Supporter, sink: Sink, time: Any) -> None:
    request, words = ask(site)
    with supporting(claimed(request)) as by:
        closing.close(by=by, request=request, outcome="supported", people=1)
    assert do(client, "rate", words).status_code == 422
    assert "Thank you. We have your answer." in said(do(client, "rate", words, met_need="partly"))

    time.shift(timedelta(days=16))
    tick()
    with working() as by:
        assert Encounter.objects.visible_to(by).get().met_need_asker == "partly"


def test_who_has_said_whether_it_helped_is_not_asked_again(
    client: Client, site: Site, tom: Supporter, sink: Sink
) -> None:
    request, words = ask(site)
    with supporting(claimed(request)) as by:
        closing.close(by=by, request=request, outcome="supported", people=1)
    assert "Change my answer" not in said(look(client, words))
    sent = do(client, "rate", words, met_need="partly")

    for page in (sent, look(client, words)):
        assert "Did it help? Partly" in said(page)
        folded = page.text[page.text.index("<details") : page.text.index("</details>")]
        assert "Change my answer" in folded
        assert 'value="partly"' in folded[: folded.index("checked")].rpartition("<input")[2]
        assert page.text.count('name="met_need"') == folded.count('name="met_need"') == 4
    assert "Did it help? No" in said(do(client, "rate", words, met_need="no"))


def test_what_is_closed_meanwhile_is_said(client: Client, site: Site, tom: Supporter, sink: Sink) -> None:
    request, words = ask(site)
    with supporting(claimed(request)) as by:
        closing.close(by=by, request=request, outcome="supported", people=1)
    page = do(client, "time", words, when="now")

    assert page.status_code == 409
    assert asking.CLOSED in page.text
    assert f'href="{reverse("support_reply")}"' in page.text


# --- in one's own account -------------------------------------------------------------------------------------------
def ask_in_account(client: Client, time: Any, **answers: str) -> Any:
    page = client.get(reverse("support_mine")).text
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)
    assert ticket
    time.shift(timedelta(seconds=5))
    form = {"reach_by": "phone", "contact": PHONE, "when": "now", "ticket": ticket[1]} | answers
    return client.post(reverse("support_mine"), form, follow=True)


@pytest.fixture
def staff(site: Site) -> User:
    return make_staff(site, Role.FACILITATOR)


def in_account(client: Client, act: str, request: Request, **answers: str) -> Any:
    form = {"act": act, "request": str(request.pk), "sure": "yes"} | answers
    return client.post(reverse("support_mine"), form, follow=True)


def test_in_an_account_it_is_seen_without_words(site: Site, tom: Any, time: Any, staff: User) -> None:
    client = signed_in(staff)
    page = ask_in_account(client, time)

    assert page.redirect_chain == []
    assert "We are looking for a colleague for you now." in said(page)
    assert "reply-words" not in page.text
    assert "Ask once more" in said(page)
    assert f'class="govuk-back-link" href="{reverse("home")}"' in page.text
    with working() as by:
        request = Request.objects.visible_to(by).get()
    assert request.asker == staff.pk
    assert "18:30" in said(in_account(client, "time", request, when="at", day="2027-03-04", time="18:30"))
    assert "al@home.example" in said(
        in_account(client, "contact", request, reach_by="email", contact="al@home.example")
    )
    assert "a…le" in said(client.get(reverse("support_mine")))
    assert "al@home.example" not in said(in_account(client, "cancel", request))
    assert seen_by_due_work(request).status == "erased"


def test_in_an_account_nobody_else_s_request_can_be_reached(site: Site, time: Any, sink: Sink, staff: User) -> None:
    supporter = named(site, "Tom Hale")
    request, _ = ask(site)
    claimed(request)
    helper = signed_in(User.objects.get(pk=supporter.user_id))  # who sees it, and did not ask
    for client in (signed_in(staff), helper):
        assert PHONE not in client.get(reverse("support_mine")).text
        in_account(client, "cancel", request)
        assert seen_by_due_work(request).status == "claimed"


def test_an_account_is_needed(client: Client, site: Site) -> None:
    assert client.get(reverse("support_mine")).status_code == 302
    assert client.post(reverse("support_mine"), {"act": "cancel", "request": "x"}).status_code == 302


def plain(page: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page)


def test_whoever_is_on_call_alone_is_not_told_that_they_will_come_to_themselves(site: Site, time: Any) -> None:
    tom = named(opened_at(site), "Tom Hale")
    client = signed_in(User.objects.get(pk=tom.user_id))
    before, sent = said(client.get(reverse("support_mine"))), said(ask_in_account(client, time))

    assert "You can send this now." in before
    assert "Tom (" not in before  # nor can they name themselves
    assert "Nobody is on call just now." in sent
    assert "A colleague is on call now" in said(
        signed_in(make_staff(site, Role.FACILITATOR)).get(reverse("support_mine"))
    )
