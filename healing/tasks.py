"""The one periodic task. Losing or repeating it is harmless: the rows decide."""

import time

from celery import shared_task

from healing import due

ROUND_SECONDS = 45  # stays under the task's time limit


@shared_task(name="healing.tasks.tick")
def tick() -> None:
    stop = time.monotonic() + ROUND_SECONDS
    while due.tick() and time.monotonic() < stop:
        pass
