"""Moving the demo's clock on, so that weeks of follow-ups pass in minutes."""

from datetime import datetime, timedelta

from django.db import connection as database
from django.db.utils import ConnectionHandler

from healing import clock, env

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
    """When the next thing is due in any case. A page's role may not know that, so the worker's is asked."""
    here = {"NAME": database.settings_dict["NAME"]}
    connection = ConnectionHandler({"default": env.database("DATABASE_WORKER_URL") | here})["default"]
    try:
        with connection.cursor() as cursor:
            cursor.execute("select min(due_at) from healing_due where state = 'pending' and due_at > %s", [clock.now()])
            return cursor.fetchone()[0]
    finally:
        connection.close()
