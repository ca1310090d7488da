"""Where nobody could ever be called or told, nothing is taken: a request there would wait for no one."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from healing import clock
from healing.models import Site, User
from healing.roles import Role
from support.models import Away, Competence, Supporter
from tests.factories.cases import make_site, make_staff, signed_in
from tests.factories.peers import make_supporter, working
from tests.support.test_asking_pages import SHORTEST, opened, requests, send
from tests.support.test_while_the_page_is_open import change

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("time")]
WAYS = ["support_ask", "support_team", "support_refer"]
NOT_OPEN = "Peer support is not open here yet"


@pytest.fixture
def site(db: None) -> Site:
    cache.clear()
    return make_site(crisis_lines="Night line: 555 0199")


def main(page: Any) -> str:
    return page.text[page.text.index("<main") : page.text.index("</main")]


def is_open(client: Client, name: str = "support_ask") -> bool:
    return NOT_OPEN not in client.get(reverse(name)).text


@pytest.mark.parametrize("name", WAYS)
def test_with_nobody_it_shows_no_form_but_what_helps_now(client: Client, site: Site, name: str) -> None:
    page = client.get(reverse(name))

    assert page.status_code == 200
    assert NOT_OPEN in main(page)
    assert "<form" not in main(page)
    assert 'href="tel:5550199"' in main(page)
    assert f'href="{reverse("support_care")}"' in main(page)


@pytest.mark.parametrize("name", WAYS)
def test_an_old_form_is_answered_with_the_same_page_and_creates_nothing(
    client: Client, site: Site, time: Any, name: str
) -> None:
    only = make_supporter(site)
    form = opened(client, name) | {"people": "4"}
    time.shift(timedelta(seconds=5))
    change(only, ended_on=date(2020, 1, 1))
    page = client.post(reverse(name), form)

    assert page.status_code == 409
    assert main(page) == main(client.get(reverse(name)))
    assert requests() == []


def test_a_coordinator_or_a_supporter_who_is_away_is_enough(client: Client, site: Site) -> None:
    make_staff(site, Role.COORDINATOR)
    assert is_open(client)

    User.objects.update(is_active=False)
    assert not is_open(client)

    away = make_supporter(site, on_call=False)
    with working():
        Away.objects.create(supporter=away, site=site, starts_at=clock.now())
    assert is_open(client)


def no_training(supporter: Supporter) -> None:
    with working() as by:
        Competence.objects.visible_to(by).filter(supporter=supporter).delete()


NEVER_CALLED = {
    "not signed": lambda one: change(one, agreed_on=None),
    "ended": lambda one: change(one, ended_on=date(2020, 1, 1)),
    "not trained": no_training,
    "no account": lambda one: User.objects.filter(pk=one.user_id).update(is_active=False),
    "another language": lambda one: change(one, languages="fr"),
}


@pytest.mark.parametrize("never", NEVER_CALLED.values(), ids=NEVER_CALLED.keys())
def test_a_supporter_who_could_never_be_called_opens_nothing(client: Client, site: Site, never: Any) -> None:
    make_supporter(make_site(host="elsewhere.example"))
    make_staff(Site.objects.get(host="elsewhere.example"), Role.COORDINATOR)
    supporter = make_supporter(site)
    assert is_open(client)

    never(supporter)
    assert not is_open(client)


def test_in_an_account_it_is_the_same_and_what_was_asked_before_is_still_shown(site: Site, time: Any) -> None:
    only = make_supporter(site)
    assert not is_open(
        signed_in(User.objects.get(pk=only.user_id)), "support_mine"
    )  # who is not called about themselves
    nurse = signed_in(make_staff(site, Role.PEER_SUPPORTER))
    send(nurse, time, "support_mine")
    assert len(requests()) == 1

    change(only, ended_on=date(2020, 1, 1))
    page = nurse.get(reverse("support_mine"))
    assert NOT_OPEN in main(page)
    assert "Your request" in main(page)
    assert 'name="contact"' not in main(page)
    assert nurse.post(reverse("support_mine"), SHORTEST).status_code == 409
    assert len(requests()) == 1
