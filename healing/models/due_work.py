"""What is due, and what left the house. Celery only wakes workers: these rows decide."""

from contextlib import AbstractContextManager
from typing import Any, ClassVar

from django.db import models

from healing import access, clock
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


def known(states: list[tuple[str, str]], name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=models.Q(state__in=[state for state, _ in states]), name=name)


def pending(name: str) -> models.Index:
    return models.Index(fields=["due_at"], condition=models.Q(state="pending"), name=name)


class OutwardEffect(Protected):
    """One outward effect, such as a message. Claimed before it is handed over, so that it never leaves twice."""

    key = models.CharField(max_length=200, unique=True)
    due = models.UUIDField()
    state = models.CharField(max_length=10, default="handing", choices=EFFECT_STATES)
    at = models.DateTimeField(default=clock.now)

    Privacy = {"id": OPERATIONAL, "key": OPERATIONAL, "due": OPERATIONAL, "state": FACT, "at": FACT}

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.key}: {self.state}"


class DueWork(Protected):
    """One thing to do at a time. `key` makes planning it twice harmless; ids only, never words.

    Each table of due work says where its effects are claimed and in which context its rows are claimed and performed.
    """

    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=200, unique=True)
    subject = models.UUIDField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="pending", choices=DUE_STATES)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True)

    effects: ClassVar[type[OutwardEffect]]
    URGENT: ClassVar[bool] = False  # somebody waits for it: a shorter lease, and quicker tries
    LEAVES_TRACE: ClassVar[bool] = True  # what is done stays as a row, and the log names what failed
    Privacy = {
        "id": OPERATIONAL,
        "kind": FACT,
        "key": OPERATIONAL,
        "subject": IDENTITY,
        "due_at": FACT,
        "state": FACT,
        "lease_until": OPERATIONAL,
        "attempts": OPERATIONAL,
        "created_at": OPERATIONAL,
        "done_at": FACT,
    }

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.kind} due {self.due_at}"

    @classmethod
    def for_worker(cls) -> AbstractContextManager[access.Viewer]:
        """The context in which a worker claims rows and settles them."""
        return access.opened("worker")

    def context(self) -> AbstractContextManager[access.Viewer]:
        """The context in which this one is performed."""
        return self.for_worker()

    def new_effect(self) -> OutwardEffect:
        return self.effects(key=self.key, due=self.pk)


class Effect(OutwardEffect):
    """What left for somebody in a case, or for a colleague's account."""

    case_id = models.UUIDField(null=True, db_index=True)
    participant_id = models.UUIDField(null=True)
    looked_at = models.DateTimeField(null=True)  # when a person has seen that it may or may not have left

    Privacy = {"case_id": IDENTITY, "participant_id": IDENTITY, "looked_at": FACT}

    class Meta:
        constraints = [known(EFFECT_STATES, "effect_state_is_known")]

    @classmethod
    def visible_rows(cls, viewer: Any) -> models.Q:
        if viewer.is_worker:
            return models.Q()
        return models.Q(case_id__in=viewer.cases)


class Due(DueWork):
    """What is due in a case, for an account or at a site."""

    case_id = models.UUIDField(null=True, db_index=True)
    participant_id = models.UUIDField(null=True, db_index=True)

    effects = Effect
    Privacy = {"case_id": IDENTITY, "participant_id": IDENTITY}

    class Meta:
        constraints = [known(DUE_STATES, "due_state_is_known")]
        indexes = [pending("due_pending")]

    @classmethod
    def visible_rows(cls, viewer: Any) -> models.Q:
        if viewer.is_worker:
            return models.Q()
        return models.Q(participant_id__in=viewer.rooms) | models.Q(case_id__in=viewer.cases)

    def context(self) -> AbstractContextManager[access.Viewer]:
        return access.opened("case", self.case_id) if self.case_id else self.for_worker()

    def new_effect(self) -> Effect:
        return Effect(key=self.key, due=self.pk, case_id=self.case_id, participant_id=self.participant_id)


class Heartbeat(models.Model):
    """When a worker was last seen, for readiness."""

    name = models.CharField(primary_key=True, max_length=20)
    at = models.DateTimeField(default=clock.now)

    Privacy = dict.fromkeys(["name", "at"], OPERATIONAL)

    def __str__(self) -> str:
        return f"{self.name} at {self.at}"
