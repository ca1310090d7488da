"""Scheduled contact after a conversation: days, weeks, months and a year later, each opt-out by the person (M51)."""

from django.db import models

from cases.rows import RoomRow
from healing.privacy import FACT, IDENTITY


class FollowUp(RoomRow):
    """One planned contact. It opens in the room when it has gone out."""

    class Status(models.TextChoices):
        PLANNED = "planned", "Planned"
        SENT = "sent", "Sent"
        ANSWERED = "answered", "Answered"
        NOT_WANTED = "not_wanted", "Not wanted"

    meeting_id = models.UUIDField()
    number = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    status = models.CharField(max_length=10, choices=Status, default=Status.PLANNED)
    sent_at = models.DateTimeField(null=True, blank=True)

    Privacy = {"meeting_id": IDENTITY} | dict.fromkeys(["number", "due_on", "status", "sent_at"], FACT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting_id", "participant", "number"], name="one_follow_up_per_step")
        ]

    def __str__(self) -> str:
        return f"follow-up {self.number} of {self.participant_id}"
