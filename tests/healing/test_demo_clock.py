"""The demo's clock asks the worker's role what is due next, since a page may not know it."""

import os
from datetime import timedelta
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection, transaction

from healing import access, clock, ids
from healing.demo import moving
from healing.models import Due
from support.models import Due as SupportDue
from tests.factories.cases import as_role, make_site
from tests.factories.peers import ask, tick, working

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


def test_what_is_due_in_peer_support_is_found_too() -> None:
    site = make_site()
    request, _words = ask(site)
    with working() as by:
        first = SupportDue.objects.visible_to(by).filter(subject=request.pk).earliest("due_at").due_at
    tick()  # nobody is there to be called: what is due now is done
    with working() as by:
        soon = SupportDue.objects.visible_to(by).filter(due_at__gt=clock.now()).earliest("due_at").due_at
    plan("later", 24)

    assert first <= clock.now() < soon
    assert moving.next_due() == soon
    assert access.current() == access.NOBODY


def test_the_page_goes_on_as_itself() -> None:
    with transaction.atomic(), access.opened("nobody"):
        moving.next_due()
        with connection.cursor() as cursor:
            cursor.execute("select current_user")
            assert cursor.fetchone() == ("healing_web",)


def test_nothing_due_is_nothing() -> None:
    assert moving.next_due() is None
