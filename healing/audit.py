"""The record of who did and who looked: content-free, and chained so that a change shows.

One chain per room, per case and per site: a participant's record never depends on what others did. The event is written
in the transaction of the act or the read, so nothing is shown that was not recorded.
"""

import hashlib
import hmac
import json
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
    case_id, participant_id = _place(subject)
    stream = participant_id or case_id or _site(subject) or UUID(int=0)
    head = _lock_head(stream, case_id, participant_id)
    event = AuditEvent(
        stream=stream,
        number=head.length + 1,
        case_id=case_id,
        participant_id=participant_id,
        at=clock.now(),
        actor=by.user_id,
        actor_role=by.role_name,
        verb=verb,
        subject=f"{subject._meta.label_lower}:{subject.pk}",
        detail=detail,
    )
    event.digest = digest(head.head, event)
    event.save(force_insert=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "update healing_auditstream set length = %s, head = %s where id = %s", [event.number, event.digest, stream]
        )


def digest(previous: str, event: AuditEvent) -> str:
    """HMAC-SHA256 over the previous digest and the event, with a key of its own."""
    fields = ("stream", "number", "case_id", "participant_id", "at", "actor", "actor_role", "verb", "subject", "detail")
    body = {name: getattr(event, name) for name in fields} | {"at": event.at.isoformat()}
    text = json.dumps([previous, body], sort_keys=True, default=str)
    return hmac.new(settings.AUDIT_KEY, text.encode(), hashlib.sha256).hexdigest()


def _lock_head(stream: UUID, case_id: UUID | None, participant_id: UUID | None) -> AuditStream:
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into healing_auditstream (id, case_id, participant_id, length, head) values (%s, %s, %s, 0, '')
               on conflict do nothing""",
            [stream, case_id, participant_id],
        )
    return AuditStream.objects.select_for_update().get(pk=stream)


def _place(subject: Any) -> tuple[UUID | None, UUID | None]:
    if subject._meta.label == "cases.Case":
        return subject.pk, None
    if subject._meta.label == "cases.Participant":
        return subject.case_id, subject.pk
    return getattr(subject, "case_id", None), getattr(subject, "participant_id", None)


def _site(subject: Any) -> UUID | None:
    return subject.pk if subject._meta.label == "healing.Site" else getattr(subject, "site_id", None)
