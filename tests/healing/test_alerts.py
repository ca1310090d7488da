"""Messages on a device, in a real browser under the real security policy: allowed, handed over, shown, opened."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import Client
from django.urls import path, reverse
from playwright.sync_api import Browser, BrowserContext, Page, expect

from healing import alerts, mail, pages, push, urls
from healing.models import Site
from healing.roles import Role
from tests.healing.people import make_colleague

ENDPOINT = "https://fcm.googleapis.com/fcm/send/device-1"
WAYS = """{% extends "base.html" %}{% load static %}
{% block head %}<script type="module" src="{% static 'js/alerts.js' %}"></script>{% endblock %}
{% block content %}{% include "components/alerts.html" %}{% endblock %}"""
# The edge of the world: a browser that has an address at its maker's push service.
SUBSCRIBED = f"""
PushManager.prototype.subscribe = async ({{ userVisibleOnly, applicationServerKey }}) =>
    ({{ endpoint: `{ENDPOINT}?${{userVisibleOnly}}&${{applicationServerKey}}` }});
"""


class Plain(pages.Page):
    """A page like every other: nothing may be started from it."""

    who = pages.ANYONE

    def get(self, request: HttpRequest) -> HttpResponse:
        page = engines["django"].from_string(WAYS)
        return HttpResponse(page.render({"key": push.public_key(), "url": ""}, request))

    def post(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(
            f"<title>Kept</title><link rel='icon' href='/static/icon.svg'><p>{request.POST['endpoint']}"
        )


@alerts.starts_alerts
class Ways(Plain):
    pass


urlpatterns = [
    path("support/ways/", Ways.as_view()),
    path("support/plain/", Plain.as_view()),
    path("support/now/", lambda request: HttpResponse("<title>Now</title>")),
    *urls.urlpatterns,
]


class Silent(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def address(committed: None, settings: Any, tmp_path: Path) -> Iterator[str]:
    settings.ROOT_URLCONF, settings.VAPID_KEY, settings.STATIC_ROOT = __name__, os.urandom(32), tmp_path
    server = ThreadedWSGIServer(("127.0.0.1", 0), Silent, connections_override={})
    server.set_app(StaticFilesHandler(get_wsgi_application()))
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def context(address: str, chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(base_url=address)
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def troubles() -> list[str]:
    return []


@pytest.fixture
def page(context: BrowserContext, address: str, troubles: list[str]) -> Page:
    """A browser whose owner allows messages, and which has an address for them."""
    context.grant_permissions(["notifications"], origin=address)
    page = context.new_page()
    page.add_init_script(SUBSCRIBED)
    page.on("console", lambda said: troubles.append(said.text))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    return page


def button(page: Page) -> Any:
    return page.get_by_role("button", name="Show a message on this device")


def test_the_browser_s_address_is_handed_over_with_the_form(page: Page, troubles: list[str]) -> None:
    page.goto("/support/ways/")
    button(page).click()

    expect(page).to_have_title("Kept")
    expect(page.locator("p")).to_have_text(f"{ENDPOINT}?true&{push.public_key()}")
    assert troubles == []


def test_a_signal_is_shown_as_the_neutral_subject_and_no_more(page: Page, context: BrowserContext) -> None:
    start(page)
    deliver(page, context, words="Nurse on ward 5 asked for you")
    deliver(page, context)
    page.wait_for_timeout(300)  # the second takes the place of the first

    assert shown(page) == [[mail.SUBJECTS["message"], "", "message", True]]


def test_what_is_shown_opens_the_page_of_who_is_called(page: Page, context: BrowserContext) -> None:
    """Only a finger on the device may open a window, so what would be opened is written down."""
    start(page)
    deliver(page, context)
    [worker] = context.service_workers
    opened = worker.evaluate("""async () => {
        const opened = [];
        self.clients.openWindow = async (url) => opened.push(String(url));
        const [notification] = await self.registration.getNotifications();
        self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
        return opened;
    }""")

    assert opened == [page.url.replace("/ways/", "/now/")]
    assert shown(page) == []


def test_the_worker_keeps_nothing_and_answers_for_no_page(page: Page) -> None:
    start(page)

    assert page.evaluate("caches.keys()") == []
    assert re.findall(r"addEventListener\(.(\w+)", source("alerts_worker.js")) == ["push", "notificationclick"]


def test_who_does_not_allow_messages_is_told_what_to_do(context: BrowserContext) -> None:
    page = context.new_page()
    page.add_init_script("Notification.requestPermission = async () => 'denied'")
    page.goto("/support/ways/")
    button(page).click()

    expect(page.get_by_role("status")).to_contain_text("This browser keeps our messages off.")


def test_a_push_service_that_is_away_is_said(page: Page) -> None:
    page.add_init_script("PushManager.prototype.subscribe = async () => { throw new Error('away'); }")
    page.goto("/support/ways/")
    button(page).click()

    expect(page.get_by_role("status")).to_contain_text("This device could not be set up.")
    button(page).click()
    expect(page.get_by_role("status")).to_contain_text("This device could not be set up.")


def test_an_address_for_a_former_key_is_given_up(page: Page) -> None:
    page.add_init_script("""
        let former = { unsubscribe: async () => { former = null; } };
        const subscribe = PushManager.prototype.subscribe;
        PushManager.prototype.getSubscription = async () => former;
        PushManager.prototype.subscribe = async (wanted) => {
            if (former) throw new DOMException("another key", "InvalidStateError");
            return subscribe(wanted);
        };
    """)
    page.goto("/support/ways/")
    button(page).click()

    expect(page).to_have_title("Kept")


def test_a_browser_that_cannot_is_not_asked(page: Page) -> None:
    page.add_init_script("delete window.PushManager")
    page.goto("/support/ways/")

    expect(button(page)).to_be_hidden()


def test_without_scripts_it_is_not_offered(chromium: Browser, address: str) -> None:
    context = chromium.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/support/ways/")

    expect(button(page)).to_be_hidden()
    context.close()


def test_on_every_other_page_no_worker_can_be_started(page: Page, troubles: list[str]) -> None:
    page.goto("/support/plain/")

    assert any("trusted-types 'none'" in trouble for trouble in troubles)
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then((found) => found.length)") == 0


def test_the_page_that_starts_it_allows_nothing_else(address: str) -> None:
    started, plain = (policy(f"/support/{name}/") for name in ("ways", "plain"))

    assert started ^ plain == {"trusted-types alerts", "trusted-types 'none'"}


def test_the_worker_is_where_the_script_looks_for_it(site: Site) -> None:
    """Browsers look for a newer one by themselves, also before the second step."""
    here, client = reverse("alerts_worker"), Client()
    client.force_login(make_colleague(site, Role.LEAD, app=False))
    response = client.get(here)

    assert b"".join(response.streaming_content).decode() == source("alerts_worker.js")
    assert response.headers["Content-Type"] == "text/javascript"
    assert f'const WORKER = "{here}";' in source("alerts.js")
    assert "trusted-types 'none'" in response.headers["Content-Security-Policy"]


def policy(url: str) -> set[str]:
    return set(Client(headers={"host": "localhost"}).get(url).headers["Content-Security-Policy"].split("; "))


def source(name: str) -> str:
    return (settings.BASE_DIR / "static/src/js" / name).read_text()


def start(page: Page) -> None:
    """Set this device up, and stay on a page that belongs to the worker."""
    page.goto("/support/ways/")
    button(page).click()
    expect(page).to_have_title("Kept")


def deliver(page: Page, context: BrowserContext, words: str = "") -> None:
    """Hand the browser a signal, as its push service would."""
    inspector = context.new_cdp_session(page)
    found: list[dict[str, Any]] = []
    inspector.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
    inspector.send("ServiceWorker.enable")
    until(page, lambda: found)
    origin = page.url.partition("/support/")[0]
    signal = {"origin": origin, "registrationId": found[0]["registrationId"], "data": words}
    inspector.send("ServiceWorker.deliverPushMessage", signal)
    until(page, lambda: shown(page))


def until(page: Page, condition: Callable[[], Any]) -> None:
    for _ in range(200):
        if condition():
            return
        page.wait_for_timeout(50)
    pytest.fail("it did not happen within 10 seconds")


def shown(page: Page) -> list[list[Any]]:
    return page.evaluate("""navigator.serviceWorker.ready.then((it) => it.getNotifications())
        .then((all) => all.map((one) => [one.title, one.body, one.tag, one.renotify]))""")
