"""Who is on call, and who gives a shift to whom."""

from typing import Any

from django.db import models

from healing.models import Site
from healing.privacy import FACT, IDENTITY
from healing.roles import Permission
from support.models.base import EVERYBODY, Housed, code, only
from support.models.people import Supporter

SWAP_STATES = [
    ("open", "Open"),
    ("taken", "Taken"),
    ("withdrawn", "Taken back"),
    ("not_this_time", "Not this time"),  # said by the one colleague whom it was offered to
]


class Shift(Housed):
    """From when until when a supporter is on call. Stored in UTC; planned in the site's own time."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    supporter = models.ForeignKey(Supporter, models.CASCADE, related_name="shifts")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    Privacy = {"supporter": IDENTITY} | dict.fromkeys(["id", "site", "starts_at", "ends_at"], FACT)

    class Meta:
        ordering = ["starts_at"]
        indexes = [models.Index(fields=["site", "starts_at"], name="support_shift_by_start")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="support_shift_ends_after_it_begins"
            ),
            models.UniqueConstraint(fields=["supporter", "starts_at"], name="support_shift_once"),
        ]

    def __str__(self) -> str:
        return f"shift from {self.starts_at}"

    @classmethod
    def visible_rows(cls, viewer: Any) -> models.Q:
        """The rota hangs on the wall: whoever is in the house may read it, and nothing in it tells of a request."""
        return EVERYBODY


class Swap(Housed):
    """A shift that its supporter would give away: to one colleague, or to whoever takes it. Nobody says why."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    shift = models.ForeignKey(Shift, models.DO_NOTHING, related_name="swaps")  # the database lets it go with the shift
    offered_by = models.ForeignKey(Supporter, models.CASCADE, related_name="+")
    to = models.ForeignKey(Supporter, models.CASCADE, null=True, blank=True, related_name="+")
    state = code(SWAP_STATES, default="open")

    Privacy = {"offered_by": IDENTITY, "to": IDENTITY} | dict.fromkeys(["id", "site", "shift", "state"], FACT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shift"], condition=models.Q(state="open"), name="support_one_open_swap"),
            *only("support_swap", state=SWAP_STATES),
        ]

    def __str__(self) -> str:
        return f"swap of {self.shift_id}"

    @classmethod
    def visible_rows(cls, viewer: Any) -> models.Q:
        """Between supporters: neither the coordinator nor anybody else sees who would rather not."""
        if viewer.is_worker:
            return EVERYBODY
        mine = models.Q(offered_by__in=viewer.supporters) | models.Q(to__in=viewer.supporters)
        return mine | models.Q(to=None, site__in=viewer.sites_with(Permission.SUPPORT_GIVE))
