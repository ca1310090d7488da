"""What is left when a request is closed: codes and numbers of no person. And reminders that somebody asked for."""

from typing import Any
from uuid import UUID

from django.db import models

from healing.models import Site
from healing.privacy import CONTACT, FACT, IDENTITY
from healing.sealed import SealedTextField
from support.codes import (
    COUNTED,
    GROUPS,
    LENGTHS,
    MET_NEED,
    OUTCOMES,
    PLACES,
    PROFESSIONS,
    REFERRALS,
    TIERS,
    TRIGGERS,
)
from support.models.base import BLANK, EVERYBODY, NOBODY, Housed, code, only


class Encounter(Housed):
    """One line of the log, as crisis counselling programmes keep it: no name, no unit, no supporter, no time of day."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    day = models.DateField()
    kind = code(COUNTED)
    outcome = code(OUTCOMES)
    group = code(GROUPS, default="individual")
    people = models.PositiveSmallIntegerField(default=1)
    contacts = models.PositiveSmallIntegerField(default=0)
    length = code(LENGTHS, blank=True)
    place = code(PLACES, blank=True)
    tier = code(TIERS, blank=True)
    profession = code(PROFESSIONS, blank=True)  # the broad group of whoever was supported
    trigger = code(TRIGGERS, blank=True)
    referral = code(REFERRALS, blank=True)
    met_need = code(MET_NEED, blank=True)  # by the supporter
    met_need_asker = code(MET_NEED, blank=True)
    minutes_to_claim = models.PositiveIntegerField(null=True)
    minutes_to_reach = models.PositiveIntegerField(null=True)
    in_target = models.BooleanField(null=True)
    escalated = models.BooleanField(default=False)

    Privacy = dict.fromkeys(
        [
            *("id", "site", "day", "kind", "outcome", "group", "people", "contacts", "length", "place", "tier"),
            *("profession", "trigger", "referral", "met_need", "met_need_asker"),
            *("minutes_to_claim", "minutes_to_reach", "in_target", "escalated"),
        ],
        FACT,
    )

    class Meta:
        indexes = [models.Index(fields=["site", "day"], name="support_encounter_by_day")]
        constraints = only(
            "support_encounter",
            kind=COUNTED,
            outcome=OUTCOMES,
            group=GROUPS,
            length=BLANK + LENGTHS,
            place=BLANK + PLACES,
            tier=BLANK + TIERS,
            profession=BLANK + PROFESSIONS,
            trigger=BLANK + TRIGGERS,
            referral=BLANK + REFERRALS,
            met_need=BLANK + MET_NEED,
            met_need_asker=BLANK + MET_NEED,
        )

    def __str__(self) -> str:
        return f"encounter on {self.day}"

    @classmethod
    def visible_rows(cls, viewer: Any) -> models.Q:
        return EVERYBODY if viewer.is_worker else models.Q(site__in=viewer.coordinated)


class Reminder(Housed):
    """A letter on a day that somebody chose for themselves. Its address is sealed, and goes when it has been sent."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    words_hash = models.CharField(max_length=64)
    on = models.DateField()
    address = SealedTextField(holder="id", keys="support.Key")

    Privacy = {"id": IDENTITY, "site": FACT, "words_hash": IDENTITY, "on": FACT, "address": CONTACT}

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(words_hash__regex="^[0-9a-f]{64}$"), name="support_reminder_words_are_hashed"
            ),
            models.UniqueConstraint(fields=["words_hash", "on"], name="support_reminder_one_letter_a_day"),
        ]

    def __str__(self) -> str:
        return f"reminder on {self.on}"

    @classmethod
    def visible_rows(cls, viewer: Any) -> models.Q:
        words = viewer.holds.get("words")
        asked = models.Q(words_hash=words) if words else NOBODY
        held = models.Q(pk=UUID(viewer.holds["held"])) if "held" in viewer.holds else NOBODY
        return EVERYBODY if viewer.is_worker else asked | held
