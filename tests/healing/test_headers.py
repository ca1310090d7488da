"""Every kind of answer keeps its page private: pages, redirects, errors, files and health."""

from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import Client
from django.urls import path, reverse

from healing import urls
from healing.models import Site, User
from tests.factories.cases import make_case, make_participant, make_staff, signed_in
from tests.healing.people import ask_for_code, sign_in_by_code

pytestmark = pytest.mark.django_db
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "X-Robots-Tag": "noindex, nofollow",
}
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
}


def broken(request: HttpRequest) -> None:
    raise ValueError


broken.login_required = False  # type: ignore[attr-defined]
urlpatterns = [*urls.urlpatterns, path("broken/", broken)]


@pytest.fixture
def quiet_client() -> Client:
    return Client(raise_request_exception=False, enforce_csrf_checks=True)


ANSWERS: dict[str, Callable[[Client], Any]] = {
    "page": lambda client: client.get("/help/"),
    "redirect": lambda client: client.get("/home/"),
    "not found": lambda client: client.get("/nothing/here/"),
    "failure": lambda client: client.get("/broken/"),
    "method": lambda client: client.put("/help/"),
    "without the form's token": lambda client: client.post("/leave/"),
    "another host": lambda client: client.get("/help/", headers={"host": "evil.example"}),
    "sign-in": lambda client: client.get(reverse("account_login")),
    "from another site": lambda client: client.get("/help/", headers={"sec-fetch-site": "cross-site"}),
    "alive": lambda client: client.get("/healthz"),
    "ready": lambda client: client.get("/readyz"),
}


@pytest.mark.parametrize("kind", ANSWERS)
def test_every_answer_is_private(kind: str, quiet_client: Client, site: Site, settings: Any) -> None:
    settings.ROOT_URLCONF = __name__

    response = ANSWERS[kind](quiet_client)

    assert {name: response.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
    assert set(response.headers["Content-Security-Policy"].split("; ")) == POLICY
    assert "no-store" in response.headers["Cache-Control"]
    assert "private" in response.headers["Cache-Control"]
    assert "camera=()" in response.headers["Permissions-Policy"]
    assert response.headers.get("X-Frame-Options", "DENY") == "DENY"


def test_a_static_file_has_them_too(site: Site, settings: Any, tmp_path: Any) -> None:
    (tmp_path / "healing.css").write_text("p {}")
    settings.STATIC_ROOT = tmp_path

    response = Client().get("/static/healing.css")

    assert b"".join(response.streaming_content) == b"p {}"
    assert {name: response.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
    assert "no-store" not in response.headers["Cache-Control"]
    assert set(response.headers["Content-Security-Policy"].split("; ")) == POLICY


def test_the_site_s_colours_may_be_kept_for_a_while(browser: Client, site: Site) -> None:
    response = browser.get(reverse("site_theme", args=[site.slug]))

    assert response.headers["Cache-Control"] == "public, max-age=300"
    assert "--brand: #2f5d62" in response.content.decode()


@pytest.fixture
def https(settings: Any) -> None:
    """What the settings become when BASE_URL begins with https (test_settings proves that they do)."""
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 63_072_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True


def test_https_is_asked_for_and_stays(https: None, site: Site) -> None:
    moved = Client().get("/help/")
    page = Client().get("/help/", secure=True)

    assert moved.status_code == 301
    assert moved.headers["Location"].startswith("https://")
    assert {name: moved.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
    assert page.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains; preload"


def test_a_probe_is_answered_without_https_and_by_any_name(https: None, site: Site) -> None:
    response = Client().get("/healthz", headers={"host": "10.0.0.7:8000"})

    assert (response.status_code, response.content) == (200, b"ok\n")


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(browser: Client, site: Site, somebody: User) -> None:
    browser.get(reverse("account_request_login_code"))
    sign_in_by_code(browser, somebody.email)

    cookies: SimpleCookie = browser.cookies
    flags = {name: (bool(cookie["httponly"]), cookie["samesite"], cookie["domain"]) for name, cookie in cookies.items()}

    assert flags["session"] == (True, "Lax", "")
    assert flags["csrf"] == (True, "Strict", "")


CROSS = {"sec-fetch-site": "cross-site"}
LINK = CROSS | {"sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (LINK, 200),
        (CROSS | {"sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"}, 403),
        (CROSS | {"sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"}, 403),
        (CROSS | {"sec-fetch-mode": "cors", "sec-fetch-dest": "empty"}, 403),
        ({"sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "script"}, 403),
        ({"sec-fetch-site": "same-origin", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty"}, 200),
        ({"sec-fetch-site": "none", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}, 200),
        ({}, 200),
    ],
)
def test_another_site_may_link_here_and_nothing_else(
    headers: dict[str, str], status: int, browser: Client, site: Site
) -> None:
    assert browser.get("/help/", headers=headers).status_code == status


def test_another_site_does_not_post(browser: Client, site: Site, somebody: User) -> None:
    response = browser.post(reverse("account_request_login_code"), {"email": somebody.email}, headers=LINK)

    assert response.status_code == 403


def test_another_site_cannot_tell_who_is_signed_in(administrator: User) -> None:
    """A probe that is not a link gets the same answer for everybody, before anybody is looked up."""
    answers = [client.get("/home/", headers=CROSS) for client in (Client(), signed_in(administrator))]

    assert plain(answers[0]) == plain(answers[1])
    assert [answer.status_code for answer in answers] == [403, 403]


def test_not_there_and_not_yours_are_the_same(site: Site) -> None:
    """Byte by byte, apart from the token of the form to leave, which is new on every page."""
    facilitator = make_staff(site, "facilitator")
    other = make_staff(site, "facilitator")
    case = make_case(facilitator)
    maria = make_participant(case)
    client, missing = signed_in(other), "00000000-0000-4000-8000-000000000000"

    for kind, real in (("people", maria.user_id), ("people/roles", maria.pk)):
        administrator = signed_in(make_staff(site, "admin"))
        answers = [administrator.get(f"/{kind}/{key}/{'end/' if 'roles' in kind else ''}") for key in (real, missing)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert plain(answers[0]) == plain(answers[1])

    assert plain(client.get("/nothing/")) == plain(client.get(f"/nothing/{missing}/"))


def plain(response: Any) -> bytes:
    token = response.context["csrf_token"] if response.context else ""
    return response.content.replace(str(token).encode(), b"")


def test_a_page_that_asks_for_a_code_keeps_no_address_in_its_own(browser: Client, site: Site, somebody: User) -> None:
    response = ask_for_code(browser, somebody.email)

    assert somebody.email not in response["Location"]
