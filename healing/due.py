"""Due work and outward effects: nothing lost, nothing twice, nothing after a withdrawal.

What is due is a row, written in the transaction of the act that made it due. A worker claims one row at a time with a
short lease, opens the context of the row's case and performs it. There are two kinds of work:

- an **act** changes rows; it and its `done` mark are one transaction. It is tried for ever: nothing leaves by it, and a
  withdrawal may hang on it. Only an act in which worker after worker died is set aside.
- a **sending** leaves the house. First a claim (`Effect`) is committed; then, in a second transaction, the builder asks
  again whether it may still be sent, holding the consent's lock while the message is handed over. A claim that is found
  open after a crash is ambiguous: a person looks at it, and it is never sent again by itself.

Each table of due work is its own (`DueWork`), so that one house leaves no trace in the other's. The tables are served
in their order in `TABLES`: somebody who waits for a colleague's call comes before a letter.

A row keeps the moment at which it was due. `lease_until` is until when it is left alone: by the others while it is
being done, by everybody while it waits to be tried again.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, Protocol
from uuid import UUID

from celery.exceptions import SoftTimeLimitExceeded
from django.db import IntegrityError
from django.db.models import Count, Q

from healing import access, clock, mail
from healing.models import Due, Heartbeat
from healing.models.due_work import DueWork

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)  # longer than a task may live, so that only what died loses it
URGENT_LEASE = timedelta(seconds=40)  # whoever is slower finds that it was lost, before anything leaves
ROUND_SECONDS = 15  # leaves the last item of a round the time that a slow mail server can take
MOST_ATTEMPTS = 5  # then a person sees it
WAITS = [timedelta(minutes=minutes) for minutes in (2, 4, 8, 16, 30)]  # after each failure; the last one from then on
URGENT_WAITS = [timedelta(seconds=seconds) for seconds in (10, 20, 40, 80, 160)]
NO_SERVER = timedelta(days=3)  # for so long a mail server may be away
COUNTED = 30_000  # attempts are not counted further


class Message(Protocol):
    """Whatever can leave. `mail.NotTaken` means that nothing left; after any other error it may have left."""

    def hand_over(self, *, key: str) -> None: ...


Act = Callable[[Any], None]
Builder = Callable[[Any], Message | None]
TABLES: list[type[DueWork]] = [Due]
ACTS: dict[str, Act] = {}
REPEATABLE: set[str] = set()  # sendings that say nothing: one too many harms nobody, and none leaves somebody waiting
SENDINGS: dict[str, Builder] = {}


def act(kind: str) -> Callable[[Act], Act]:
    """Register what to do when work of this kind is due."""
    return lambda function: ACTS.setdefault(kind, function)


def sending(kind: str, *, repeatable: bool = False) -> Callable[[Builder], Builder]:
    """Register how to build the message of this kind; `None` keeps it back. What may have left and is repeatable is
    sent again until it surely has.
    """
    if repeatable:
        REPEATABLE.add(kind)
    return lambda function: SENDINGS.setdefault(kind, function)


def plan(kind: str, *, subject: UUID, at: datetime, key: str, case: UUID | None, room: UUID | None = None) -> None:
    """Write down that something is due in a case, for an account or at a site."""
    write_down(Due(kind=kind, key=key, subject=subject, due_at=at, case_id=case, participant_id=room))


def write_down(row: DueWork) -> None:
    """The same key twice is the same work."""
    if row.kind not in ACTS and row.kind not in SENDINGS:
        raise ValueError(f"nothing knows how to do {row.kind!r}")
    type(row).objects.bulk_create([row], ignore_conflicts=True)


def void(*, by: access.Viewer, **which: Any) -> int:
    """Take back what is still waiting. What is being handed over asks again before it leaves."""
    return Due.objects.visible_to(by).filter(state="pending", **which).update(state="void", done_at=clock.now())


def tick(limit: int = 1000, seconds: float = ROUND_SECONDS) -> int:
    """One round: claim what is due and perform it, one by one. Any number of workers may do this at once."""
    stop, performed = monotonic() + seconds, 0
    _set_aside()
    while performed < limit and monotonic() < stop and (item := claim()):
        perform(item)
        performed += 1
    Heartbeat.objects.update_or_create(name="worker", defaults={"at": clock.now()})
    return performed


def set_aside(table: type[DueWork]) -> dict[str, int]:
    """How many pieces of each kind wait for a person."""
    with table.for_worker() as worker:
        stuck = table.objects.visible_to(worker).filter(state="stuck").order_by("kind")
        return dict(stuck.values_list("kind").annotate(count=Count("pk")))


def take_up_again(table: type[DueWork]) -> int:
    """Whatever was mended, work that was set aside begins anew. What may have left the house is not sent again."""
    with table.for_worker() as worker:
        stuck = table.objects.visible_to(worker).filter(state="stuck")
        may_have_left = table.effects.objects.visible_to(worker).filter(state="ambiguous").values("key")
        return stuck.exclude(key__in=may_have_left).update(state="pending", attempts=0, done_at=None, lease_until=None)


def claim() -> DueWork | None:
    """Take one thing that is due, and count the attempt before it begins."""
    return next(filter(None, map(_claim_in, TABLES)), None)


def _claim_in(table: type[DueWork]) -> DueWork | None:
    """What has not failed yet comes first."""
    now, lease = clock.now(), URGENT_LEASE if table.URGENT else LEASE
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    with table.for_worker() as worker:
        rows = table.objects.visible_to(worker).filter(state__in=["pending", "leased"], due_at__lte=now)
        rows = rows.filter(free).select_for_update(skip_locked=True)
        item = rows.order_by("attempts", "due_at", "id").first()
        if item is not None:
            item.state, item.lease_until, item.attempts = "leased", now + lease, min(item.attempts + 1, COUNTED)
            item.save(update_fields=["state", "lease_until", "attempts"])
    return item


def _set_aside() -> None:
    """A lease that ran out means that the worker died. An act that several died in waits for a person."""
    now = clock.now()
    for table in TABLES:
        with table.for_worker() as worker:
            died = table.objects.visible_to(worker).filter(state="leased", lease_until__lt=now)
            died = died.filter(attempts__gte=MOST_ATTEMPTS, kind__in=ACTS)
            if died.update(state="stuck", done_at=now, lease_until=None):
                _tell_that_some_was_set_aside()


def _tell_that_some_was_set_aside() -> None:
    logger.error("due work was set aside: see `manage.py set_aside`")


def perform(item: DueWork) -> None:
    """Do what was claimed. Whoever was told that their time is up still settles it, and then stops."""
    try:
        if item.kind in SENDINGS:
            _send(item)
        else:
            with item.context():
                ACTS[item.kind](item)
                _finish(item, "done")
    except Exception as error:
        _put_back(item, error)
        if isinstance(error.__cause__ or error, SoftTimeLimitExceeded):
            raise SoftTimeLimitExceeded from error


def _send(item: DueWork) -> None:
    """Claim the effect, then ask again and hand over while the builder's locks are held."""
    if not _claim_effect(item):
        return
    handing = False
    try:
        with item.context() as viewer:
            message = SENDINGS[item.kind](item)
            _hold(item)
            if message is not None:
                handing = True
                message.hand_over(key=item.key)
            item.effects.objects.visible_to(viewer).filter(key=item.key).update(state="done" if message else "void")
            _finish(item, "done" if message else "void")
    except Exception as error:
        if handing and not isinstance(error, mail.NotTaken) and item.kind not in REPEATABLE:
            _settle_ambiguous(item)  # it may have left before this went wrong: a person decides
        else:
            _release_effect(item)  # nothing left: it may be tried again
        raise


