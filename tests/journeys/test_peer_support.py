"""Peer support in real browsers: somebody asks in a minute, a colleague reaches them, and nothing of it is left."""

import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from tests.journeys import traces
from tests.journeys.acts import Postbox
from tests.journeys.inspector import Inspector, sideways
from tests.journeys.peers import Asker, Colleague, cookies, history, signs_in, stored
from tests.journeys.stack import Stack

TOM, ASHA, CARMEN, COORDINATOR = "peer", "asha", "carmen", "coordinator"
PHONE, CALLED, OTHER_PHONE = "07700 900731", "Quillon", "07700 900862"
TO_RING = ".govuk-button[href^='tel:']"
LONGEST = 60  # seconds from the poster to the twelve words, as this script types
PUBLIC = ("", "reply/", "someone-else/", "team/", "care/", "care/returning/", "care/tiers/", "care/leaders/")


@pytest.fixture(scope="module")
def house(stack: Stack) -> Callable[..., None]:
    """`house(TOM, ASHA)`: these are on call, are asked in this order, and nobody asks yet."""

    def only(*names: str) -> None:
        run = f"from tests.journeys import on_call, peers; on_call.only(*{names!r})"
        stack.manage("shell", "-v0", "-c", run)

    everybody = (TOM, ASHA, CARMEN, COORDINATOR)
    run = f"from tests.journeys import on_call, peers; on_call.can_sign_in(peers.SECRET, *{everybody!r})"
    stack.manage("shell", "-v0", "-c", run)
    return only


@pytest.fixture(scope="module")
def inspector() -> Inspector:
    return Inspector()


@pytest.fixture(scope="module")
def signed_in() -> dict[str, Any]:
    """Each signs in once; after that their browser is known."""
    return {}


@pytest.fixture
def colleague(
    stack: Stack, someone: Any, post: Postbox, inspector: Inspector, signed_in: dict[str, Any]
) -> Callable[..., Colleague]:
    def enter(name: str, **how: Any) -> Colleague:
        person = someone(inspector=inspector, **how)
        if name not in signed_in:
            signs_in(person, name, stack.password)
            signed_in[name] = person.context.cookies()
        person.context.add_cookies(signed_in[name])
        return Colleague(person, post, name)

    return enter


@pytest.fixture
def post(someone: Any) -> Postbox:
    return Postbox(someone(javascript=False))


def test_somebody_asks_is_reached_and_leaves_no_trace(stack: Any, house: Any, someone: Any, colleague: Any) -> None:
    house(TOM, ASHA, CARMEN)
    tom, asha, carmen = (colleague(name, phone=True, dark=name == ASHA) for name in (TOM, ASHA, CARMEN))
    asker = Asker(someone(phone=True, javascript=False))

    asks_from_the_poster(asker)
    told = [PHONE, CALLED, asker.words]
    tom.passes()
    tom.has_it_no_more()
    can_call(asha)
    says_another_time(asha, asker)
    asha.opens_it().person.sees("After their shift")
    asks_for_someone_else(asker)
    asha.has_it_no_more()
    can_call(carmen)
    assert traces.sealed(stack) > 0
    reaches_and_closes(carmen, asker)
    says_whether_it_helped(asker)

    assert traces.sealed(stack) == 0
    nothing_is_left(told, traces.places(stack))
    assert traces.found(told, {"what Tom read": "".join(tom.person.read)}) == {}
    assert cookies(asker.person) == {"csrf"}


def asks_from_the_poster(asker: Asker) -> None:
    """On a phone without JavaScript, by the short address."""
    start = time.monotonic()
    hand = asker.asks(PHONE, at="/s/emergency/", **{"The name to use": CALLED})
    took = time.monotonic() - start

    asker.person.sees("We have your request", "Your twelve words", PHONE)
    assert len(asker.words.split()) == 12
    assert hand.touches <= 4
    assert took <= LONGEST
    assert cookies(asker.person) == {"csrf"}
    assert stored(asker.person) == [0, 0]
    # One of the words may stand in an address by chance, as "merge" does in "emergency"; two in a row do not.
    couples = [" ".join(couple) for couple in pairwise(asker.words.split())]
    assert traces.found([*couples, CALLED, PHONE], {"history": history(asker.person)}) == {}


