"""Whoever has left peer support wears its role no more, and nothing of the visit is open: however they left."""

from typing import Any

import pytest
from django.db import connection, transaction

from healing import access
from healing.models import Site
from support import house
from tests.conftest import become

pytestmark = pytest.mark.usefixtures("committed")
SETTINGS = ("support.supporters", "support.person", "support.held", "healing.rooms", "healing.user")
OUTSIDE = ("healing_worker", "healing_worker", *[""] * len(SETTINGS))


@pytest.fixture(autouse=True)
def worker(committed: Any) -> Any:
    become("healing_worker")
    yield
    become("healing_web")


def stands() -> tuple[str, ...]:
    asked = ", ".join(f"coalesce(current_setting('{name}', true), '')" for name in SETTINGS)
    with connection.cursor() as cursor:
        cursor.execute(f"select current_user, current_setting('role'), {asked}")
        return tuple(cursor.fetchone())


def test_the_end_of_the_transaction_is_the_way_out() -> None:
    with house.entered_by_worker():
        assert stands()[0] == "healing_support_worker"

    assert stands() == OUTSIDE
    assert access.current() == access.NOBODY


def test_what_runs_once_it_is_committed_is_outside() -> None:
    found: list[Any] = []
    with house.entered_by_worker():
        transaction.on_commit(lambda: found.append(stands()))

    assert found == [OUTSIDE]


def test_a_visit_that_failed_is_over_too() -> None:
    with pytest.raises(ZeroDivisionError), house.entered_by_worker():
        raise ZeroDivisionError

    assert stands() == OUTSIDE
    assert access.current() == access.NOBODY


def test_within_another_transaction_the_role_before_is_put_back(site: Site) -> None:
    with access.opened("worker"):
        before = stands()
        with house.entered_by_worker():
            assert stands() != before
        assert stands() == before


def test_where_every_statement_waits_for_a_commit_the_role_is_put_back_by_hand() -> None:
    connection.set_autocommit(False)
    try:
        with house.entered_by_worker():
            pass
        assert stands()[:2] == OUTSIDE[:2]
    finally:
        connection.rollback()
        connection.set_autocommit(True)
