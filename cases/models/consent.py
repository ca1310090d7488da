"""What each person has said yes to, and what has crossed from one room into another because of it."""

from datetime import date

from django.db import models

from cases.models.people import Side
from cases.rows import RoomRow
from healing import clock
from healing.privacy import FACT, IDENTITY, WORDS
from healing.sealed import SealedTextField


class Purpose(models.TextChoices):
    TAKE_PART = "take_part", "Take part"
    MEET = "meet", "Meet"
    SHARE_STATEMENT = "share_statement", "Share my words"
    COUNT_ANSWERS = "count_answers", "Count my answers in reports"


class ConsentStatus(models.TextChoices):
    NOT_ASKED = "not_asked", "Not asked"
    ASKED = "asked", "Asked"
    GIVEN = "given", "Yes"
    DECLINED = "declined", "No"
    LATER = "later", "Ask me later"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Form(models.TextChoices):
    """The form a conversation takes. A yes to meet is a yes to one form."""

    IN_PERSON = "in_person", "In person"
    VIDEO = "video", "By video"
    PHONE = "phone", "By phone"
    HYBRID = "hybrid", "Some in the room, some by video"


class Consent(RoomRow):
    """Where one person's consent to one thing stands now. Acts lock this row; the decisions behind it are kept."""

    purpose = models.CharField(max_length=20, choices=Purpose)
    form = models.CharField(max_length=10, choices=Form, blank=True)  # of a yes to meet
    to_side = models.CharField(max_length=8, choices=Side, blank=True)  # of a yes to share
    status = models.CharField(max_length=10, choices=ConsentStatus, default=ConsentStatus.NOT_ASKED)
    later_until = models.DateField(null=True, blank=True)
    words = SealedTextField()  # the exact words that may be shared
    changed_at = models.DateTimeField(default=clock.now)

    Privacy = dict.fromkeys(["purpose", "form", "to_side", "status", "later_until", "changed_at"], FACT)
    Privacy |= {"words": WORDS}

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "purpose", "form", "to_side"], name="one_consent_per_person_and_thing"
            ),
            models.CheckConstraint(
                condition=models.Q(status="later", later_until__isnull=False)
                | ~models.Q(status="later") & models.Q(later_until=None),
                name="later_has_a_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose}: {self.status}"

    @property
    def stands(self) -> bool:
        return self.status == ConsentStatus.GIVEN

    @property
    def not_before(self) -> date:
        """From which day this may be asked: chosen by whoever said later, otherwise any."""
        return self.later_until or date.min


class ConsentDecision(RoomRow):
    """One act: given, declined, later or withdrawn; the text that was shown; how and by whom it was recorded (M44)."""

    class How(models.TextChoices):
        IN_ROOM = "in_room", "By the person, here"
        PHONE = "phone", "By phone"
        IN_PERSON = "in_person", "In person"
        PAPER = "paper", "On paper"

    consent = models.ForeignKey(Consent, models.PROTECT, related_name="+")
    decision = models.CharField(max_length=10, choices=ConsentStatus)
    later_until = models.DateField(null=True, blank=True)
    text_name = models.CharField(max_length=60)
    text_version = models.CharField(max_length=10)
    text_hash = models.CharField(max_length=64)
    language = models.CharField(max_length=10, default="en")
    words = SealedTextField()
    how = models.CharField(max_length=10, choices=How, default=How.IN_ROOM)
    recorded_by = models.UUIDField(null=True)
    at = models.DateTimeField(default=clock.now)

    Privacy = dict.fromkeys(
        ["consent", "decision", "later_until", "text_name", "text_version", "text_hash", "language", "how", "at"], FACT
    ) | {"words": WORDS, "recorded_by": IDENTITY}

    def __str__(self) -> str:
        return f"{self.decision} at {self.at}"


class Delivery(RoomRow):
    """Words released by one participant, in the room of another. Only `door.py` writes it.

    `consent_id` is the author's consent, kept as a bare id: nothing leads from this room to another.
    """

    from_side = models.CharField(max_length=8, choices=Side)
    consent_id = models.UUIDField()
    words = SealedTextField()
    offered_at = models.DateTimeField(default=clock.now)
    received_at = models.DateTimeField(null=True, blank=True)  # they said they would like to read it
    not_wanted_at = models.DateTimeField(null=True, blank=True)  # they said no; never told to anybody but facilitators
    closed_at = models.DateTimeField(null=True, blank=True)  # the author withdrew: the words are gone

    Privacy = dict.fromkeys(["from_side", "offered_at", "received_at", "not_wanted_at", "closed_at"], FACT)
    Privacy |= {"consent_id": IDENTITY, "words": WORDS}

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participant", "consent_id"], name="one_delivery_per_room"),
        ]

    def __str__(self) -> str:
        return f"delivery to {self.participant_id}"
