"""The supporter's pages: asked, accepted, reached, closed; and one same page when it is with somebody else."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from healing import clock, ids
from healing.models import Site, User
from healing.roles import Role
from support.actions import asking
from support.models import Encounter, Request, Supporter
from tests.factories.cases import make_site, make_staff, signed_in
from tests.factories.peers import (
    PHONE,
    ask,
    asking_as,
    make_shift,
    make_supporter,
    make_unit,
    seen_by_due_work,
    tick,
    working,
)
from tests.mail_sink import Sink, listening

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Site:
    return make_site()


@pytest.fixture(autouse=True)
def sink(settings: Any) -> Iterator[Sink]:
    with listening(settings) as server:
        yield server


@pytest.fixture
def time() -> Iterator[Any]:
    with time_machine.travel(clock.now().replace(microsecond=0), tick=False) as traveller:
        yield traveller


@pytest.fixture
def tom(site: Site) -> Supporter:
    return make_supporter(site, capacity=9)


def at(supporter: Supporter) -> Client:
    return signed_in(User.objects.get(pk=supporter.user_id))


def main(page: Any) -> str:
    """What the page says, without the form's token."""
    text = page.text.split("<main")[1].split("</main")[0]
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text)


def paged(site: Site, **wish: Any) -> tuple[Request, str]:
    asked, words = ask(site, **wish)
    tick()
    return asked, words


def press(browser: Client, name: str, asked: Request, **said: Any) -> Any:
    return browser.post(reverse(name, args=[asked.pk]), said)


def accepted(site: Site, browser: Client, **wish: Any) -> tuple[Request, str]:
    asked, words = paged(site, **wish)
    assert press(browser, "support_accept", asked).status_code == 302
    return asked, words


def page_of(browser: Client, asked: Request) -> Any:
    return browser.get(reverse("support_request", args=[asked.pk]))


def closing_as_shown(browser: Client, asked: Request) -> dict[str, Any]:
    """The form as it stands once they have spoken, as if its button were pressed at once."""
    press(browser, "support_reached", asked)
    form = browser.get(reverse("support_close", args=[asked.pk])).context["form"]
    return {name: form[name].value() for name in form.fields}


def test_what_is_asked_says_neither_who_nor_how_to_reach_them(site: Site, tom: Supporter) -> None:
    asked, _ = paged(site, name="Alex", unit=make_unit(site, "Birth centre"))
    browser = at(tom)

    for page in (browser.get(reverse("support_now")), page_of(browser, asked)):
        assert "Somebody would like to talk." in main(page)
        assert "Answer by" in main(page)
        assert not any(secret in page.text for secret in ("Alex", PHONE, "07700900123", "Birth centre"))


def test_from_the_notice_to_the_number_in_four_taps(site: Site, tom: Supporter) -> None:
    """The link in the notice, the request, yes, the number."""
    asked, _ = paged(site, name="Alex", unit=make_unit(site, "Birth centre"))
    browser = at(tom)
    now = main(browser.get(reverse("support_now")))
    [link] = re.findall(rf'href="({reverse("support_request", args=[asked.pk])})"', now)
    [accept] = re.findall(r'action="([^"]*/accept/)"', main(browser.get(link)))
    shown = main(browser.post(accept, follow=True))

    assert f'href="tel:{re.sub(" ", "", PHONE)}"' in shown
    assert "Alex" in shown
    assert "Birth centre" not in shown


@pytest.mark.parametrize(
    ("reach_by", "contact", "link"),
    [
        ("phone", "+44 (0)20 7946", "tel:+440207946"),
        ("text", "07700 900123", "sms:07700900123"),
        ("email", "alex@home.example", "mailto:alex@home.example"),
    ],
)
def test_the_way_to_reach_them_can_be_tapped(
    site: Site, tom: Supporter, reach_by: str, contact: str, link: str
) -> None:
    browser = at(tom)
    asked, _ = accepted(site, browser, reach_by=reach_by, contact=contact)

    assert f'href="{link}"' in main(page_of(browser, asked))