def can_call(supporter: Colleague) -> None:
    """From the letter's link to a number that a phone can ring."""
    hand = supporter.says_yes()
    supporter.person.sees(CALLED)
    number = supporter.person.page.locator(TO_RING)
    assert number.get_attribute("href") == f"tel:{PHONE.replace(' ', '')}"
    assert number.is_visible()
    assert hand.touches + 1 <= 4


def says_another_time(supporter: Colleague, asker: Asker) -> None:
    hand = supporter.opens_it().goes("Send them a short answer")
    hand.touch(supporter.person.labelled("I cannot reach you at that time")).goes("Send this answer")

    asker.looks_up().sees("Asha will reach you.", "I cannot reach you at that time. Can you choose another one?")
    asker.person.press("Choose another time").choose("After my shift").press("Save the new time")
    asker.person.sees("We have your new time.")


def asks_for_someone_else(asker: Asker) -> None:
    asker.looks_up().press("Ask for someone else").press("Yes, someone else")
    asker.person.sees("We are looking for someone else.")
    assert "Asha" not in asker.person.text()


def reaches_and_closes(supporter: Colleague, asker: Asker) -> None:
    supporter.opens_it().goes("We have spoken")
    asker.looks_up().sees("Carmen has reached you.")
    hand = supporter.opens_it().goes("Point to other help")
    hand.touch(supporter.person.labelled("Employee assistance")).goes("Note it")

    hand = supporter.opens_it().goes("Close and erase").goes("Close and erase")

    assert hand.touches == 2
    supporter.person.sees("Thank you for being there", "Would you like to talk it over with a colleague?")
    supporter.has_it_no_more()


def says_whether_it_helped(asker: Asker) -> None:
    asker.looks_up().sees("This has ended", "Your name and number are erased.").choose("Yes").press("Send my answer")
    asker.person.sees("Thank you. We have your answer.")


def nothing_is_left(told: list[str], kept: dict[str, str]) -> None:
    """In no table, key, letter or log; and these were looked into."""
    assert "Tom Lindqvist" in kept["table healing_user"]
    assert "supported" in kept["table support_encounter"]
    assert "There is something for you to look at." in "".join(kept[place] for place in kept if "file mail" in place)
    assert {"file web0.log", "file worker1.log", "file worker2.log"} < set(kept)
    assert any(place.startswith("key ") for place in kept)
    assert traces.found(told, kept) == {}


def test_where_nobody_is_on_call_the_coordinator_is_told(house: Any, someone: Any, colleague: Any, post: Any) -> None:
    house()
    asker = Asker(someone(phone=True, dark=True, inspector=Inspector()))
    tom, grace = colleague(TOM, phone=True), colleague(COORDINATOR)

    asker.asks(PHONE).person.sees("Nobody is on call just now")
    assert stored(asker.person) == [0, 0]
    asker.waits_to_read("The coordinator has been told that someone waits. They are not told who.")
    grace.is_called().person.sees("Someone is waiting for a colleague.")
    puts_on_call(grace, "Tom Lindqvist")
    post.moves_on("1 hour")
    tom.says_yes()

    asker.looks_up().sees("Tom will reach you.")
    assert "Someone is waiting" not in grace.person.open("/support/rota/").text()
    assert traces.found([PHONE], {"what Grace read": "".join(grace.person.read)}) == {}
    changes_the_number(asker)
    assert tom.opens_it().person.page.locator(TO_RING).get_attribute("href") == f"tel:{OTHER_PHONE.replace(' ', '')}"
    asker.looks_up().press("Take it back").press("Yes, take it back").sees("Your name and number are erased.")
    tom.has_it_no_more()


