"""Workers in processes of their own, on committed rows, which are really killed."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from healing import access, clock, due, ids
from healing.models import Due
from tests.factories.cases import as_role
from tests.mail_sink import Sink, listening

ONE_ROUND = "import django; django.setup(); import tests.healing.one_worker; from healing import due; due.tick()"
HERE = Path(__file__).parents[2]


@pytest.fixture
def sink(committed: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sink]:
    """The kinds of work are only planned here: the processes do them."""
    monkeypatch.setitem(due.ACTS, "test.act", lambda item: None)
    monkeypatch.setitem(due.SENDINGS, "test.sending", lambda item: None)
    with listening(settings) as server, as_role("healing_worker"):
        yield server


@pytest.fixture
def env(settings: Any, sink: Sink) -> dict[str, str]:
    """The test's database in the worker's own role, and the test's mail server."""
    database = rf"/{connection.settings_dict['NAME']}\1"
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "healing.settings",
        "DATABASE_ROLE": "worker",
        "DATABASE_WORKER_URL": re.sub(r"/\w+(\?|$)", database, os.environ["DATABASE_WORKER_URL"]),
        "MAIL_BACKEND": settings.EMAIL_BACKEND,
        "SMTP_HOST": settings.EMAIL_HOST,
        "SMTP_PORT": str(settings.EMAIL_PORT),
    }


def plan(kind: str) -> Due:
    key = f"{kind}:{ids.new()}"
    with access.opened("worker") as worker:
        due.plan(kind, subject=ids.new(), at=clock.now(), key=key, case=None)
        return Due.objects.visible_to(worker).get(key=key)


def states(*rows: Due) -> list[tuple[str, int]]:
    """How each stands, and how often it was begun."""
    with access.opened("worker") as worker:
        found = Due.objects.visible_to(worker).in_bulk([row.pk for row in rows])
    return [(found[row.pk].state, found[row.pk].attempts) for row in rows]


def a_worker(env: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", ONE_ROUND], env=env, cwd=HERE, stdout=subprocess.PIPE, text=True)


def killed_in_the_act(env: dict[str, str]) -> None:
    with a_worker(env) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        process.kill()
    assert process.returncode == -signal.SIGKILL


def leases_run_out() -> None:
    with access.opened("worker") as worker:
        rows = Due.objects.visible_to(worker).filter(state="leased")
        rows.update(lease_until=clock.now() - timedelta(seconds=1))


def test_what_kills_its_worker_takes_nothing_with_it_and_is_set_aside(env: dict[str, str], sink: Sink) -> None:
    killer = plan("test.act")
    letters = [plan("test.sending") for _ in range(3)]
    killed_in_the_act(env)
    assert states(killer, *letters) == [("leased", 1), *[("pending", 0)] * 3]
    for begun in range(2, due.MOST_ATTEMPTS + 1):
        leases_run_out()
        killed_in_the_act(env)
        assert states(killer, *letters) == [("leased", begun), *[("done", 1)] * 3]
    leases_run_out()
    with a_worker(env) as last:
        assert last.communicate(timeout=60) == ("", None)

    assert last.returncode == 0
    assert states(killer) == [("stuck", due.MOST_ATTEMPTS)]
    assert len(sink.letters) == len({message["To"] for message in sink.letters}) == 3
