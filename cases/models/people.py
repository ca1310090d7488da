"""The people in a case. A participant owns a room: every row that carries them."""

from typing import Any

from django.db import models

from cases.models.case import Case
from cases.rows import RoomRow
from healing import clock
from healing.models import Site, User
from healing.privacy import CONTACT, FACT, IDENTITY, OPERATIONAL
from healing.protected import Protected
from healing.sealed import SealedTextField


class Side(models.TextChoices):
    HARMED = "harmed", "Family"
    STAFF = "staff", "Staff"


class Part(models.TextChoices):
    """What somebody is in the case. Supporters and interpreters belong to the participant they accompany."""

    PATIENT = "patient", "Patient"
    FAMILY = "family", "Family"
    HEALTHCARE_WORKER = "hcw", "Healthcare worker"
    LEADER = "leader", "Leader"
    SUPPORTER = "supporter", "Supporter"
    INTERPRETER = "interpreter", "Interpreter"


GUESTS = (Part.SUPPORTER, Part.INTERPRETER)


class PauseReason(models.TextChoices):
    OWN_WISH = "own_wish", "Asked for it"
    PARALLEL_PROCESS = "parallel", "Another process runs"
    WELLBEING = "wellbeing", "Needs rest or care"


class Participant(Protected):
    """One person's part in one case."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    side = models.CharField(max_length=8, choices=Side)
    part = models.CharField(max_length=12, choices=Part)
    accompanies = models.ForeignKey("self", models.PROTECT, related_name="+", null=True, blank=True)
    name = SealedTextField(holder="id")
    guide = models.ForeignKey(User, models.PROTECT, related_name="+")  # the facilitator this person knows by name
    language = models.CharField(max_length=10, default="en")
    paused_at = models.DateTimeField(null=True, blank=True)
    pause_reason = models.CharField(max_length=10, choices=PauseReason, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    Privacy = dict.fromkeys(["id", "case", "user", "accompanies", "name", "guide"], IDENTITY) | dict.fromkeys(
        ["site", "side", "part", "language", "paused_at", "pause_reason", "left_at", "created_at"], FACT
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "user"], name="one_room_per_user_and_case"),
            models.CheckConstraint(
                condition=models.Q(part__in=GUESTS, accompanies__isnull=False)
                | ~models.Q(part__in=GUESTS) & models.Q(accompanies=None),
                name="guests_accompany_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(paused_at=None, pause_reason="")
                | models.Q(paused_at__isnull=False) & ~models.Q(pause_reason=""),
                name="a_pause_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"participant {self.pk}"

    @classmethod
    def visible_rows(cls, viewer: Any) -> models.Q:
        own = models.Q(pk__in=viewer.rooms)
        if viewer.invited_room:
            own |= models.Q(pk=viewer.invited_room)
        return own | models.Q(case__in=viewer.cases)

    @property
    def is_guest(self) -> bool:
        return self.part in GUESTS

    @property
    def is_paused(self) -> bool:
        return self.paused_at is not None


class SafeContact(RoomRow):
    """How this person can be reached without harm. Asked again each time; anything not named safe is not used (M8)."""

    email = SealedTextField()
    phone = SealedTextField()
    times = SealedTextField()
    text_ok = models.BooleanField(default=False)
    voicemail_ok = models.BooleanField(default=False)
    email_ok = models.BooleanField(default=False)
    confirmed_at = models.DateTimeField(default=clock.now)

    Privacy = dict.fromkeys(["email", "phone", "times", "text_ok", "voicemail_ok", "email_ok"], CONTACT) | {
        "confirmed_at": FACT
    }

    class Meta:
        constraints = [models.UniqueConstraint(fields=["participant"], name="one_contact_card")]

    def __str__(self) -> str:
        return f"contact of {self.participant_id}"

    @classmethod
    def visible_rows(cls, viewer: Any) -> models.Q:
        invited = models.Q(participant=viewer.invited_room) if viewer.invited_room else models.Q(pk=None)
        return super().visible_rows(viewer) | invited


MOST_WRONG_CODES = 5


class Invitation(RoomRow):
    """A link into a room. It opens only with a second thing that the message does not hold: a spoken code."""

    token_hash = models.CharField(max_length=64, unique=True)
    code_hash = models.CharField(max_length=64)
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    created_by = models.UUIDField()
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    Privacy = {"token_hash": OPERATIONAL, "code_hash": OPERATIONAL, "wrong_codes": OPERATIONAL, "created_by": IDENTITY}
    Privacy |= dict.fromkeys(["created_at", "expires_at", "used_at", "revoked_at"], FACT)

    def __str__(self) -> str:
        return f"invitation of {self.participant_id}"

    @property
    def stands(self) -> bool:
        """Whether its link and code would open the room."""
        ended = self.used_at or self.revoked_at or self.wrong_codes >= MOST_WRONG_CODES
        return not ended and self.expires_at > clock.now()

    @classmethod
    def visible_rows(cls, viewer: Any) -> models.Q:
        if viewer.kind == "invitation":
            return models.Q(token_hash=viewer.ref)
        return models.Q(case__in=viewer.cases)


class Notice(RoomRow):
    """Neutral words that were published into this room: a code, its version and a date. The same for every cause."""

    code = models.CharField(max_length=30)
    version = models.CharField(max_length=10)
    day = models.DateField(null=True, blank=True)
    published_at = models.DateTimeField(default=clock.now)

    Privacy = dict.fromkeys(["code", "version", "day", "published_at"], FACT)

    class Meta:
        indexes = [models.Index(fields=["participant", "-published_at"])]

    def __str__(self) -> str:
        return f"{self.code} to {self.participant_id}"
