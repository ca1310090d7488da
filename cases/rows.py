"""The three kinds of rows in a case, and who may see each.

Every row carries its case, and a room's row carries its participant, so that both locks need only the row itself.
"""

from typing import Any

from django.db import models

from healing.privacy import FACT, IDENTITY
from healing.protected import Protected


class WorkbenchRow(Protected):
    """For the facilitators assigned to the case, and nobody else."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+")

    Privacy = {"id": IDENTITY, "case": IDENTITY}

    class Meta:
        abstract = True

    @classmethod
    def visible_rows(cls, viewer: Any) -> models.Q:
        return models.Q(case__in=viewer.cases)


class RoomRow(Protected):
    """In one participant's room: for that participant and the case's facilitators."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+")
    participant = models.ForeignKey("cases.Participant", models.PROTECT, related_name="+")

    Privacy = {"id": IDENTITY, "case": IDENTITY, "participant": IDENTITY}

    class Meta:
        abstract = True

    @classmethod
    def visible_rows(cls, viewer: Any) -> models.Q:
        return models.Q(participant__in=viewer.rooms) | models.Q(case__in=viewer.cases)


class SentRow(RoomRow):
    """A room's row that stays a draft, seen by its author alone, until it is sent."""

    sent_at = models.DateTimeField(null=True, blank=True)

    Privacy = {"sent_at": FACT}

    class Meta:
        abstract = True

    @classmethod
    def visible_rows(cls, viewer: Any) -> models.Q:
        return models.Q(participant__in=viewer.rooms) | models.Q(case__in=viewer.cases, sent_at__isnull=False)
