"""Who gives support: where they work, whom they lead, what they have learnt, how they are called, when not."""

from typing import Any

from django.db import models

from healing.models import Site
from healing.privacy import CONTACT, FACT, IDENTITY, OPERATIONAL
from healing.sealed import SealedTextField
from support.codes import CHANNELS, COMPETENCES, NEEDED_COMPETENCES, PROFESSIONS
from support.models.base import EVERYBODY, Housed, code, only


class Unit(Housed):
    """A ward or a department. `parent` is the part of the house it belongs to: whoever leads that leads this too."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    slug = models.SlugField(max_length=20)  # in the short address on the ward's poster
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    closed_on = models.DateField(null=True, blank=True)

    Privacy = dict.fromkeys(["id", "site", "name", "slug", "parent", "closed_on"], OPERATIONAL)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["site", "slug"], name="support_one_unit_per_address")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def visible_rows(cls, viewer: Any) -> models.Q:
        return EVERYBODY


class Supporter(Housed):
    """A colleague who is trained to support others, at one site. Their name is their account's."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    user_id = models.UUIDField()
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    profession = code(PROFESSIONS, default="other")
    languages = models.CharField(max_length=100, default="en")
    capacity = models.PositiveSmallIntegerField(default=2)  # people they look after at one time
    listed = models.BooleanField(default=True)  # may be named on the page where colleagues ask
    backup = models.BooleanField(default=False)  # may be asked off duty when nobody on call can
    agreed_on = models.DateField(null=True, blank=True)  # when they signed that they keep confidence
    last_turn = models.BigIntegerField(default=0)  # whose turn was longest ago is asked first; an order, not a time
    joined_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    Privacy = {
        "id": IDENTITY,
        "user_id": IDENTITY,
        "last_turn": OPERATIONAL,
        **dict.fromkeys(
            [
                *("site", "unit", "profession", "languages", "capacity"),
                *("listed", "backup", "agreed_on", "joined_on", "ended_on"),
            ],
            FACT,
        ),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site", "user_id"], condition=models.Q(ended_on=None), name="support_one_supporter_record"
            ),
            models.CheckConstraint(
                condition=models.Q(languages__regex=r"^[a-z-]{2,7}(,[a-z-]{2,7})*$"),
                name="support_supporter_languages_are_codes",
            ),
            models.CheckConstraint(
                condition=models.Q(capacity__range=(1, 9)), name="support_supporter_capacity_is_small"
            ),
            *only("support_supporter", profession=PROFESSIONS),
        ]

    def __str__(self) -> str:
        return f"supporter {self.pk}"

    @classmethod
    def visible_rows(cls, viewer: Any) -> models.Q:
        """Everybody in the house may see who supports at a site: the rota is no secret, requests are."""
        return EVERYBODY


class Lead(Housed):
    """A unit that a supporter leads. They are never called for somebody who works there."""

    supporter = models.ForeignKey(Supporter, models.CASCADE, related_name="+")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")

    Privacy = {"id": OPERATIONAL, "supporter": IDENTITY, "site": FACT, "unit": FACT}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["supporter", "unit"], name="support_lead_once")]

    def __str__(self) -> str:
        return f"{self.supporter_id} leads {self.unit_id}"

    @classmethod
    def visible_rows(cls, viewer: Any) -> models.Q:
        return EVERYBODY


class Exclusion(Housed):
    """A unit for which a supporter does not want to be called. Nobody is asked why, and nobody else sees it."""

    supporter = models.ForeignKey(Supporter, models.CASCADE, related_name="+")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")

    Privacy = {"id": OPERATIONAL, "supporter": IDENTITY, "site": FACT, "unit": FACT}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["supporter", "unit"], name="support_exclusion_once")]

    def __str__(self) -> str:
        return f"{self.supporter_id} not for {self.unit_id}"

    @classmethod
    def visible_rows(cls, viewer: Any) -> models.Q:
        return EVERYBODY if viewer.is_worker else models.Q(supporter__in=viewer.supporters)


class Competence(Housed):
    """What a supporter has learnt, by its RESCUE number, from when until when it counts."""

    supporter = models.ForeignKey(Supporter, models.CASCADE, related_name="competences")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    number = code(COMPETENCES)
    gained_on = models.DateField()
    expires_on = models.DateField(null=True, blank=True)

    Privacy = {"supporter": IDENTITY} | dict.fromkeys(["id", "site", "number", "gained_on", "expires_on"], FACT)

    class Meta:
        ordering = ["number", "-gained_on"]
        constraints = [
            models.UniqueConstraint(fields=["supporter", "number"], name="support_one_competence_each"),
            models.CheckConstraint(
                condition=models.Q(expires_on=None) | models.Q(expires_on__gt=models.F("gained_on")),
                name="support_competence_ends_after_it_begins",
            ),
            *only("support_competence", number=COMPETENCES),
        ]

    def __str__(self) -> str:
        return f"{self.number} of {self.supporter_id}"

    @classmethod
    def visible_rows(cls, viewer: Any) -> models.Q:
        """What somebody has learnt is theirs and the coordinator's; what decides who is on call is no secret."""
        own = models.Q(supporter__in=viewer.supporters) | models.Q(site__in=viewer.coordinated)
        return EVERYBODY if viewer.is_worker else own | models.Q(number__in=NEEDED_COMPETENCES)


class Channel(Housed):
    """A way in which a supporter wants to be called. The address is sealed; only they and due work open it."""

    supporter = models.ForeignKey(Supporter, models.CASCADE, related_name="+")
    kind = code(CHANNELS)
    address = SealedTextField(holder="supporter_id", keys="support.Key")  # a number, or a browser's own address

    Privacy = {"id": OPERATIONAL, "supporter": IDENTITY, "kind": FACT, "address": CONTACT}

    class Meta:
        constraints = only("support_channel", kind=CHANNELS)

    def __str__(self) -> str:
        return f"{self.kind} of {self.supporter_id}"

    @classmethod
    def visible_rows(cls, viewer: Any) -> models.Q:
        return EVERYBODY if viewer.is_worker else models.Q(supporter__in=viewer.supporters)


class Away(Housed):
    """Days or hours for which a supporter is not called, whatever the rota says. Nobody is asked why."""

    supporter = models.ForeignKey(Supporter, models.CASCADE, related_name="+")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)  # none: until they say that they are back

    Privacy = {"supporter": IDENTITY} | dict.fromkeys(["id", "site", "starts_at", "ends_at"], FACT)

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at=None) | models.Q(ends_at__gt=models.F("starts_at")),
                name="support_away_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        return f"{self.supporter_id} away from {self.starts_at}"

    @classmethod
    def visible_rows(cls, viewer: Any) -> models.Q:
        return EVERYBODY


class Load(Housed):
    """How often a supporter was called and how often they said yes in a quarter: numbers without a request."""

    supporter = models.ForeignKey(Supporter, models.CASCADE, related_name="+")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    quarter = models.DateField()  # its first day
    pages = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)

    Privacy = {"supporter": IDENTITY} | dict.fromkeys(["id", "site", "quarter", "pages", "accepted"], FACT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["supporter", "quarter"], name="support_one_load_per_quarter")]

    def __str__(self) -> str:
        return f"{self.supporter_id} in {self.quarter}"

    @classmethod
    def visible_rows(cls, viewer: Any) -> models.Q:
        own = models.Q(supporter__in=viewer.supporters) | models.Q(site__in=viewer.coordinated)
        return EVERYBODY if viewer.is_worker else own
