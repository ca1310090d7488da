"""Whoever asked answers the colleague who will reach them: by words or in their account, and only that colleague."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from healing.errors import HealingError
from healing.models import Site, User
from healing.roles import Role
from support.actions import asking, closing, giving
from support.codes import ANSWERS
from support.models import Request, Supporter
from tests.factories.cases import make_site, make_staff, signed_in
from tests.factories.peers import ask, asking_as, seen_by_due_work, supporting
from tests.mail_sink import Sink
from tests.support.test_reply_pages import NIGHT, about, ask_in_account, claimed, do, in_account, look, named, said

pytestmark = pytest.mark.django_db
OFFER = "Send a short answer"


@pytest.fixture
def site(db: None) -> Site:
    cache.clear()
    return make_site(time_zone="Europe/London")


@pytest.fixture(autouse=True)
def time() -> Iterator[Any]:
    with time_machine.travel(NIGHT, tick=False) as traveller:
        yield traveller


@pytest.fixture
def tom(site: Site) -> Supporter:
    return named(site, "Tom Hale")


def held_by(supporter: Supporter, request: Request) -> str:
    browser = signed_in(User.objects.get(pk=supporter.user_id))
    return said(browser.get(reverse("support_request", args=[request.pk])))


def answers(words: str, request: Request, answer: str = "right") -> None:
    with asking_as(words) as by:
        asking.answer(by=by, request=request, answer=answer)


@pytest.mark.parametrize(("code", "sentence"), ANSWERS)
def test_the_answer_reaches_the_colleague(
    client: Client, site: Site, tom: Supporter, sink: Sink, code: str, sentence: str
) -> None:
    request, words = ask(site)
    with supporting(claimed(request)) as by:
        giving.answer(by=by, request=request, reply="check_contact")
    assert OFFER in said(look(client, words))
    page = said(do(client, "say", words, answer=code))

    assert "Your answer is there for your colleague." in page
    assert f"Your answer: “{sentence}”" in page
    assert "I could not reach you this way." in page  # what it answers
    assert f"Their answer: “{sentence}”" in held_by(tom, request)


def test_in_an_account(site: Site, tom: Supporter, sink: Sink, time: Any) -> None:
    client = signed_in(make_staff(site, Role.FACILITATOR))
    ask_in_account(client, time)
    (request,) = requests_of(client)
    assert OFFER not in said(client.get(reverse("support_mine")))
    claimed(request)
    assert OFFER in said(client.get(reverse("support_mine")))
    page = said(in_account(client, "say", request, answer="no_voice"))

    assert "Your answer: “Do not leave a voice message.”" in page
    assert "Their answer: “Do not leave a voice message.”" in held_by(tom, request)


def test_another_answer_takes_the_place_of_the_first(client: Client, site: Site, tom: Any, sink: Sink) -> None:
    request, words = ask(site)
    claimed(request)
    do(client, "say", words, answer="right")
    form = about(client, "say", words).text
    assert 'value="right"' in form[: form.index("checked")].rpartition("<input")[2]
    page = said(do(client, "say", words, answer="no_hurry"))

    assert "There is no hurry." in page
    assert "You can try again." not in page


@pytest.mark.parametrize("answer", ["", "I cannot go on"])
def test_only_what_is_prepared_can_be_said(client: Client, site: Site, tom: Any, sink: Sink, answer: str) -> None:
    request, words = ask(site)
    claimed(request)

    assert do(client, "say", words, answer=answer).status_code == 422
    assert seen_by_due_work(request).answer == ""


def test_nobody_is_answered_before_somebody_has_said_yes(client: Client, site: Site, tom: Any) -> None:
    request, words = ask(site)
    assert OFFER not in said(look(client, words))
    assert "nobody to read an answer" in said(about(client, "say", words))
    assert "nobody to read an answer" in said(do(client, "say", words, answer="right"))
    with pytest.raises(HealingError, match="nobody to read an answer"):
        answers(words, request)

    assert seen_by_due_work(request).answer == ""


def test_nor_once_it_has_ended(client: Client, site: Site, tom: Supporter, sink: Sink) -> None:
    request, words = ask(site)
    claimed(request)
    answers(words, request)
    with supporting(tom) as by:
        closing.close(by=by, request=request, outcome="supported", people=1)
    page = said(look(client, words))

    assert not any(text in page for text in (OFFER, "Your answer:"))
    assert seen_by_due_work(request).answer == ""
    with pytest.raises(HealingError, match="closed"):
        answers(words, request)


def test_whoever_has_it_next_does_not_read_it(client: Client, site: Site, tom: Supporter, sink: Sink) -> None:
    request, words = ask(site)
    first = claimed(request)
    answers(words, request, "no_voice")
    mia = named(site, "Mia Ro")
    with supporting(first) as by:
        giving.hand_on(by=by, request=request)
    claimed(request)

    assert "a voice message" not in held_by(mia, request)
    assert "Your answer:" not in said(look(client, words))


def requests_of(client: Client) -> list[Request]:
    return [one["stands"].request for one in client.get(reverse("support_mine")).context["asked"]]