def test_what_i_hold_is_listed_without_the_way_to_reach_them(site: Site, tom: Supporter) -> None:
    browser = at(tom)
    accepted(site, browser, name="Alex")
    shown = browser.get(reverse("support_now"))

    assert "With you" in main(shown)
    assert "Alex" in main(shown)
    assert not any(secret in shown.text for secret in (PHONE, "07700900123", "…23"))


def passes(asked: Request, words: str, browser: Client, time: Any) -> None:
    press(browser, "support_pass", asked)


def does_not_answer(asked: Request, words: str, browser: Client, time: Any) -> None:
    """And somebody else is there to be called."""
    make_supporter(asked.site)
    time.shift(timedelta(minutes=11))
    tick()


def is_replaced(asked: Request, words: str, browser: Client, time: Any) -> None:
    with asking_as(words) as by:
        asking.ask_for_someone_else(by=by, request=Request.objects.visible_to(by).get())


def is_cancelled(asked: Request, words: str, browser: Client, time: Any) -> None:
    with asking_as(words) as by:
        asking.cancel(by=by, request=Request.objects.visible_to(by).get())


def is_forgotten(asked: Request, words: str, browser: Client, time: Any) -> None:
    is_cancelled(asked, words, browser, time)
    tick()


def is_closed(asked: Request, words: str, browser: Client, time: Any) -> None:
    press(browser, "support_accept", asked)
    assert press(browser, "support_close", asked, **closing_as_shown(browser, asked)).status_code == 200


def is_handed_on(asked: Request, words: str, browser: Client, time: Any) -> None:
    press(browser, "support_accept", asked)
    press(browser, "support_hand_on", asked)


def goes_back_after_the_shift(asked: Request, words: str, browser: Client, time: Any) -> None:
    press(browser, "support_accept", asked)
    time.shift(timedelta(hours=25))
    tick()


CAUSES: list[Callable[[Request, str, Client, Any], None]] = [
    *(passes, does_not_answer, is_replaced, is_cancelled, is_forgotten),
    *(is_closed, is_handed_on, goes_back_after_the_shift),
]
ACTS = ["accept", "pass", "keep", "reached", "answer", "refer_on", "hand_on", "close"]


@pytest.mark.parametrize("cause", CAUSES)
def test_what_is_no_longer_with_me_is_one_same_page(cause: Any, site: Site, tom: Supporter, time: Any) -> None:
    """Whatever happened, and also for what never was."""
    browser = at(tom)
    asked, words = paged(site)
    never = Request(pk=ids.new())
    cause(asked, words, browser, time)
    browser = at(tom)  # a sign-in does not last for a day
    after, before = page_of(browser, asked), page_of(browser, never)

    assert "This is not with you any more. Thank you." in main(after)
    assert (after.status_code, main(after)) == (before.status_code, main(before))
    for act in ACTS:
        late, unknown = (press(browser, f"support_{act}", one) for one in (asked, never))
        assert (late.status_code, main(late)) == (unknown.status_code, main(unknown)) == (404, main(before))
    assert str(asked.pk) not in browser.get(reverse("support_now")).text


def test_another_supporter_sees_nothing_of_it(site: Site, tom: Supporter) -> None:
    asked, _ = paged(site)
    other = at(make_supporter(site))

    assert page_of(other, asked).status_code == 404
    assert press(other, "support_accept", asked).status_code == 404
    assert "Nobody is waiting for you." in main(other.get(reverse("support_now")))


def test_the_way_to_reach_them_comes_only_with_the_yes(site: Site, tom: Supporter) -> None:
    asked, _ = paged(site)
    browser = at(tom)

    for name in ("answer", "refer_on", "hand_on", "close"):
        assert browser.get(reverse(f"support_{name}", args=[asked.pk])).status_code == 404