def puts_on_call(grace: Colleague, name: str) -> None:
    me = grace.person.press("Put somebody on call now")
    me.labelled("Who?").select_option(label=name)
    me.write("To", me.labelled("From").input_value())  # the same time on the next day
    me.press("Put on call").sees("The shift is in the rota.")


def changes_the_number(asker: Asker) -> None:
    me = asker.looks_up().press("Change how to reach you")
    me.write("Your number or email address", OTHER_PHONE).press("Save").sees("We have your new number or address.")


def test_somebody_may_ask_in_their_account(house: Any, colleague: Any) -> None:
    """She supports others herself, and would be asked first."""
    house(ASHA, TOM)
    asha, tom = colleague(ASHA, phone=True, dark=True), colleague(TOM, phone=True)

    asha.person.open("/support/mine/")
    hand = Asker(asha.person).asks(PHONE, at="/support/mine/")
    assert hand.touches <= 4
    tom.says_yes()

    asha.person.open("/support/mine/").sees("Tom will reach you.")
    assert asha.person.page.locator(".reply-words").count() == 0
    assert asha.letters() == asha.read
    asha.person.press("Choose another time").press("Leave it as it is").sees("Tom will reach you.")
    asha.person.press("Take it back").press("Yes, take it back").sees("Your name and number are erased.")
    tom.has_it_no_more()


def test_a_word_for_a_colleague_and_a_call_for_a_team(house: Any, someone: Any, colleague: Any) -> None:
    """Whoever puts in a word gets no words and hears nothing back; whoever asks for a team does."""
    house(TOM)
    leader, tom = Asker(someone(phone=True, javascript=False)), colleague(TOM, phone=True)

    leader.asks(PHONE, at="/support/someone-else/", whose="Their").person.sees("You will hear nothing back")
    assert leader.words == ""
    assert leader.person.page.locator("main form").count() == 0
    tom.says_yes().person.sees("They have not asked for this. Begin by asking if they want to.")

    leader.asks(OTHER_PHONE, at="/support/team/", **{"How many people are in the team?": "7"})
    tom.says_yes().person.sees("They are 7 people.", OTHER_PHONE)
    leader.looks_up().sees("Tom will reach you.", f"Phone call: …{OTHER_PHONE[-2:]}")
    assert traces.found([PHONE, OTHER_PHONE], {"later": leader.person.read[-1]}) == {}
    assert cookies(leader.person) == {"csrf"}


def test_a_shift_changes_hands_and_whoever_is_away_is_not_called(house: Any, someone: Any, colleague: Any) -> None:
    house(TOM, ASHA)
    tom, asha = colleague(TOM, phone=True), colleague(ASHA, phone=True, dark=True)
    asker = Asker(someone(phone=True, javascript=False))

    tom.person.open("/support/shifts/").press("Give it away").choose("Asha").press("Offer this shift")
    tom.person.sees("On offer to Asha")
    asha.is_called().goes("Take this shift")
    tom.is_called()
    assert "On offer" not in tom.person.text()
    tom.person.open("/support/away/").press("Away from now on").sees("until you say that you are back")

    asker.asks(PHONE)
    asha.says_yes()
    asker.looks_up().sees("Asha will reach you.")
    tom.person.open("/support/away/").press("I am back").open("/support/").sees("Tom (Nurse)")


@pytest.mark.parametrize("path", PUBLIC)
def test_a_page_for_everybody_has_no_barrier_and_room_for_large_letters(
    someone: Any, inspector: Inspector, path: str
) -> None:
    visitor = someone(phone=True, dark=True, inspector=inspector).open(f"/support/{path}")
    letters = {"standard": 32, "fixed": 26}
    visitor.context.new_cdp_session(visitor.page).send("Page.setFontSizes", {"fontSizes": letters})
    visitor.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")

    assert visitor.page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") == 32
    assert sideways(visitor.page) == []
    assert cookies(visitor) <= {"csrf"}