def _hold(item: DueWork) -> None:
    """Keep the item while it is handed over: another worker passes by a locked row, even when the lease has run out.

    The builder's locks come first: whoever ends what the item is about holds that, and then takes the item away.
    """
    rows = type(item).objects.visible_to(access.current()).select_for_update()
    if not rows.filter(pk=item.pk, state="leased", lease_until=item.lease_until).first():
        raise LeaseLost


def _claim_effect(item: DueWork) -> bool:
    """A durable claim, committed before anything leaves. An open claim from before means a crash in between."""
    try:
        with item.for_worker():
            item.new_effect().save(force_insert=True)
    except IntegrityError:
        with item.for_worker() as worker:
            state = item.effects.objects.visible_to(worker).values_list("state", flat=True).get(key=item.key)
            if state != "handing":
                _finish(item, "done" if state == "done" else "void")
                return False
        if item.kind not in REPEATABLE:
            _settle_ambiguous(item)
            return False
    return True


def _release_effect(item: DueWork) -> None:
    with item.for_worker() as worker:
        item.effects.objects.visible_to(worker).filter(key=item.key, state="handing").delete()


def _settle_ambiguous(item: DueWork) -> None:
    with item.for_worker() as worker:
        item.effects.objects.visible_to(worker).filter(key=item.key, state="handing").update(state="ambiguous")
        _finish(item, "stuck")


def _finish(item: DueWork, state: str) -> None:
    """Mark it or let go of it, in the transaction of the work. A holder whose lease has passed on changes nothing."""
    rows = type(item).objects.visible_to(access.current())
    rows = rows.filter(pk=item.pk, state="leased", lease_until=item.lease_until)
    if item.LEAVES_TRACE or state == "stuck":
        finished = rows.update(state=state, done_at=clock.now(), lease_until=None)
        if state == "stuck" and finished:
            _tell_that_some_was_set_aside()
    else:
        finished, _ = rows.delete()
    if not finished:
        raise LeaseLost


def _put_back(item: DueWork, error: Exception) -> None:
    """Try again later; or leave it to a person. What was settled meanwhile stays settled."""
    now, waits = clock.now(), URGENT_WAITS if item.URGENT else WAITS
    if _again(item, error):
        changes = {"state": "pending", "lease_until": now + waits[min(item.attempts, len(waits)) - 1]}
    else:
        changes = {"state": "stuck", "lease_until": None, "done_at": now}
    with item.for_worker() as worker:
        rows = type(item).objects.visible_to(worker).filter(pk=item.pk, state="leased", lease_until=item.lease_until)
        if rows.update(**changes) and changes["state"] == "stuck":
            _tell_that_some_was_set_aside()
    # Neither of which kind nor which: a line that looked other than the rest, or the rhythm in which one is tried
    # again, would tell when somebody was called.
    logger.warning("due work failed: %s", type(error).__name__)


def _again(item: DueWork, error: Exception) -> bool:
    """Acts always; a letter for days while no server takes it, but only a few times if it cannot be made."""
    if item.kind in ACTS or item.kind in REPEATABLE or item.attempts < MOST_ATTEMPTS:
        return True
    return isinstance(error, mail.NotTaken) and clock.now() < item.due_at + NO_SERVER


class LeaseLost(RuntimeError):
    """Another worker took this over: its outcome counts, this one is rolled back."""