def test_pressed_twice_a_yes_is_one_yes(site: Site, tom: Supporter) -> None:
    browser = at(tom)
    asked, _ = accepted(site, browser)

    assert press(browser, "support_accept", asked).status_code == 302


def test_three_contacts_and_then_somebody_else(site: Site, tom: Supporter) -> None:
    browser = at(tom)
    asked, _ = accepted(site, browser)
    for _again in range(3):
        assert press(browser, "support_reached", asked).status_code == 302
    shown = main(page_of(browser, asked))

    assert "You have spoken 3 times." in shown
    assert "We have spoken" not in shown
    assert press(browser, "support_reached", asked).status_code == 409


def test_a_prepared_answer_is_read_back(site: Site, tom: Supporter) -> None:
    browser = at(tom)
    asked, _ = accepted(site, browser)
    assert press(browser, "support_answer", asked, reply="my own words").status_code == 422
    press(browser, "support_answer", asked, reply="tried")

    assert "I tried to reach you and will try again." in main(page_of(browser, asked))
    assert seen_by_due_work(asked).reply == "tried"


def test_urgent_says_what_to_do_and_whom_to_ring(site: Site, tom: Supporter) -> None:
    browser = at(tom)
    asked, _ = accepted(site, browser)
    held = main(page_of(browser, asked))
    assert f'href="{reverse("support_refer_on", args=[asked.pk])}#danger"' in held
    assert "Stay with them" not in held
    referring = main(browser.get(reverse("support_refer_on", args=[asked.pk])))
    assert referring.index('id="danger"') < referring.index("Who else could help?")
    press(browser, "support_refer_on", asked, referral="urgent")
    shown = main(page_of(browser, asked))

    assert "Stay with them" in shown
    assert 'href="tel:5550199"' in shown


@pytest.mark.parametrize(
    ("kept", "says"), [(True, "The end of your shift does not take this from you."), (False, "Thank you.")]
)
def test_what_is_kept_stays_beyond_the_shift(site: Site, time: Any, kept: bool, says: str) -> None:
    tom = make_supporter(site, on_call=False)
    with working():
        make_shift(tom, clock.now() - timedelta(hours=1), hours=2)
    browser = at(tom)
    asked, _ = accepted(site, browser, when="after_shift")
    assert "Keep it beyond my shift" in main(page_of(browser, asked))
    if kept:
        press(browser, "support_keep", asked)
    time.shift(timedelta(hours=1, minutes=1))
    tick()

    assert says in main(page_of(browser, asked))


def test_handed_on_goes_to_the_next(site: Site, tom: Supporter) -> None:
    browser = at(tom)
    asked, _ = accepted(site, browser)
    ann = make_supporter(site)
    press(browser, "support_hand_on", asked)
    tick()

    assert seen_by_due_work(asked).supporter == ann


def test_one_press_closes_and_erases(site: Site, tom: Supporter) -> None:
    browser = at(tom)
    asked, _ = accepted(site, browser, name="Alex", profession="midwife")
    press(browser, "support_refer_on", asked, referral="chaplain")
    page = browser.get(reverse("support_close", args=[asked.pk]))
    assert "erased at once" in main(page)
    assert 'value="midwife" selected' not in page.text  # it is counted, and not told
    thanks = press(browser, "support_close", asked, **closing_as_shown(browser, asked))

    assert "Would you like to talk it over with a colleague?" in main(thanks)
    assert "what led to the person is erased" in main(thanks)
    assert "Now delete their number, and all messages with them, from your phone." in main(thanks)
    assert "Alex" not in thanks.text
    with working() as by:
        line = Encounter.objects.visible_to(by).get()
        assert (line.outcome, line.group, line.people, line.length) == ("supported", "individual", 1, "")
        assert (line.place, line.tier, line.trigger, line.referral) == ("phone", "", "", "chaplain")
        assert (line.profession, line.met_need, line.contacts) == ("midwife", "", 1)
    assert seen_by_due_work(asked).status == "erased"


