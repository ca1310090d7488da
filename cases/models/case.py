"""The facilitated work around one or more harm events."""

from typing import Any

from django.db import models

from cases.models.harm_events import HarmEvent
from cases.rows import WorkbenchRow
from healing import clock
from healing.lifecycle import Lifecycle
from healing.models import Site, User
from healing.privacy import FACT, IDENTITY
from healing.protected import Protected


class CaseStatus(models.TextChoices):
    OPENED = "opened", "Opened"
    MAPPED = "mapped", "People mapped"
    OFFERED = "offered", "Offered"
    PREPARING = "preparing", "Preparing"
    ARRANGED = "arranged", "Conversation arranged"
    HELD = "held", "Held"
    FOLLOWING_UP = "following_up", "Following up"
    CLOSED = "closed", "Closed"


class CloseReason(models.TextChoices):
    MET = "met", "They met"
    LETTERS = "letters", "Letters completed"
    NEEDS = "needs", "Needs answered without meeting"
    STOPPED = "stopped", "Stopped"
    NO_CONTACT = "no_contact", "Could not contact"


class Case(Protected):
    """Holds no name and no words. A case that waits is never closed by itself."""

    LIFECYCLE = Lifecycle(
        "case",
        {
            "opened": {"mapped", "closed"},
            "mapped": {"offered", "preparing", "closed"},
            "offered": {"preparing", "closed"},
            "preparing": {"arranged", "following_up", "closed"},
            "arranged": {"held", "preparing", "closed"},
            "held": {"following_up", "preparing", "closed"},
            "following_up": {"preparing", "arranged", "closed"},
            "closed": {"opened"},
        },
    )
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    reference = models.CharField(max_length=12)  # random; for the workbench only, never in a room
    status = models.CharField(max_length=20, choices=CaseStatus, default=CaseStatus.OPENED)
    complex = models.BooleanField(default=False)  # two facilitators: somebody may be harmed further (M46)
    next_word_on = models.DateField(null=True, blank=True)  # every room hears something by then, whatever has happened
    opened_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    close_reason = models.CharField(max_length=12, choices=CloseReason, blank=True)

    Privacy = {"id": IDENTITY, "reference": IDENTITY} | dict.fromkeys(
        ["site", "status", "complex", "next_word_on", "opened_at", "closed_at", "close_reason"], FACT
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "reference"], name="one_case_per_reference"),
            models.CheckConstraint(
                condition=models.Q(status="closed", closed_at__isnull=False) & ~models.Q(close_reason="")
                | ~models.Q(status="closed") & models.Q(closed_at=None, close_reason=""),
                name="closed_cases_say_when_and_why",
                violation_error_message="A closed case says when and why.",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @classmethod
    def visible_rows(cls, viewer: Any) -> models.Q:
        return models.Q(pk__in=viewer.cases) | models.Q(site__in=viewer.lead_sites)


class CaseEvent(WorkbenchRow):
    """One of the harm events that the case is about."""

    event = models.ForeignKey(HarmEvent, models.PROTECT, related_name="+")

    Privacy = {"event": IDENTITY}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "event"], name="one_event_once_per_case")]

    def __str__(self) -> str:
        return f"event {self.event_id} in case {self.case_id}"


class Assignment(Protected):
    """A facilitator of the case, after she has declared that she is independent of everyone in it (M9)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    independent_at = models.DateTimeField(null=True, blank=True)
    assigned_by = models.UUIDField(null=True)
    opened = models.BooleanField(default=False)  # hers is the one with which the case was opened
    since = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    Privacy = dict.fromkeys(["id", "case", "user", "assigned_by"], IDENTITY) | dict.fromkeys(
        ["site", "independent_at", "opened", "since", "ended_at"], FACT
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "user"], condition=models.Q(ended_at=None), name="one_standing_assignment"
            ),
            models.UniqueConstraint(fields=["case"], condition=models.Q(opened=True), name="opened_by_one"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.case_id}"

    @classmethod
    def visible_rows(cls, viewer: Any) -> models.Q:
        return models.Q(user=viewer.user_id) | models.Q(case__in=viewer.cases) | models.Q(site__in=viewer.lead_sites)
