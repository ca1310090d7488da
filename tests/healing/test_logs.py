"""Logs hold ids and codes: nothing that somebody typed, whatever fails and wherever."""

import logging
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from healing import urls
from healing.logs import NobodyAsked, NoWords
from healing.models import Site
from healing.roles import Role
from tests.factories.cases import make_staff

CANARY = "canary-tells-her-story"
pytestmark = pytest.mark.django_db


def fails(request: HttpRequest, token: str = "") -> HttpResponse:
    story = request.GET.get("story", CANARY)
    raise ValueError(f"could not save {story}")


def asks_the_database(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("insert into healing_site (id, slug) values ('not a uuid', %s)", [CANARY])
    return HttpResponse()


for view in (fails, asks_the_database):
    view.login_required = False  # type: ignore[attr-defined]
urlpatterns = [*urls.urlpatterns, path("fails/<str:token>/", fails), path("asks/", asks_the_database)]


@pytest.fixture
def lines() -> Iterator[StringIO]:
    """Everything logged anywhere, as the settings' own handler writes it."""
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(NoWords(settings.LOGGING["formatters"]["no_words"]["fmt"]))
    handler.addFilter(NobodyAsked())
    root = logging.getLogger()
    root.addHandler(handler)
    yield written
    root.removeHandler(handler)


@pytest.fixture
def client(settings: Any) -> Client:
    settings.ROOT_URLCONF = __name__
    return Client(raise_request_exception=False)


def test_a_failing_page_leaves_its_kind_and_place(client: Client, lines: StringIO, site: Site) -> None:
    response = client.get(f"/fails/{CANARY}/?story={CANARY}")

    assert response.status_code == 500
    assert CANARY.encode() not in response.content
    assert CANARY not in lines.getvalue()
    assert "500 GET fails/<str:token>/ (ValueError at " in lines.getvalue()
    assert f"test_logs.py:{fails.__code__.co_firstlineno + 2})" in lines.getvalue()


def test_an_error_of_the_database_is_not_quoted(client: Client, lines: StringIO, site: Site) -> None:
    assert client.get("/asks/").status_code == 500

    assert CANARY not in lines.getvalue()
    assert "(DataError at " in lines.getvalue()


@pytest.mark.parametrize("address", [f"/{CANARY}/?q={CANARY}", f"/invitation/{CANARY}/", f"/demo/{CANARY}/"])
def test_an_address_is_not_written(address: str, client: Client, lines: StringIO, site: Site) -> None:
    client.get(address)
    client.put(address)

    assert CANARY not in lines.getvalue()


def test_a_strange_host_is_not_written(client: Client, lines: StringIO, site: Site) -> None:
    client.get("/help/", headers={"host": f"{CANARY}.example"})

    assert CANARY not in lines.getvalue()
    assert "DisallowedHost" in lines.getvalue()


def test_what_a_program_says_beside_an_error_is_not_written(lines: StringIO) -> None:
    """As Celery does: the error's text among the arguments, and the whole traceback."""
    try:
        raise IntegrityError(CANARY)
    except IntegrityError as error:
        values = {"name": "tick", "exc": repr(error)}
        logging.getLogger("celery.app.trace").error("Task %(name)s: %(exc)s", values, exc_info=True)
        logging.getLogger("somewhere").exception(error)
        logging.getLogger("somewhere").exception(f"it was {error}")
        logging.getLogger("somewhere").warning(error)

    assert CANARY not in lines.getvalue()
    assert lines.getvalue().count("IntegrityError") == 4


def test_an_address_to_write_to_is_taken_out(lines: StringIO) -> None:
    logging.getLogger("somewhere").warning("no answer from %s", "maria.lopez+x@home.example.org")

    assert "no answer from [address]" in lines.getvalue()


def test_the_web_server_writes_through_the_same_filter() -> None:
    for name in ("gunicorn.error", "gunicorn.access", "django"):
        assert settings.LOGGING["loggers"][name]["handlers"] == []
    assert settings.LOGGING["handlers"]["stderr"]["formatter"] == "no_words"


def test_nothing_tells_when_somebody_tried_to_ask_for_a_peer(client: Client, lines: StringIO, site: Site) -> None:
    make_staff(site, Role.COORDINATOR)  # so that it is open
    assert client.post("/support/", {"contact": CANARY}).status_code == 422
    assert client.get("/s/no-such-ward/").status_code in (200, 404)
    assert client.get("/support/nothing/").status_code == 404

    assert lines.getvalue() == ""
    assert settings.LOGGING["handlers"]["stderr"]["filters"] == ["nobody_asked"]