def test_a_site_that_keeps_the_contact_for_days_says_so(tom: Supporter, site: Site) -> None:
    Site.objects.filter(pk=site.pk).update(clocks={"peer_keeps": 3})
    browser = at(tom)
    asked, _ = accepted(site, browser)

    assert "erased after 3 days" in main(browser.get(reverse("support_close", args=[asked.pk])))
    assert "erased after 3 days" in main(press(browser, "support_close", asked, **closing_as_shown(browser, asked)))


def test_where_nobody_was_reached_only_that_is_counted(site: Site, tom: Supporter) -> None:
    browser = at(tom)
    asked, _ = accepted(site, browser)
    codes = {"outcome": "not_reached", "length": "30_44", "tier": "2", "met_need": "no"}
    press(browser, "support_close", asked, **closing_as_shown(browser, asked) | codes)

    with working() as by:
        line = Encounter.objects.visible_to(by).get()
        assert (line.outcome, line.length, line.place, line.tier, line.met_need) == ("not_reached", "", "", "", "")


def test_a_wrong_number_of_people_loses_nothing(site: Site, tom: Supporter) -> None:
    browser = at(tom)
    asked, _ = accepted(site, browser)
    again = press(browser, "support_close", asked, **closing_as_shown(browser, asked) | {"people": "x", "tier": "3"})

    assert again.status_code == 422
    assert "Write a number, like 1." in main(again)
    assert '<details class="govuk-details" open>' in main(again)
    assert again.context["form"]["tier"].value() == "3"
    assert seen_by_due_work(asked).status == "reached"


@pytest.mark.parametrize(
    ("kind", "wish", "sentence"),
    [
        ("referral", {}, "They have not asked for this. Begin by asking if they want to."),
        ("team", {"people": 12}, "They are 12 people."),
        ("debrief", {}, "Somebody would like to talk."),
    ],
)
def test_the_kind_is_told_in_words(site: Site, tom: Supporter, kind: str, wish: Any, sentence: str) -> None:
    asked, _ = paged(site, kind=kind, **wish)

    assert sentence in main(page_of(at(tom), asked))


@pytest.mark.parametrize(("kind", "offered"), [("self", True), ("referral", False)])
def test_an_answer_is_offered_where_somebody_reads_it(site: Site, tom: Supporter, kind: str, offered: bool) -> None:
    """Whoever was put in a word for has no reply words."""
    browser = at(tom)
    asked, _ = accepted(site, browser, kind=kind)

    assert ("Send them a short answer" in main(page_of(browser, asked))) is offered


def test_ten_requests_cost_two_queries_more_for_each_that_is_opened(site: Site, tom: Supporter) -> None:
    """Who is with me is taken in hand one by one, and their key read; what is only asked of me costs nothing more."""
    browser = at(tom)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(reverse("support_now")).status_code == 200
        return len(queries)

    accepted(site, browser)
    paged(site)
    one = cost()
    for _more in range(4):
        accepted(site, browser)
    for _more in range(3):
        paged(site)

    assert main(browser.get(reverse("support_now"))).count('<li class="row">') == 9
    assert cost() == one + 4 * 2


def test_nothing_asked_says_until_when_i_am_on_call(site: Site, time: Any) -> None:
    """By the clock on the site's wall."""
    Site.objects.filter(pk=site.pk).update(time_zone="America/Toronto")
    time.move_to(datetime(2026, 11, 24, 8, 0, tzinfo=UTC))
    tom, ann = make_supporter(site, on_call=False), make_supporter(site, on_call=False)
    with working():
        make_shift(tom, datetime(2026, 11, 24, 0, 0, tzinfo=UTC), hours=12)
    shown = main(at(tom).get(reverse("support_now")))

    assert "Nobody is waiting for you." in shown
    assert "You are on call until 07:00." in re.sub(r"<[^>]*>", "", shown)
    assert "You are not on call now." in main(at(ann).get(reverse("support_now")))


