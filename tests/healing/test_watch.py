"""Without a broker, a worker goes by itself."""

from datetime import timedelta

import pytest

from healing import clock, watch
from healing.models import Heartbeat
from tests.healing.test_due import plan, state
from tests.healing.test_due import kinds as kinds  # noqa: PT013

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_worker")]


def seen(seconds_ago: int) -> None:
    Heartbeat.objects.create(name="worker", at=clock.now() - timedelta(seconds=seconds_ago))


def test_it_leaves_the_work_to_whoever_was_woken_lately(kinds, settings) -> None:
    kinds(act=lambda item: None)
    key = plan("test.act")
    seen(seconds_ago=2 * settings.TICK_SECONDS)

    assert not watch.go_if_late()
    assert state(key)[0] == "pending"


def test_it_does_what_is_due_when_nobody_was_woken(kinds, settings) -> None:
    kinds(act=lambda item: None)
    key = plan("test.act")
    seen(seconds_ago=4 * settings.TICK_SECONDS)

    assert watch.go_if_late()
    assert state(key)[0] == "done"
