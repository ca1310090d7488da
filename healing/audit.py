"""The record of who did and who looked: content-free, and chained so that a change shows.

One chain per room, per case and per site: a participant's record never depends on what others did. The event is written
in the transaction of the act or the read, so nothing is shown that was not recorded. A chain's head is sealed apart
from its last event, so that whoever cuts the end off cannot write the head that would go with it.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator
from datetime import UTC
from itertools import groupby
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from healing import access, clock
from healing.models.record import AuditEvent, AuditStream


def record(*, by: access.Viewer, verb: str, subject: Any, detail: str = "") -> None:
    """Add one event to the chain of the room, else the case, else the site that `subject` belongs to.

    `subject` is a model instance; `detail` is a code. Neither a name nor words may be given.
    """
    record_many(by=by, verb=verb, subjects=[subject], detail=detail)


def record_many(*, by: access.Viewer, verb: str, subjects: Iterable[Any], detail: str = "") -> None:
    """Add one event for each subject, each to its own chain, with as many questions for thirty as for one."""
    events = [_event(by, verb, subject, detail) for subject in subjects]
    if not events:
        return
    heads = _lock_heads(events)
    for event in events:
        head = heads[event.stream]
        event.number = head.length + 1
        event.digest = digest(head.head, event)
        head.length, head.head = event.number, seal(event)
    AuditEvent.objects.bulk_create(events)
    _keep_heads(list(heads.values()))


def _event(by: access.Viewer, verb: str, subject: Any, detail: str) -> AuditEvent:
    case_id, participant_id = _place(subject)
    return AuditEvent(
        stream=participant_id or case_id or _site(subject) or UUID(int=0),
        case_id=case_id,
        participant_id=participant_id,
        at=clock.now(),
        actor=by.user_id,
        actor_role=by.role_name,
        verb=verb,
        subject=f"{subject._meta.label_lower}:{subject.pk}",
        detail=detail,
    )


def digest(previous: str, event: AuditEvent) -> str:
    """HMAC-SHA256 over the head before and the event, with a key of its own."""
    fields = ("stream", "number", "case_id", "participant_id", "at", "actor", "actor_role", "verb", "subject", "detail")
    body = {name: getattr(event, name) for name in fields} | {"at": event.at.astimezone(UTC).isoformat()}
    return _hmac([previous, body])


def seal(event: AuditEvent) -> str:
    """The head of a chain that ends with this event."""
    return _hmac(["head", event.stream, event.number, event.digest])


def _hmac(what: list[Any]) -> str:
    text = json.dumps(what, sort_keys=True, default=str)
    return hmac.new(settings.AUDIT_KEY, text.encode(), hashlib.sha256).hexdigest()


def breaks(by: access.Viewer) -> Iterator[str]:
    """Check every chain that this viewer sees; say where each that does not hold breaks first.

    The heads are read before the events, so what is added meanwhile is beyond its head and breaks nothing.
    """
    heads = {head.pk: head for head in AuditStream.objects.filter(length__gt=0)}
    events = AuditEvent.objects.visible_to(by).order_by("stream", "number").iterator()
    for stream, chain in groupby(events, key=lambda event: event.stream):
        head = heads.pop(stream, None) or AuditStream.objects.filter(pk=stream, length__gt=0).first()
        if broken := _first_break(chain, head):
            yield f"chain {stream}: {broken}"
    for head in heads.values():
        yield f"chain {head.pk}: all {head.length} events are gone"


def _first_break(chain: Iterator[AuditEvent], head: AuditStream | None) -> str:
    number, end = 0, ""
    if head is None:
        return "its head is gone"
    for event in chain:
        if event.number != number + 1:
            return f"event {number + 1} is missing"
        if not hmac.compare_digest(event.digest, digest(end, event)):
            return f"event {event.number} was changed, or does not belong after event {number}"
        number, end = event.number, seal(event)
        if number == head.length and not hmac.compare_digest(head.head, end):
            return f"its head does not belong to event {number}"
    return f"the end was cut off: events {number + 1} to {head.length} are missing" if number < head.length else ""


def _lock_heads(events: list[AuditEvent]) -> dict[UUID, AuditStream]:
    """The heads of these chains, begun where there is none. Rooms are locked before cases, as in every act."""
    places = [(event.stream, event.case_id, event.participant_id) for event in events]
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into healing_auditstream (id, case_id, participant_id, length, head)
               select distinct id, case_id, participant_id, 0, ''
               from unnest(%s::uuid[], %s::uuid[], %s::uuid[]) as place (id, case_id, participant_id)
               order by participant_id, id
               on conflict do nothing""",
            [list(column) for column in zip(*places, strict=True)],
        )
    heads = AuditStream.objects.select_for_update().filter(pk__in={event.stream for event in events})
    return {head.pk: head for head in heads.order_by("participant_id", "pk")}


def _keep_heads(heads: list[AuditStream]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """update healing_auditstream as chain set length = new.length, head = new.head
               from unnest(%s::uuid[], %s::bigint[], %s::text[]) as new (id, length, head) where chain.id = new.id""",
            [[head.pk for head in heads], [head.length for head in heads], [head.head for head in heads]],
        )


def _place(subject: Any) -> tuple[UUID | None, UUID | None]:
    if subject._meta.label == "cases.Case":
        return subject.pk, None
    if subject._meta.label == "cases.Participant":
        return subject.case_id, subject.pk
    return getattr(subject, "case_id", None), getattr(subject, "participant_id", None)


def _site(subject: Any) -> UUID | None:
    return subject.pk if subject._meta.label == "healing.Site" else getattr(subject, "site_id", None)
