"""Guessing is slowed down per account and per address, in a real Redis; without it nothing stops."""

import time
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from healing.models import Site, User
from tests.healing.people import (
    app_code,
    ask_for_code,
    mailed_code,
    make_colleague,
    show_app_code,
    sign_in_by_code,
    sign_in_by_password,
)

pytestmark = pytest.mark.django_db
TOO_MANY = "That was too many tries in a short time"


def test_the_counters_are_in_redis(site: Site) -> None:
    cache.set("a", 1, 60)

    assert cache.get("a") == 1
    assert type(cache._cache).__module__ == "django.core.cache.backends.redis"


def test_an_account_is_asked_for_three_codes_a_minute(site: Site, somebody: User) -> None:
    """From wherever: the limit is the account's."""
    pages = [ask_for_code(Client(), somebody.email, REMOTE_ADDR=f"192.0.2.{number}") for number in range(4)]

    assert [page.status_code for page in pages] == [302, 302, 302, 200]
    assert TOO_MANY in pages[3].content.decode()
    assert len(mail.outbox) == 3


def test_ten_an_hour(site: Site, somebody: User, monkeypatch: pytest.MonkeyPatch) -> None:
    now, answers = time.time(), []
    for number in range(11):
        monkeypatch.setattr(time, "time", lambda minute=number: now + 61 * minute)
        answers.append(ask_for_code(Client(), somebody.email).status_code)

    assert answers == [302] * 10 + [200]


def test_one_participant_s_limit_is_not_another_s(site: Site, somebody: User) -> None:
    for number in range(4):
        ask_for_code(Client(), somebody.email, REMOTE_ADDR=f"192.0.2.{number}")

    assert ask_for_code(Client(), "other@home.example", REMOTE_ADDR="192.0.2.9").status_code == 302


@pytest.fixture
def _twenty_from_one_place(settings: Any) -> None:
    """A ward shares one address, so its real limit is wide; a narrow one is quicker to reach."""
    limits = settings.ACCOUNT_RATE_LIMITS
    settings.ACCOUNT_RATE_LIMITS = {name: limit.replace("300/m/ip", "20/m/ip") for name, limit in limits.items()}


@pytest.mark.usefixtures("_twenty_from_one_place")
def test_one_place_asks_for_so_many_codes_a_minute(site: Site) -> None:
    answers = [ask_for_code(Client(), f"person{number}@home.example").status_code for number in range(21)]

    assert answers == [302] * 20 + [200]


def test_five_wrong_passwords_lock_an_account_for_a_while(site: Site) -> None:
    sam = make_colleague(site)
    for number in range(5):
        Client().post(
            reverse("account_login"), {"login": sam.email, "password": "wrong"}, REMOTE_ADDR=f"192.0.2.{number}"
        )

    page = sign_in_by_password(Client(), sam.email)

    assert TOO_MANY in page.content.decode()


def test_signing_in_well_does_not_count(site: Site) -> None:
    sam = make_colleague(site)

    answers = [sign_in_by_password(Client(), sam.email).status_code for _ in range(7)]

    assert answers == [302] * 7


def test_five_wrong_second_steps_lock_the_account(site: Site, administrator: User) -> None:
    client = Client()
    sign_in_by_password(client, administrator.email)
    for _ in range(5):
        client.post(reverse("mfa_authenticate"), {"code": "000000"})

    page = show_app_code(client, administrator)

    assert TOO_MANY in page.content.decode()
    assert "_auth_user_id" not in client.session


@pytest.mark.usefixtures("_twenty_from_one_place")
def test_a_proxy_s_word_is_not_taken_for_an_address(site: Site) -> None:
    """Without PROXY_COUNT a visitor cannot pretend to come from somewhere else each time."""
    answers = [
        ask_for_code(
            Client(), f"person{number}@home.example", headers={"x-forwarded-for": f"192.0.2.{number}"}
        ).status_code
        for number in range(21)
    ]

    assert answers[-1] == 200


@pytest.fixture(params=["redis://127.0.0.1:1/0", "unix:///nowhere/at/all.sock"])
def without_redis(request: Any, settings: Any) -> None:
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": request.param}}


def test_without_redis_everybody_still_signs_in(without_redis: None, site: Site, somebody: User) -> None:
    sam = make_colleague(site)
    by_code, by_password = Client(), Client()

    sign_in_by_code(by_code, somebody.email)
    sign_in_by_password(by_password, sam.email)
    by_password.post(reverse("mfa_authenticate"), {"code": app_code(sam)})

    assert "_auth_user_id" in by_code.session
    assert "_auth_user_id" in by_password.session


def test_without_redis_the_limits_pause(without_redis: None, site: Site, somebody: User) -> None:
    answers = [ask_for_code(Client(), somebody.email).status_code for _ in range(5)]

    assert answers == [302] * 5
    assert mailed_code()


def test_losing_redis_signs_nobody_out(site: Site, somebody: User, settings: Any) -> None:
    client = Client()
    sign_in_by_code(client, somebody.email)
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}

    assert client.get(reverse("home")).status_code == 200
