"""A conversation: once at the workbench, and one attendance in each room with that person's own copy."""

from django.db import models

from cases.models.consent import Form
from cases.rows import RoomRow, WorkbenchRow
from healing import clock
from healing.lifecycle import Lifecycle
from healing.privacy import CONTACT, FACT, IDENTITY, WORDS
from healing.sealed import SealedTextField


class Meeting(WorkbenchRow):
    """What is kept is that it took place, how it ended, and the agreements. There are no minutes (M50)."""

    class Status(models.TextChoices):
        DRAFTED = "drafted", "Being planned"
        CONFIRMED = "confirmed", "Booked"
        HELD = "held", "Held"
        CANCELLED = "cancelled", "Called off"

    class Ended(models.TextChoices):
        COMPLETED = "completed", "Completed"
        PAUSED = "paused", "Paused, to go on another day"
        STOPPED = "stopped", "Stopped"

    class Why(models.TextChoices):
        """Why one was called off. For the workbench: the rooms hear the same words for each of these."""

        NOT_AGREED = "not_agreed", "Somebody no longer says yes, or has paused"
        MORE_TIME = "more_time", "Somebody needs more time"
        DAY = "day", "The day or the time does not work"
        PLACE = "place", "The place does not work"
        FACILITATOR = "facilitator", "A facilitator cannot be there"
        OTHER = "other", "Another reason"

    LIFECYCLE = Lifecycle(
        "conversation",
        {"drafted": {"confirmed", "cancelled"}, "confirmed": {"held", "cancelled"}, "held": set(), "cancelled": set()},
    )
    form = models.CharField(max_length=10, choices=Form)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFTED)
    starts_at = models.DateTimeField(null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(default=90)
    place = SealedTextField(holder="case_id")
    created_at = models.DateTimeField(default=clock.now)
    ended_how = models.CharField(max_length=10, choices=Ended, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    Privacy = {"place": CONTACT} | dict.fromkeys(
        ["form", "status", "starts_at", "minutes", "created_at", "ended_how", "cancelled_at"], FACT
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(status__in=["drafted", "confirmed"]),
                name="one_open_conversation_per_case",
            ),
            models.CheckConstraint(
                condition=models.Q(status="held") & ~models.Q(ended_how="")
                | ~models.Q(status="held") & models.Q(ended_how=""),
                name="held_conversations_say_how_they_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"conversation {self.form}, {self.status}"

    @property
    def has_begun(self) -> bool:
        """By the clock. A plan without a day has not."""
        return self.starts_at is not None and self.starts_at <= clock.now()


class Invitee(WorkbenchRow):
    """Somebody whom the plan brings together, with the care named for afterwards. At the workbench only."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="+")
    participant = models.ForeignKey("cases.Participant", models.PROTECT, related_name="+")
    aftercare = SealedTextField()  # who is there for this person during and afterwards

    Privacy = {"meeting": FACT, "participant": IDENTITY, "aftercare": WORDS}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "participant"], name="invited_once")]

    def __str__(self) -> str:
        return f"invitee {self.participant_id}"


class Attendance(RoomRow):
    """One person's own copy of when, where and who. Written for all rooms in one transaction, with the same words."""

    class Status(models.TextChoices):
        BOOKED = "booked", "Booked"
        OFF = "off", "Will not take place"
        PAST = "past", "Has taken place"

    meeting_id = models.UUIDField()  # a bare id: nothing leads from a room to the workbench
    status = models.CharField(max_length=8, choices=Status, default=Status.BOOKED)
    form = models.CharField(max_length=10, choices=Form)
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField()
    place = SealedTextField()
    people = SealedTextField()  # who will be there, as everybody has agreed to be named
    published_at = models.DateTimeField(default=clock.now)

    Privacy = {"meeting_id": IDENTITY, "place": CONTACT, "people": IDENTITY} | dict.fromkeys(
        ["status", "form", "starts_at", "minutes", "published_at"], FACT
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting_id", "participant"], name="one_attendance_per_room")]

    def __str__(self) -> str:
        return f"attendance of {self.participant_id}"
