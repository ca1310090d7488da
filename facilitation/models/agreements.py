"""What was agreed, and the commitments that stay visible to the people they were made to until each is settled."""

from django.db import models

from cases.rows import RoomRow, WorkbenchRow
from facilitation.models.meetings import Meeting
from healing import clock
from healing.lifecycle import Lifecycle
from healing.privacy import FACT, IDENTITY, WORDS
from healing.sealed import SealedTextField


class Agreement(WorkbenchRow):
    """The text that everybody agreed may be kept. Not legally binding."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="+")
    text = SealedTextField(holder="case_id")
    recorded_by = models.UUIDField()
    agreed_at = models.DateTimeField(default=clock.now)

    Privacy = {"meeting": FACT, "text": WORDS, "recorded_by": IDENTITY, "agreed_at": FACT}

    def __str__(self) -> str:
        return f"agreement of {self.agreed_at:%Y-%m-%d}"


class Commitment(WorkbenchRow):
    """Who took on what, and by when."""

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        DONE = "done", "Done"
        NOT_DONE = "not_done", "Not done"
        SETTLED = "settled", "Settled"

    LIFECYCLE = Lifecycle(
        "commitment",
        {"open": {"done", "not_done"}, "done": {"settled", "open"}, "not_done": {"done", "settled"}, "settled": set()},
    )
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="+")
    promise = SealedTextField(holder="case_id")
    owner = SealedTextField(holder="case_id")
    due_on = models.DateField()
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)

    Privacy = {"agreement": FACT, "promise": WORDS, "owner": IDENTITY, "due_on": FACT, "status": FACT}

    def __str__(self) -> str:
        return f"commitment due {self.due_on}"


class Promise(RoomRow):
    """A commitment in the room of somebody it was made to, kept in step with it (M36, M49)."""

    commitment_id = models.UUIDField()
    promise = SealedTextField()
    owner = SealedTextField()
    due_on = models.DateField()
    status = models.CharField(max_length=10, choices=Commitment.Status, default=Commitment.Status.OPEN)
    made_at = models.DateTimeField(default=clock.now)

    Privacy = {"commitment_id": IDENTITY, "promise": WORDS, "owner": IDENTITY}
    Privacy |= dict.fromkeys(["due_on", "status", "made_at"], FACT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["commitment_id", "participant"], name="one_promise_per_room")]

    def __str__(self) -> str:
        return f"promise to {self.participant_id}"
