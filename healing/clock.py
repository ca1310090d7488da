"""The only source of now. In the demo the clock can be moved on, so that weeks of follow-ups pass in minutes."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

_pinned: ContextVar[datetime | None] = ContextVar("pinned", default=None)


def now() -> datetime:
    return _pinned.get() or timezone.now() + (demo_offset() if settings.DEMO else timedelta(0))


def today(zone: str) -> date:
    """The date on the wall in a time zone."""
    return now().astimezone(ZoneInfo(zone)).date()


def demo_offset() -> timedelta:
    try:
        return timedelta(seconds=int(settings.DEMO_CLOCK_FILE.read_text()))
    except (FileNotFoundError, ValueError):
        return timedelta(0)


def move_demo_on(by: timedelta) -> None:
    """Move the demo's clock on for the web, the worker and the schedule alike. Never back."""
    if not settings.DEMO or by <= timedelta(0):
        raise ValueError("Only the demo's clock can be moved, and only forward.")
    seconds = int((demo_offset() + by).total_seconds())
    settings.DEMO_CLOCK_FILE.write_text(str(seconds))


@contextmanager
def pinned(at: datetime) -> Iterator[None]:
    """Everything inside happens at this moment: how invented data gets a past."""
    token = _pinned.set(at)
    try:
        yield
    finally:
        _pinned.reset(token)
