"""The cast and the database. Tests run as the web's database role; the worker's role is asked for by name."""

import os
from collections.abc import Iterator
from time import sleep
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import hypothesis
import psycopg2
import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import setup_databases
from playwright.sync_api import Browser, sync_playwright

from healing import clock

QUIET = (
    "--no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync --disable-dev-shm-usage"
)
OWN_PARTS = 7  # of the sixteen: the first is nobody's own, those above are for journeys
KEPT = ("django_migrations", "django_content_type", "auth_permission")
hypothesis.settings.register_profile("untimed", deadline=None)  # machines are shared: no test is about a duration
hypothesis.settings.load_profile("untimed")


def pytest_configure(config: pytest.Config) -> None:
    """The database is made by its owner, who then puts on the role that each test needs. Styles need no building.

    Processes that test beside each other have a part of Valkey each: one that empties its cache would else let another
    use a code twice.
    """
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # a browser that is driven keeps a loop in this thread
    settings.DATABASES["default"]["USER"] = "healing_owner"
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    beside = getattr(config, "workerinput", {}).get("workerid", "")  # gw0, gw1 and so on
    if beside:
        settings.REDIS_URL = part_of_valkey(settings.REDIS_URL, 1 + int(beside[2:]) % OWN_PARTS)
        settings.CACHES["default"]["LOCATION"] = settings.REDIS_URL


def part_of_valkey(address: str, number: int) -> str:
    if address.startswith("unix:"):
        return f"{address}?db={number}"
    return urlunsplit(urlsplit(address)._replace(path=f"/{number}"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any, worker_id: str) -> Iterator[None]:
    with django_db_blocker.unblock():
        suffix = worker_id + os.environ.get("TEST_DB_SUFFIX", "")
        connection.settings_dict["TEST"]["NAME"] = f"test_healing_{suffix}"
        setup_databases(verbosity=0, interactive=False, serialized_aliases=[])
        options = connection.settings_dict["OPTIONS"]
        as_owner = options.get("options", "")
        options["options"] = f"{as_owner} -c role=healing_web"  # for every connection, also one made by a thread
        connection.close()
        yield
        full = left_behind()
        connection.close()
        drop(connection.settings_dict["NAME"])
        assert not full, f"a test has left rows behind: {full}"


def drop(name: str) -> None:
    """Also when a thread that a test has started still holds a connection, and the server is slow to end it."""
    owner = psycopg2.connect(os.environ["DATABASE_OWNER_URL"])
    owner.autocommit = True
    for patience in (1, 2, 4, 8, 0):
        try:
            owner.cursor().execute(f'drop database if exists "{name}" with (force)')
            break
        except psycopg2.errors.ObjectInUse:
            if not patience:
                raise
            sleep(patience)
    owner.close()


def emptied_tables(cursor: Any) -> list[str]:
    """Every table of the owner in which no row stays from one test to the next."""
    cursor.execute("select format('%I.%I', schemaname, tablename) from pg_tables where tableowner = current_user")
    return [table for (table,) in cursor.fetchall() if not table.endswith(KEPT)]


def left_behind() -> list[str]:
    """The tables with rows that a test has committed and not taken out: the next test would meet them."""
    become("healing_owner")
    with connection.cursor() as cursor:
        full = []
        cursor.execute("set lock_timeout = '10s'")  # of a connection that a test has forgotten
        for table in emptied_tables(cursor):
            cursor.execute(f"alter table {table} no force row level security")  # the database goes after this
            cursor.execute(f"select exists (select from {table})")
            full += [table] * cursor.fetchone()[0]
    return full


def become(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"set role {role}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The one browser of a run: two that are driven at once would meet in one loop."""
    path = os.environ.get("CHROMIUM")
    if not path:
        pytest.skip("no Chromium was found: set CHROMIUM to its path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET.split())
        yield browser
        browser.close()


@pytest.fixture
def as_worker(db: None) -> Iterator[None]:
    become("healing_worker")
    yield
    become("healing_web")


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Rows are really committed, so that several connections see them. The owner empties everything afterwards."""
    with django_db_blocker.unblock():
        yield
        become("healing_owner")
        with connection.cursor() as cursor:
            tables = emptied_tables(cursor)
            for switch in ("disable", "enable"):  # what records only grows, also for its owner
                cursor.execute(";".join(f"alter table {table} {switch} trigger user" for table in tables))
                if switch == "disable":
                    cursor.execute(f"truncate {', '.join(tables)} cascade")
        become("healing_web")


@pytest.fixture
def now() -> Any:
    return clock.now()
