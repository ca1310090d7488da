"""Celery only wakes workers. What is due, and whether it may still be done, is decided in PostgreSQL (`due.py`)."""

import os
from typing import Any

from celery import Celery, bootsteps

from healing.watch import GoUnwoken

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healing.settings")
app = Celery("healing")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


class RefuseBypassingRole(bootsteps.Step):
    """A worker whose database role could see past row-level security does not start."""

    def __init__(self, worker: Any, **kwargs: Any) -> None:
        from healing.access import refuse_bypassing_role  # noqa: PLC0415  the applications come first

        refuse_bypassing_role()
        super().__init__(worker, **kwargs)


app.steps["worker"].add(RefuseBypassingRole)
app.steps["worker"].add(GoUnwoken)
