"""The one periodic task. Losing or repeating it is harmless: the rows decide."""

from celery import shared_task

from healing import due


@shared_task(name="healing.tasks.tick")
def tick() -> None:
    due.tick()
