"""Nobody can find out through sign-in who has an account: same page, cookies, questions to the database, and mail."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.hashers import get_hasher
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from healing.models import Site, User
from tests.healing.people import PASSWORD, make_colleague

pytestmark = pytest.mark.django_db
NOISE = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"')
CHANGING = ("Content-Length", "Expires", "Last-Modified")  # the page is compared byte by byte; the time of day is not
CONFIRM = "account_confirm_login_code"


@dataclass(frozen=True)
class Seen:
    """What somebody outside can notice of one request."""

    status: int
    location: str
    headers: tuple[tuple[str, str], ...]
    cookies: tuple[str, ...]
    page: bytes
    queries: int
    mails: int
    subjects: tuple[str, ...]


def seen(act: Callable[[], Any], email: str) -> Seen:
    before = len(mail.outbox)
    with CaptureQueriesContext(connection) as queries:
        response = act()
    sent = mail.outbox[before:]
    assert all(message.to == [email] for message in sent)
    return Seen(
        response.status_code,
        response.get("Location", ""),
        tuple(sorted((name, value) for name, value in response.headers.items() if name not in CHANGING)),
        tuple(sorted((name, cookie["max-age"], cookie["samesite"]) for name, cookie in response.cookies.items())),
        NOISE.sub(b"", response.content).replace(email.encode(), b"[address]"),
        len(queries),
        len(sent),
        tuple(message.subject for message in sent),
    )


def journey(email: str) -> list[Seen]:
    """Asking for a code, looking at the page, a wrong code, new codes until there are no more, and giving up."""
    client, confirm = Client(), reverse(CONFIRM)
    steps: list[Callable[[], Any]] = [
        lambda: client.get(reverse("account_request_login_code")),
        lambda: client.post(reverse("account_request_login_code"), {"email": email}),
        lambda: client.get(confirm),
        lambda: client.post(confirm, {"code": "wrong"}),
        lambda: client.post(confirm, {"action": "resend"}),
        lambda: client.get(confirm),
        lambda: client.post(confirm, {"action": "resend"}),
        lambda: client.get(confirm),
        lambda: client.post(confirm, {"action": "resend"}),
        lambda: client.post(confirm, {"code": "000000"}),
        lambda: client.get(reverse("account_login")),
        lambda: client.post(confirm, {"code": "wrong"}),
        lambda: client.get(reverse("account_request_login_code")),
    ]
    return [seen(step, email) for step in steps]


@pytest.fixture
def known(site: Site) -> str:
    return make_colleague(site, email="known@home.example").email


def test_a_code_for_nobody_looks_like_a_code_for_somebody(known: str) -> None:
    User.objects.create_user("gone@home.example", is_active=False)

    somebody, nobody, gone = journey(known), journey("other@home.example"), journey("gone@home.example")

    assert somebody == nobody
    assert gone == nobody
    assert [step.mails for step in somebody][:8] == [0, 1, 0, 0, 1, 0, 1, 0]


def test_the_messages_are_of_one_size(known: str) -> None:
    journey(known)
    journey("other@home.example")

    sizes = [len(message.message().as_bytes()) for message in mail.outbox]

    assert max(sizes) - min(sizes) < 0.1 * max(sizes)


def test_the_message_to_nobody_holds_no_code(known: str) -> None:
    journey("other@home.example")

    assert not any(re.search(r"\d{6}", message.body) for message in mail.outbox)


def test_a_new_code_for_nobody_lets_nobody_in(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even whoever guesses the number that was made on the way."""
    monkeypatch.setattr("healing.accounts.AccountAdapter.generate_login_code", lambda self: "123456")
    client = Client()
    client.post(reverse("account_request_login_code"), {"email": "other@home.example"})
    client.post(reverse(CONFIRM), {"action": "resend"})

    response = client.post(reverse(CONFIRM), {"code": "123456"})

    assert response.status_code == 200
    assert "_auth_user_id" not in client.session


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every hash that the usual hasher makes, be it to check a password or only to take as long."""
    hasher, made = type(get_hasher()), []

    def counted(work: Callable[..., Any]) -> Callable[..., Any]:
        def noted(self: Any, password: str, *arguments: Any) -> Any:
            made.append(work.__name__)
            return work(self, password, *arguments)

        return noted

    for name in ("encode", "verify"):
        monkeypatch.setattr(hasher, name, counted(getattr(hasher, name)))
    return made


def sign_in(email: str, password: str) -> Seen:
    client = Client()
    return seen(lambda: client.post(reverse("account_login"), {"login": email, "password": password}), email)


def test_a_wrong_password_tells_nothing(known: str, somebody: User) -> None:
    tries = [sign_in(email, "not the password") for email in (known, "other@home.example", somebody.email)]

    assert tries[0] == tries[1] == tries[2]
    assert tries[0].status == 200


def test_checking_a_password_takes_as_much_work_for_nobody(known: str, somebody: User, hashed: list[str]) -> None:
    """The hash is what takes long: it is made as often, whether there is an account, a password, or neither."""

    def work(email: str) -> int:
        hashed.clear()
        sign_in(email, "not the password")
        return len(hashed)

    assert work(known) == 1
    assert work("x@y.example") == 1
    assert work(somebody.email) == 1


def test_too_many_requests_are_told_to_nobody_as_to_somebody(known: str) -> None:
    def fourth(email: str) -> Seen:
        for _ in range(3):
            Client().post(reverse("account_request_login_code"), {"email": email})
        return seen(lambda: Client().post(reverse("account_request_login_code"), {"email": email}), email)

    assert fourth(known) == fourth("other@home.example")
    assert len(mail.outbox) == 6


def test_a_mail_server_that_is_away_is_told_to_nobody_as_to_somebody(known: str, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 1

    first = [journey(email)[1] for email in (known, "other@home.example")]

    assert first[0] == first[1]
    assert first[0].status == 503
    assert b"We could not send the message" in first[0].page


def test_the_right_password_is_needed_to_hear_that_a_way_is_closed(known: str) -> None:
    User.objects.update(is_active=False)

    assert sign_in(known, "not the password") == sign_in("other@home.example", "not the password")
    assert sign_in(known, PASSWORD).location == reverse("account_inactive")