def test_whoever_may_not_be_called_yet_reads_why(site: Site) -> None:
    new = make_supporter(site, agreed_on=None)
    shown = main(at(new).get(reverse("support_now")))

    assert "You have not signed yet that you keep confidence." in shown
    assert reverse("support_sign") in shown


def test_the_role_without_a_record_leads_to_the_coordinator(site: Site) -> None:
    browser = signed_in(make_staff(site, Role.PEER_SUPPORTER))
    asked = ids.new()

    for name in ("support_now", "support_shifts", "support_me", "support_away", "support_session", "support_debrief"):
        shown = browser.get(reverse(name))
        assert shown.status_code == 200
        assert "The coordinator of peer support still has to write down" in main(shown)
    assert "still has to write down" in main(browser.post(reverse("support_accept", args=[asked])))


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.FACILITATOR, Role.ADMINISTRATOR, Role.LEAD])
def test_no_other_role_comes_in(site: Site, tom: Supporter, role: Role) -> None:
    asked, _ = paged(site)
    browser = signed_in(make_staff(site, role))

    assert browser.get(reverse("support_now")).status_code == (302 if role == Role.COORDINATOR else 403)  # to the rota
    assert page_of(browser, asked).status_code == 403


def test_a_session_that_nobody_asked_for_is_counted_once(site: Site, tom: Supporter) -> None:
    browser = at(tom)
    form = browser.get(reverse("support_session")).context["form"]
    said = {name: form[name].value() for name in form.fields} | {"people": "14", "length": "45_59"}
    for _twice in range(2):
        assert "The session is counted" in main(browser.post(reverse("support_session"), said))

    with working() as by:
        line = Encounter.objects.visible_to(by).get()
        assert (line.kind, line.group, line.people, line.place) == ("session", "group", 14, "workplace")
        assert (line.contacts, line.length, line.tier, line.trigger, line.met_need) == (1, "45_59", "", "", "")


def test_a_session_says_how_long_it_was_and_for_how_many(site: Site, tom: Supporter) -> None:
    browser = at(tom)
    form = browser.get(reverse("support_session")).context["form"]
    again = browser.post(reverse("support_session"), {name: form[name].value() for name in form.fields})

    assert again.status_code == 422
    assert "Write a number, like 7." in main(again)
    assert "Choose how long it was." in main(again)
    with working() as by:
        assert not Encounter.objects.visible_to(by).exists()


def test_a_supporter_may_need_support_too(site: Site, tom: Supporter) -> None:
    browser = at(tom)
    form = browser.get(reverse("support_debrief")).context["form"]
    said = {name: form[name].value() for name in form.fields}
    assert said["contact"] == User.objects.get(pk=tom.user_id).email
    for _twice in range(2):
        assert "We have your request." in main(browser.post(reverse("support_debrief"), said))
    tick()

    with working() as by:
        request = Request.objects.visible_to(by).get()
        assert (request.kind, request.asker, request.supporter) == ("debrief", tom.user_id, None)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"contact": "x"}, "Write an email address, like name@example.org."),
        ({"reach_by": "phone"}, "This is an email address."),
        ({"reach_by": "phone", "contact": "4412"}, "Write the whole number with its area code"),
        ({"ticket": "yesterday's"}, "All you wrote is still here. Press send again."),
    ],
)
def test_a_talk_of_my_own_that_cannot_be_sent_says_what_to_do(site: Site, tom: Supporter, said: Any, told: str) -> None:
    browser = at(tom)
    form = browser.get(reverse("support_debrief")).context["form"]
    again = browser.post(reverse("support_debrief"), {name: form[name].value() for name in form.fields} | said)

    assert again.status_code == 422
    assert told in main(again).replace("&#x27;", "'")
    if "ticket" in said:
        sent = {name: again.context["form"][name].value() for name in form.fields}
        assert "We have your request." in main(browser.post(reverse("support_debrief"), sent))
