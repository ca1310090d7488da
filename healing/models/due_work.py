"""What is due, and what left the house. Celery only wakes workers: these rows decide."""

from typing import Any

from django.db import models

from healing import clock
from healing.privacy import FACT, IDENTITY, OPERATIONAL
from healing.protected import Protected

DUE_STATES = [
    ("pending", "Pending"),
    ("leased", "Being done"),
    ("done", "Done"),
    ("void", "No longer due"),
    ("stuck", "Needs a person"),
]
EFFECT_STATES = [
    ("handing", "Being handed over"),
    ("done", "Left"),
    ("ambiguous", "May have left"),
    ("void", "Kept back"),
]


class Due(Protected):
    """One thing to do at a time. `key` makes planning it twice harmless; ids only, never words."""

    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=200, unique=True)
    subject = models.UUIDField()
    case_id = models.UUIDField(null=True, db_index=True)
    participant_id = models.UUIDField(null=True, db_index=True)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="pending", choices=DUE_STATES)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True)

    Privacy = {
        "id": OPERATIONAL,
        "kind": FACT,
        "key": OPERATIONAL,
        "subject": IDENTITY,
        "case_id": IDENTITY,
        "participant_id": IDENTITY,
        "due_at": FACT,
        "state": FACT,
        "lease_until": OPERATIONAL,
        "attempts": OPERATIONAL,
        "created_at": OPERATIONAL,
        "done_at": FACT,
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[state for state, _ in DUE_STATES]), name="due_state_is_known"
            )
        ]
        indexes = [models.Index(fields=["due_at"], condition=models.Q(state="pending"), name="due_pending")]

    def __str__(self) -> str:
        return f"{self.kind} due {self.due_at}"

    @classmethod
    def visible_rows(cls, viewer: Any) -> models.Q:
        if viewer.is_worker:
            return models.Q()
        return models.Q(participant_id__in=viewer.rooms) | models.Q(case_id__in=viewer.cases)


class Effect(Protected):
    """One outward effect, such as a message. Claimed before it is handed over, so that it never leaves twice."""

    key = models.CharField(max_length=200, unique=True)
    due = models.UUIDField()
    case_id = models.UUIDField(null=True, db_index=True)
    participant_id = models.UUIDField(null=True)
    state = models.CharField(max_length=10, default="handing", choices=EFFECT_STATES)
    at = models.DateTimeField(default=clock.now)
    looked_at = models.DateTimeField(null=True)  # when a person has seen that it may or may not have left

    Privacy = {
        "id": OPERATIONAL,
        "key": OPERATIONAL,
        "due": OPERATIONAL,
        "case_id": IDENTITY,
        "participant_id": IDENTITY,
        "state": FACT,
        "at": FACT,
        "looked_at": FACT,
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[state for state, _ in EFFECT_STATES]), name="effect_state_is_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.state}"

    @classmethod
    def visible_rows(cls, viewer: Any) -> models.Q:
        if viewer.is_worker:
            return models.Q()
        return models.Q(case_id__in=viewer.cases)


class Heartbeat(models.Model):
    """When a worker was last seen, for readiness."""

    name = models.CharField(primary_key=True, max_length=20)
    at = models.DateTimeField(default=clock.now)

    Privacy = dict.fromkeys(["name", "at"], OPERATIONAL)

    def __str__(self) -> str:
        return f"{self.name} at {self.at}"
