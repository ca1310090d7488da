"""What people say about being ready, and what facilitators note about it. No score, and nothing decides by itself."""

from django.db import models

from cases.rows import SentRow, WorkbenchRow
from healing import clock
from healing.privacy import FACT, IDENTITY, WORDS
from healing.sealed import SealedTextField


class Response(SentRow):
    """One instrument being answered, or answered. A draft stays with its author until it is sent."""

    instrument = models.CharField(max_length=40)
    version = models.CharField(max_length=10)
    content_hash = models.CharField(max_length=64)
    language = models.CharField(max_length=10, default="en")
    answers = SealedTextField()  # JSON: {linkId: {"codes": [...], "text": "...", "date": "..."}}
    started_at = models.DateTimeField(default=clock.now)
    saved_at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True, blank=True)  # when a facilitator first read it; not shown in any room

    Privacy = dict.fromkeys(
        ["instrument", "version", "content_hash", "language", "started_at", "saved_at", "read_at"], FACT
    ) | {"answers": WORDS}

    class Meta:
        indexes = [models.Index(fields=["participant", "instrument", "-started_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "instrument"],
                condition=models.Q(sent_at=None),
                name="one_draft_per_person_and_instrument",
            )
        ]

    def __str__(self) -> str:
        return f"{self.instrument} of {self.participant_id}"


class Preparation(WorkbenchRow):
    """A separate, confidential preparation with one person (M45)."""

    participant = models.ForeignKey("cases.Participant", models.PROTECT, related_name="+")
    happened_on = models.DateField()
    note = SealedTextField()
    noted_by = models.UUIDField()
    noted_at = models.DateTimeField(default=clock.now)

    Privacy = {"participant": IDENTITY, "note": WORDS, "noted_by": IDENTITY}
    Privacy |= dict.fromkeys(["happened_on", "noted_at"], FACT)

    def __str__(self) -> str:
        return f"preparation of {self.participant_id}"


class Assessment(WorkbenchRow):
    """A facilitator's dated judgement about risk and strengths, in taking part and in not taking part (M41, M42)."""

    class Outcome(models.TextChoices):
        SUITABLE = "suitable", "Suitable as things stand"
        NOT_NOW = "not_now", "Not suitable now"

    participant = models.ForeignKey("cases.Participant", models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome)
    risks = SealedTextField()
    strengths = SealedTextField()
    assessed_by = models.UUIDField()
    assessed_at = models.DateTimeField(default=clock.now)

    Privacy = {"participant": IDENTITY, "assessed_by": IDENTITY, "risks": WORDS, "strengths": WORDS}
    Privacy |= dict.fromkeys(["outcome", "assessed_at"], FACT)

    def __str__(self) -> str:
        return f"assessment of {self.participant_id}"
