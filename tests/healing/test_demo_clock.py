"""The demo's clock asks the worker's role what is due next, since a page may not know it."""

import os
from datetime import timedelta
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

from healing import access, clock, ids
from healing.demo import moving
from healing.models import Due
from tests.factories.cases import as_role

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture(autouse=True)
def own_database(committed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    address = urlsplit(os.environ["DATABASE_WORKER_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    monkeypatch.setenv("DATABASE_WORKER_URL", urlunsplit(address))


def plan(key: str, hours: int, state: str = "pending") -> Due:
    at = clock.now() + timedelta(hours=hours)
    with as_role("healing_worker"), access.opened("worker"):
        return Due.objects.create(kind="x", key=key, subject=ids.new(), case_id=ids.new(), due_at=at, state=state)


def test_the_next_thing_due_in_any_case_is_found() -> None:
    plan("past", -1)
    plan("done", 1, state="done")
    soon = plan("soon", 2)
    plan("later", 3)

    assert moving.next_due() == soon.due_at


def test_nothing_due_is_nothing() -> None:
    assert moving.next_due() is None
