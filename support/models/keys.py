"""The keys of peer support: one for each request, for each supporter's own addresses and for each reminder.

They are kept in this house, and a key is not emptied but deleted: nothing remains that would tell of a request.
"""

from typing import Any
from uuid import UUID

from django.db import models

from healing.models.keys import WrappedKey
from support.models.base import EVERYBODY, NOBODY, Housed


class Key(Housed, WrappedKey):
    def __str__(self) -> str:
        return "a key"

    @classmethod
    def visible_rows(cls, viewer: Any) -> models.Q:
        """Due work; the request that is held; a supporter's own."""
        if viewer.is_worker:
            return EVERYBODY
        held = models.Q(holder=UUID(viewer.holds["held"])) if "held" in viewer.holds else NOBODY
        return held | models.Q(holder__in=viewer.supporters)
