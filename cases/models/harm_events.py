"""What happened, as a pointer into the hospital's incident system. No story, no name: those stay where they are."""

from typing import Any

from django.db import models

from healing import clock
from healing.models import Site
from healing.privacy import FACT, IDENTITY, OPERATIONAL
from healing.protected import Protected


class Harm(models.TextChoices):
    """One axis of harm, body or mind; AHRQ v1.2 and LFPSE v5 are mapped onto it. If in doubt, the higher."""

    UNKNOWN = "unknown", "Not known"
    NONE = "none", "None"
    LOW = "low", "Low"
    MODERATE = "moderate", "Moderate"
    SEVERE = "severe", "Severe"
    FATAL = "fatal", "The person died"


class Precision(models.TextChoices):
    DAY = "day", "on the day"
    MONTH = "month", "in the month"
    YEAR = "year", "in the year"
    UNKNOWN = "unknown", "date not known"


class SiteRow(Protected):
    """Seen by those whose role at the site includes harm events."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="+")

    Privacy = {"id": IDENTITY, "site": FACT}

    class Meta:
        abstract = True

    @classmethod
    def visible_rows(cls, viewer: Any) -> models.Q:
        return models.Q(site__in=viewer.event_sites)


class HarmEvent(SiteRow):
    """A harm event needs neither an error nor somebody who caused it."""

    source_system = models.CharField(max_length=200)
    reference = models.CharField(max_length=200)
    version = models.CharField(max_length=40, blank=True)
    occurred_on = models.DateField(null=True, blank=True)
    occurred_precision = models.CharField(max_length=8, choices=Precision, default=Precision.DAY)
    recorded_on = models.DateField(null=True, blank=True)
    kind = models.CharField(max_length=120, blank=True)
    service_area = models.CharField(max_length=80, blank=True)
    physical_harm = models.CharField(max_length=10, choices=Harm, default=Harm.UNKNOWN)
    psychological_harm = models.CharField(
        max_length=10, choices=[choice for choice in Harm.choices if choice[0] != Harm.FATAL], default=Harm.UNKNOWN
    )
    cultural_harm = models.BooleanField(default=False)
    spiritual_harm = models.BooleanField(default=False)
    harm_original = models.CharField(max_length=60, blank=True)  # the source's own code
    created_at = models.DateTimeField(default=clock.now)

    Privacy = {
        "source_system": OPERATIONAL,
        "reference": IDENTITY,
        "version": OPERATIONAL,
        "created_at": OPERATIONAL,
    } | dict.fromkeys(
        [
            *("occurred_on", "occurred_precision", "recorded_on", "kind", "service_area", "harm_original"),
            *("physical_harm", "psychological_harm", "cultural_harm", "spiritual_harm"),
        ],
        FACT,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "source_system", "reference"], name="one_event_per_reference"),
            models.CheckConstraint(condition=~models.Q(psychological_harm="fatal"), name="minds_do_not_die"),
        ]
        indexes = [models.Index(fields=["site", "-occurred_on", "-id"])]

    def __str__(self) -> str:
        return self.reference


class HarmGrade(SiteRow):
    """A grade as it was given, and by whom: grades are unreliable, so their history is kept."""

    class Axis(models.TextChoices):
        PHYSICAL = "physical_harm", "Physical"
        PSYCHOLOGICAL = "psychological_harm", "Psychological"

    event = models.ForeignKey(HarmEvent, models.PROTECT, related_name="+")
    axis = models.CharField(max_length=20, choices=Axis)
    grade = models.CharField(max_length=10, choices=Harm)
    by = models.UUIDField(null=True)
    at = models.DateTimeField(default=clock.now)

    Privacy = {"event": IDENTITY, "axis": FACT, "grade": FACT, "by": IDENTITY, "at": FACT}

    def __str__(self) -> str:
        return f"{self.axis}: {self.grade}"


class ImportBatch(SiteRow):
    """A file that was read and previewed. Nothing is a harm event until the batch is confirmed."""

    STATES = [("preview", "Previewed"), ("taken", "Taken"), ("left", "Left")]
    file_name = models.CharField(max_length=200)
    state = models.CharField(max_length=8, default="preview", choices=STATES)
    by = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    taken = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    wrong = models.PositiveIntegerField(default=0)

    Privacy = dict.fromkeys(["file_name", "state", "created_at", "taken", "skipped", "wrong"], OPERATIONAL) | {
        "by": IDENTITY
    }

    def __str__(self) -> str:
        return f"import of {self.created_at:%Y-%m-%d}"


class ImportRow(SiteRow):
    """One row of a previewed file: a record to take, or why not."""

    OUTCOMES = [("taken", "Taken"), ("skipped", "Skipped"), ("wrong", "Wrong")]
    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    outcome = models.CharField(max_length=8, choices=OUTCOMES)
    reason = models.CharField(max_length=400, blank=True)
    record = models.JSONField(null=True)

    Privacy = {"batch": OPERATIONAL, "number": OPERATIONAL, "outcome": FACT, "reason": FACT, "record": FACT}

    class Meta:
        indexes = [models.Index(fields=["batch", "outcome", "number"])]

    def __str__(self) -> str:
        return f"row {self.number}: {self.outcome}"
