"""A worker that nobody wakes goes by itself: while the broker is away, what is due still gets done."""

import logging
from datetime import timedelta
from threading import Event, Thread
from typing import Any

from celery import bootsteps
from django.conf import settings
from django.db import DatabaseError, connection

logger = logging.getLogger(__name__)
ROUNDS_MISSED = 3


class GoUnwoken(bootsteps.StartStopStep):
    """Looks now and then whether any worker was woken lately, and does a round if not."""

    def __init__(self, worker: Any, **kwargs: Any) -> None:
        self.over = Event()
        super().__init__(worker, **kwargs)

    def start(self, worker: Any) -> None:
        Thread(target=self.watch, daemon=True, name="go-unwoken").start()

    def stop(self, worker: Any) -> None:
        self.over.set()

    def watch(self) -> None:
        while not self.over.wait(settings.TICK_SECONDS):
            try:
                go_if_late()
            except DatabaseError:
                logger.warning("the database is away; what is due waits for it")
            finally:
                connection.close()  # a process that is forked from here must not inherit it


def go_if_late() -> bool:
    """One round, unless some worker had one lately."""
    from healing import clock, due  # noqa: PLC0415  the applications come first
    from healing.models import Heartbeat  # noqa: PLC0415

    lately = clock.now() - timedelta(seconds=ROUNDS_MISSED * settings.TICK_SECONDS)
    if Heartbeat.objects.filter(name="worker", at__gte=lately).exists():
        return False
    due.tick()
    return True
