"""Pages without a server: the gallery, handed to a real Chromium under the real security policy."""

import mimetypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from csp.utils import build_policy
from django.conf import settings
from django.contrib.staticfiles import finders
from playwright.sync_api import Browser, Page, Route

from tests.front import gallery

HOST = "https://front.test/"  # a passkey needs a safe address


@pytest.fixture(autouse=True)
def front(settings) -> None:
    """The shared templates need few addresses, and files without hashed names."""
    settings.ROOT_URLCONF = "tests.front.urls"
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


@pytest.fixture
def pages(front) -> dict[str, str]:
    return gallery.pages() | {"leave/": "<title>New page</title>"}


@dataclass
class Visit:
    """A page in the browser, what it asked the server for, and what the browser complained about."""

    page: Page
    troubles: list[str] = field(default_factory=list)
    posts: list[str] = field(default_factory=list)
    answer: int | None = 204  # to a POST; None is a server that cannot be reached


@pytest.fixture
def visit(chromium: Browser, pages: dict[str, str]) -> Iterator[Callable[..., Visit]]:
    contexts = []

    def open_page(name: str, width: int = 360, direction: str = "ltr", **options) -> Visit:
        context = chromium.new_context(viewport={"width": width, "height": 740}, **options)
        contexts.append(context)
        visit = Visit(context.new_page())
        html = {key: text.replace('dir="ltr"', f'dir="{direction}"') for key, text in pages.items()}
        visit.page.on("console", lambda said: visit.troubles.append(said.text))
        visit.page.on("pageerror", lambda error: visit.troubles.append(str(error)))
        visit.page.route("**/*", lambda route: serve(route, visit, html))
        visit.page.goto(HOST + name, wait_until="load")
        return visit

    yield open_page
    for context in contexts:
        context.close()


def serve(route: Route, visit: Visit, html: dict[str, str]) -> None:
    path = route.request.url.removeprefix(HOST)
    if route.request.method == "POST":
        visit.posts.append(f"{path} {route.request.post_data}")
        return route.abort() if visit.answer is None else route.fulfill(status=visit.answer)
    if path in html:
        headers = {"Content-Security-Policy": build_policy(), "Content-Type": "text/html; charset=utf-8"}
        return route.fulfill(body=html[path], headers=headers)
    return static(route, path.removeprefix("static/"))


def static(route: Route, name: str) -> None:
    found = finders.find(name)
    if not found:
        return route.fulfill(status=404)
    return route.fulfill(body=Path(found).read_bytes(), content_type=mimetypes.guess_type(name)[0])


def built() -> Path:
    return settings.BASE_DIR / "static" / "build"
