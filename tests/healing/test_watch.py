"""Without a broker, a worker goes by itself."""

from datetime import timedelta
from typing import Any

import pytest

from healing import clock, due, watch
from healing.models import Heartbeat
from tests.healing.test_due import plan, state

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_worker")]


@pytest.fixture(autouse=True)
def _something_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(due.ACTS, "test.act", lambda item: None)


def seen(seconds_ago: int) -> None:
    Heartbeat.objects.create(name="worker", at=clock.now() - timedelta(seconds=seconds_ago))


def test_it_leaves_the_work_to_whoever_was_woken_lately(settings: Any) -> None:
    key = plan("test.act")
    seen(seconds_ago=2 * settings.TICK_SECONDS)

    assert not watch.go_if_late()
    assert state(key)[0] == "pending"


def test_it_does_what_is_due_when_nobody_was_woken(settings: Any) -> None:
    key = plan("test.act")
    seen(seconds_ago=4 * settings.TICK_SECONDS)

    assert watch.go_if_late()
    assert state(key)[0] == "done"
