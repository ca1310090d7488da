"""What happened, as rows that are only ever added: status changes, and the chained record of acts and reads."""

from typing import Any

from django.db import models

from healing import clock
from healing.privacy import FACT, IDENTITY, OPERATIONAL
from healing.protected import Protected


class StatusChange(Protected):
    """One move along a lifecycle. `why` is a code; stories do not belong here."""

    kind = models.CharField(max_length=60)
    subject = models.UUIDField()
    case_id = models.UUIDField(db_index=True)
    from_status = models.CharField(max_length=30)
    to_status = models.CharField(max_length=30)
    why = models.CharField(max_length=40, blank=True)
    by = models.UUIDField(null=True)  # none: due work did it
    at = models.DateTimeField(default=clock.now)

    Privacy = {
        "id": OPERATIONAL,
        "kind": FACT,
        "subject": IDENTITY,
        "case_id": IDENTITY,
        "from_status": FACT,
        "to_status": FACT,
        "why": FACT,
        "by": IDENTITY,
        "at": FACT,
    }

    def __str__(self) -> str:
        return f"{self.from_status} to {self.to_status}"

    @classmethod
    def visible_rows(cls, viewer: Any) -> models.Q:
        return models.Q(case_id__in=viewer.cases)


class AuditStream(models.Model):
    """The head of one chain. A room, a case and a site each have their own, so that no chain tells about another."""

    id = models.UUIDField(primary_key=True)
    case_id = models.UUIDField(null=True)
    participant_id = models.UUIDField(null=True)
    length = models.PositiveBigIntegerField(default=0)
    head = models.CharField(max_length=64, blank=True)

    Privacy = dict.fromkeys(["id", "case_id", "participant_id", "length", "head"], OPERATIONAL)

    def __str__(self) -> str:
        return f"stream {self.id}, {self.length} long"


class AuditEvent(Protected):
    """Somebody did or read something. Content-free, and chained: each digest covers the one before."""

    stream = models.UUIDField()
    number = models.PositiveBigIntegerField()
    case_id = models.UUIDField(null=True)
    participant_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    actor = models.UUIDField(null=True)  # none: due work
    actor_role = models.CharField(max_length=20)
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=100)
    detail = models.CharField(max_length=60, blank=True)
    digest = models.CharField(max_length=64)

    Privacy = {
        "id": OPERATIONAL,
        "stream": OPERATIONAL,
        "number": OPERATIONAL,
        "case_id": IDENTITY,
        "participant_id": IDENTITY,
        "at": FACT,
        "actor": IDENTITY,
        "actor_role": FACT,
        "verb": FACT,
        "subject": FACT,
        "detail": FACT,
        "digest": OPERATIONAL,
    }

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "number"], name="one_event_per_number")]
        indexes = [models.Index(fields=["participant_id", "-at"])]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"

    @classmethod
    def visible_rows(cls, viewer: Any) -> models.Q:
        if viewer.kind == "worker":
            return models.Q()  # the chains are checked whole
        return models.Q(participant_id__in=viewer.rooms) | models.Q(case_id__in=viewer.cases)
