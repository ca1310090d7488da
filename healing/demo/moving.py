"""Moving the demo's clock on, so that weeks of follow-ups pass in minutes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Min
from django.db.utils import ConnectionHandler

from healing import clock, due, env
from healing.models.due_work import DueWork

STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}
JUST_AFTER = timedelta(seconds=1)


def move(step: str) -> bool:
    """One of the steps, or to when the next thing is due. False when nothing is waiting."""
    by = STEPS.get(step) or _until_next()
    if by is None:
        return False
    clock.move_demo_on(by)
    return True


def _until_next() -> timedelta | None:
    due = next_due()
    return due - clock.now() + JUST_AFTER if due else None


def next_due() -> datetime | None:
    """When the next thing is due, in any case or in peer support. A page may not know that, so the worker is asked."""
    with _as_worker():
        return min(filter(None, map(_next_in, due.TABLES)), default=None)


def _next_in(table: type[DueWork]) -> datetime | None:
    with table.for_worker() as worker:
        waiting = table.objects.visible_to(worker).filter(state="pending", due_at__gt=clock.now())
        return waiting.aggregate(at=Min("due_at"))["at"]


@contextmanager
def _as_worker() -> Iterator[None]:
    """Each house opens its own way in, on whatever connection is in use: for this long it is the worker's."""
    pages = connections[DEFAULT_DB_ALIAS]
    worker = env.database("DATABASE_WORKER_URL") | {"NAME": pages.settings_dict["NAME"]}
    worker["OPTIONS"] |= {"options": settings.SEARCH_PATH}
    own = ConnectionHandler({DEFAULT_DB_ALIAS: worker})[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = own
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = pages
        own.close()
