"""Due work and outward effects: nothing lost, nothing twice, nothing after a withdrawal.

What is due is a row, written in the transaction of the act that made it due. A worker claims rows with a short lease,
opens the context of the row's case and performs them. There are two kinds of work:

- an **act** changes rows; it and its `done` mark are one transaction.
- a **sending** leaves the house. First a claim (`Effect`) is committed; then, in a second transaction, the builder asks
  again whether it may still be sent, holding the consent's lock while the message is handed over. A claim that is found
  open after a crash is ambiguous: a person looks at it, and it is never sent again by itself.
"""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.db.models import F, Q

from healing import access, clock, mail
from healing.models import Due, Effect, Heartbeat

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = 5
BACK_OFF = timedelta(minutes=1)

Act = Callable[[Due], None]
Builder = Callable[[Due], "mail.Message | None"]
ACTS: dict[str, Act] = {}
SENDINGS: dict[str, Builder] = {}


def act(kind: str) -> Callable[[Act], Act]:
    """Register what to do when work of this kind is due."""
    return lambda function: ACTS.setdefault(kind, function)


def sending(kind: str) -> Callable[[Builder], Builder]:
    """Register how to build the message of this kind; `None` keeps it back."""
    return lambda function: SENDINGS.setdefault(kind, function)


def plan(kind: str, *, subject: UUID, at: datetime, key: str, case: UUID | None, room: UUID | None = None) -> None:
    """Write down that something is due. The same key twice is the same work."""
    if kind not in ACTS and kind not in SENDINGS:
        raise ValueError(f"nothing knows how to do {kind!r}")
    row = Due(kind=kind, key=key, subject=subject, due_at=at, case_id=case, participant_id=room)
    Due.objects.bulk_create([row], ignore_conflicts=True)


def void(*, by: access.Viewer, **which: Any) -> int:
    """Take back what is still waiting. What is being handed over asks again before it leaves."""
    return Due.objects.visible_to(by).filter(state="pending", **which).update(state="void", done_at=clock.now())


def tick(limit: int = 100) -> int:
    """One round: claim what is due and perform it. Any number of workers may do this at once."""
    claimed = claim(limit)
    for due_id, lease in claimed:
        perform(due_id, lease)
    Heartbeat.objects.update_or_create(name="worker", defaults={"at": clock.now()})
    return len(claimed)


def claim(limit: int) -> list[tuple[UUID, datetime]]:
    now = clock.now()
    lease = now + LEASE
    waiting = Q(state="pending", due_at__lte=now) | Q(state="leased", lease_until__lt=now)
    with access.opened("worker") as worker:
        rows = Due.objects.visible_to(worker).filter(waiting).select_for_update(skip_locked=True)
        found = list(rows.order_by("due_at", "id").values_list("id", flat=True)[:limit])
        Due.objects.visible_to(worker).filter(pk__in=found).update(
            state="leased", lease_until=lease, attempts=F("attempts") + 1
        )
    return [(pk, lease) for pk in found]


def perform(due_id: UUID, lease: datetime) -> None:
    """Do one claimed item, unless somebody else has claimed it since."""
    with access.opened("worker") as worker:
        item = Due.objects.visible_to(worker).filter(pk=due_id, state="leased", lease_until=lease).first()
    if item is None:
        return
    try:
        if item.kind in SENDINGS:
            _send(item)
        else:
            with context_of(item):
                ACTS[item.kind](item)
                _finish(item, "done")
    except Exception as error:
        _put_back(item, error)


def context_of(item: Due) -> AbstractContextManager[access.Viewer]:
    return access.opened("case", item.case_id) if item.case_id else access.opened("worker")


def _send(item: Due) -> None:
    """Claim the effect, then ask again and hand over while the builder's locks are held."""
    if not _claim_effect(item):
        return
    handing = False
    try:
        with context_of(item) as viewer:
            _hold(item)
            message = SENDINGS[item.kind](item)
            if message is not None:
                handing = True
                mail.hand_over(message, key=item.key)
            Effect.objects.visible_to(viewer).filter(key=item.key).update(state="done" if message else "void")
            _finish(item, "done" if message else "void")
    except Exception as error:
        if handing and not isinstance(error, mail.NotTaken):
            _settle_ambiguous(item)  # it may have left before this went wrong: a person decides
            return
        _release_effect(item)  # nothing left: it may be tried again
        raise


def _hold(item: Due) -> None:
    """Keep the item while it is handed over: another worker passes by a locked row, even when the lease has run out."""
    rows = Due.objects.visible_to(access.current()).select_for_update()
    if not rows.filter(pk=item.pk, state="leased", lease_until=item.lease_until).first():
        raise LeaseLost


def _claim_effect(item: Due) -> bool:
    """A durable claim, committed before anything leaves. An open claim from before means a crash in between."""
    try:
        with access.opened("worker"):
            Effect.objects.create(key=item.key, due=item.pk, case_id=item.case_id, participant_id=item.participant_id)
    except IntegrityError:
        with access.opened("worker") as worker:
            state = Effect.objects.visible_to(worker).values_list("state", flat=True).get(key=item.key)
            if state != "handing":
                _finish(item, "done" if state == "done" else "void")
                return False
        _settle_ambiguous(item)
        return False
    return True


def _release_effect(item: Due) -> None:
    with access.opened("worker") as worker:
        Effect.objects.visible_to(worker).filter(key=item.key, state="handing").delete()


def _settle_ambiguous(item: Due) -> None:
    with access.opened("worker") as worker:
        Effect.objects.visible_to(worker).filter(key=item.key, state="handing").update(state="ambiguous")
        _finish(item, "stuck")


def _finish(item: Due, state: str) -> None:
    """Mark it, in the transaction of the work. A holder whose lease has passed on changes nothing."""
    rows = Due.objects.visible_to(access.current()).filter(pk=item.pk, state="leased", lease_until=item.lease_until)
    if not rows.update(state=state, done_at=clock.now(), lease_until=None):
        raise LeaseLost


def _put_back(item: Due, error: Exception) -> None:
    """Try again later, a bounded number of times; then a person looks at it."""
    again = item.attempts < MOST_ATTEMPTS
    changes = {"state": "pending" if again else "stuck", "lease_until": None}
    with access.opened("worker") as worker:
        Due.objects.visible_to(worker).filter(pk=item.pk, state="leased", lease_until=item.lease_until).update(
            **changes, due_at=clock.now() + BACK_OFF * 2**item.attempts
        )
    logger.warning("due work %s of kind %s failed: %s", item.pk, item.kind, type(error).__name__)


class LeaseLost(RuntimeError):
    """Another worker took this over: its outcome counts, this one is rolled back."""
