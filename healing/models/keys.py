"""Each person's data key, wrapped by a master key. Destroying it makes everything sealed with it unreadable."""

from contextlib import AbstractContextManager
from typing import Any

from django.db import models

from healing import access, clock
from healing.privacy import FACT, IDENTITY, OPERATIONAL
from healing.protected import Protected


class WrappedKey(Protected):
    """`holder` is the one whose words it seals."""

    holder = models.UUIDField(unique=True)
    wrapped = models.BinaryField()
    master_key = models.CharField(max_length=20)

    Privacy = {"id": OPERATIONAL, "holder": IDENTITY, "wrapped": OPERATIONAL, "master_key": OPERATIONAL}

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"key of {self.holder}"

    @classmethod
    def for_worker(cls) -> AbstractContextManager[access.Viewer]:
        """The context in which every key is put under a new master key."""
        return access.opened("worker")


class DataKey(WrappedKey):
    """The key of a participant, a case or a user."""

    case_id = models.UUIDField(null=True, db_index=True)
    participant_id = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    destroyed_at = models.DateTimeField(null=True)

    Privacy = {"case_id": IDENTITY, "participant_id": IDENTITY, "created_at": OPERATIONAL, "destroyed_at": FACT}

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(destroyed_at=None) | models.Q(wrapped=b""), name="destroyed_key_is_empty"
            )
        ]

    @classmethod
    def visible_rows(cls, viewer: Any) -> models.Q:
        if viewer.kind == "worker":
            return models.Q()  # a new master key is put over all of them
        own = models.Q(participant_id__in=viewer.rooms) | models.Q(holder=viewer.user_id)
        invited = models.Q(participant_id=viewer.invited_room) if viewer.invited_room else models.Q(pk=None)
        return own | invited | models.Q(case_id__in=viewer.cases)
