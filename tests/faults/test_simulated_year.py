"""A simulated year: every request is reached or escalated, nobody is called who must not be, and nothing is left."""

import os
import sys
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
import time_machine
from django.db import connection

from healing import due, ids
from support.models import Due
from tests.conftest import become
from tests.faults.checks import everything, figures
from tests.faults.simulated_year import BEGIN, Year

REQUESTS = int(os.environ.get("SIMULATED_REQUESTS", "100"))
KEPT = ("django_migrations", "django_content_type", "auth_permission")
SEED = int(os.environ.get("SIMULATED_SEED", "1"))


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Rows are really committed, so that a dying worker loses what it has not committed and nothing else."""
    with django_db_blocker.unblock():
        yield
        become("healing_owner")
        with connection.cursor() as cursor:
            cursor.execute(
                "select format('%I.%I', schemaname, tablename) from pg_tables where tableowner = current_user"
            )
            tables = [table for (table,) in cursor.fetchall() if not table.endswith(KEPT)]
            for switch in ("disable", "enable"):
                cursor.execute(";".join(f"alter table {table} {switch} trigger user" for table in tables))
                if switch == "disable":
                    cursor.execute(f"truncate {', '.join(tables)} cascade")
        become("healing_web")


@pytest.mark.usefixtures("committed")
def test_a_year_of_peer_support(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    monkeypatch.setattr(ids.secrets, "token_bytes", Random(SEED).randbytes)  # the same seed is the same year
    with time_machine.travel(BEGIN, tick=False) as traveller:
        year = Year(REQUESTS, SEED, traveller)
        monkeypatch.setattr(due, "TABLES", [Due])  # nothing is due for any case
        monkeypatch.setattr(due, "write_down", year.noticing(due.write_down))
        year.run()
        sys.stdout.write(f"{figures(year)}\n")
        wrong = everything(year)
    assert not wrong, "\n".join(wrong)
