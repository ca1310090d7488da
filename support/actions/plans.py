"""What is due in peer support is written into its own tables."""

from datetime import datetime
from uuid import UUID

from healing import clock, due, ids
from support.models import Due


def plan(kind: str, *, subject: UUID, at: datetime, key: str, to: UUID | None = None, **options: datetime) -> None:
    """`subject` is the request, reminder or swap; `to` whom a message goes to. The same key twice is the same work."""
    due.write_down(Due(kind=kind, subject=subject, due_at=at, key=key, to=to, **options))


def rouse(site: UUID) -> None:
    """Somebody is there who was not: whoever waits in vain is looked after now, and not only at the next search."""
    plan("support.rouse", subject=site, at=clock.now(), key=f"support.rouse:{ids.token()}")
