"""What is due in peer support, in tables of its own: a trace of it elsewhere would be a trace of a request."""

from typing import Any
from uuid import UUID

from django.db import models

from healing.models.due_work import DUE_STATES, EFFECT_STATES, DueWork, OutwardEffect, known, pending
from healing.privacy import IDENTITY
from support.models.base import EVERYBODY, NOBODY, Housed


class Effect(Housed, OutwardEffect):
    """What left for a supporter or a coordinator."""

    subject = models.UUIDField()

    Privacy = {"subject": IDENTITY}

    class Meta:
        constraints = [known(EFFECT_STATES, "support_effect_state_is_known")]

    @classmethod
    def visible_rows(cls, viewer: Any) -> models.Q:
        return _held(viewer)


class Due(Housed, DueWork):
    """`subject` is a request, a reminder or a swap. `to` is whom it goes to: a channel or an account."""

    to = models.UUIDField(null=True)

    effects = Effect
    URGENT = True
    LEAVES_TRACE = False
    Privacy = {"to": IDENTITY}

    class Meta:
        constraints = [known(DUE_STATES, "support_due_state_is_known")]
        indexes = [pending("support_due_pending"), models.Index(fields=["subject"], name="support_due_by_subject")]

    @classmethod
    def visible_rows(cls, viewer: Any) -> models.Q:
        return _held(viewer)

    def new_effect(self) -> Effect:
        return Effect(key=self.key, due=self.pk, subject=self.subject)


def _held(viewer: Any) -> models.Q:
    if viewer.is_worker:
        return EVERYBODY
    return models.Q(subject=UUID(viewer.holds["held"])) if "held" in viewer.holds else NOBODY
