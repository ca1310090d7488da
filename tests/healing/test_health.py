"""`/healthz` says that the process answers, `/readyz` whether it can serve, and if not, why."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from healing import clock, health
from healing.models import Heartbeat
from tests.factories.cases import as_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def seen(db: None) -> None:
    Heartbeat.objects.update_or_create(name="worker", defaults={"at": clock.now()})


def ready() -> tuple[int, str]:
    response = Client().get("/readyz")
    return response.status_code, response.content.decode()


def test_ready_with_database_broker_and_worker(seen: None) -> None:
    assert ready() == (200, "ready\n")


def test_not_ready_when_no_worker_was_seen_for_two_minutes(seen: None) -> None:
    Heartbeat.objects.update(at=clock.now() - timedelta(seconds=119))
    assert ready()[0] == 200

    Heartbeat.objects.update(at=clock.now() - timedelta(seconds=121))
    assert ready() == (503, "No worker was seen in the last 2 minutes: letters and appointments wait.\n")


def test_not_ready_when_no_worker_was_ever_seen(db: None) -> None:
    assert ready()[0] == 503


@pytest.mark.parametrize("address", ["redis+socket:///nowhere/at/all.sock", "redis://127.0.0.1:1/0"])
def test_not_ready_when_the_broker_is_away(address: str, seen: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health.app.conf, "broker_write_url", address)

    assert ready() == (503, "The broker does not answer: due work is not woken.\n")


def test_not_ready_when_the_database_is_away(seen: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any) -> None:
        raise OperationalError("could not connect to server at secret.example")

    monkeypatch.setattr(connection, "cursor", away)

    assert ready() == (503, "The database does not answer.\n")


def test_not_ready_with_a_role_that_sees_past_the_walls(seen: None) -> None:
    with as_role("healing_owner"):
        status, reason = ready()

    assert status == 503
    assert "healing_owner could see past row-level security" in reason


def test_alive_needs_nothing(db: None) -> None:
    with CaptureQueriesContext(connection) as queries:
        response = Client().get("/healthz")

    assert (response.status_code, len(queries), response.cookies) == (200, 0, {})
