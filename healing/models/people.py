"""Who can sign in, the site they belong to, and what they may do there."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import make_password
from django.core.validators import RegexValidator
from django.db import models

from healing import clock, ids
from healing.clocks import CLOCKS
from healing.colours import readable_on_dark, readable_on_paper
from healing.privacy import CONTACT, FACT, IDENTITY, OPERATIONAL
from healing.protected import Protected
from healing.roles import ROLES, Role


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)  # None makes the password unusable: participants sign in by code
        user.save()
        return user

    def with_address(self, email: str) -> "User | None":
        return self.filter(email=email.strip().lower()).first()

    def known_or_new(self, email: str, name: str) -> "User":
        """The account with this address; a name is given to one that has none."""
        email, unusable = email.strip().lower(), make_password(None)
        user, _ = self.get_or_create(email=email, defaults={"name": name, "password": unusable})
        if not user.name:
            user.name = name
            user.save(update_fields=["name"])
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """Somebody who can sign in. A participant's name and ways to be reached are in their room, not here."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)  # staff only, shown to colleagues and to the people they help
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now)

    objects = UserManager()
    USERNAME_FIELD = EMAIL_FIELD = "email"
    Privacy = {
        "id": IDENTITY,
        "email": CONTACT,
        "name": IDENTITY,
        "password": OPERATIONAL,
        "last_login": OPERATIONAL,
        "is_active": OPERATIONAL,
        "created_at": OPERATIONAL,
    }

    def __str__(self) -> str:
        return f"user {self.pk}"


class Site(models.Model):
    """A hospital or programme: how it looks, how to reach it, and the clocks it keeps."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    host = models.CharField(max_length=253, blank=True)  # the address by which visitors reach this site, if its own
    logo = models.BinaryField(blank=True, default=b"")
    logo_text = models.CharField(max_length=120, blank=True)
    colour_brand = models.CharField(max_length=7, default="#2f5d62", validators=[readable_on_paper])
    colour_link = models.CharField(max_length=7, default="#1f5a8a", validators=[readable_on_paper])
    colour_brand_dark = models.CharField(max_length=7, default="#8fc1c0", validators=[readable_on_dark])
    colour_link_dark = models.CharField(max_length=7, default="#9cc9f0", validators=[readable_on_dark])
    phone = models.CharField(max_length=40)
    crisis_lines = models.TextField(help_text="One on each line: a name, a colon, a number; hours after a comma.")
    other_help = models.TextField(blank=True, default="")  # for staff, in the same shape; a way in words will do too
    other_help_checked_on = models.DateField(null=True, blank=True)
    time_zone = models.CharField(max_length=60, default="UTC")
    languages = models.CharField(max_length=100, default="en", validators=[RegexValidator(r"^[a-z-]+(,[a-z-]+)*$")])
    weekend = models.CharField(max_length=14, default="5,6")  # Monday is 0
    clocks = models.JSONField(default=dict, blank=True)
    retention_years = models.PositiveSmallIntegerField(default=10)
    created_at = models.DateTimeField(default=clock.now)

    Privacy = dict.fromkeys(
        [
            *("id", "slug", "name", "host", "logo", "logo_text", "phone", "crisis_lines", "time_zone", "languages"),
            *("colour_brand", "colour_link", "colour_brand_dark", "colour_link_dark"),
            *("weekend", "clocks", "retention_years", "created_at", "other_help", "other_help_checked_on"),
        ],
        OPERATIONAL,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["host"], condition=~models.Q(host=""), name="one_site_per_address"),
            models.CheckConstraint(
                condition=models.Q(other_help="") ^ models.Q(other_help_checked_on__isnull=False),
                name="other_help_says_when_it_was_checked",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clock(self, name: str) -> timedelta:
        """How long this site gives itself; the default has its source in `clocks.py`."""
        default = CLOCKS[name]
        return default.length(self.clocks.get(name, default.amount))


class Holiday(models.Model):
    """A day on which this site sends nothing that can wait."""

    site = models.ForeignKey(Site, models.CASCADE, related_name="holidays")
    day = models.DateField()
    name = models.CharField(max_length=80)

    Privacy = dict.fromkeys(["id", "site", "day", "name"], OPERATIONAL)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "day"], name="one_holiday_per_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class LegalNotice(models.Model):
    """What a jurisdiction protects and what it does not, in plain words, dated. Not legal advice.

    Laws that protect what is said in a conversation seldom protect peer support, and the other way round.
    """

    class About(models.TextChoices):
        CASES = "cases", "Conversations"
        SUPPORT = "support", "Peer support"

    site = models.ForeignKey(Site, models.CASCADE, related_name="legal_notices")
    jurisdiction = models.CharField(max_length=80)
    text = models.TextField()
    valid_from = models.DateField()
    about = models.CharField(max_length=10, choices=About, default=About.CASES)

    Privacy = dict.fromkeys(["id", "site", "jurisdiction", "text", "valid_from", "about"], OPERATIONAL)

    class Meta:
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(about__in=["cases", "support"]), name="legal_notice_about_is_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.jurisdiction}, from {self.valid_from}"


class Membership(Protected):
    """A role that somebody has at a site, from when until when, and who gave it."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    site = models.ForeignKey(Site, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=[(role.value, words[0]) for role, words in ROLES.items()])
    since = models.DateTimeField(default=clock.now)
    given_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    Privacy = {
        "id": IDENTITY,
        "user": IDENTITY,
        "site": FACT,
        "role": FACT,
        "since": FACT,
        "given_by": IDENTITY,
        "ended_at": FACT,
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "site", "role"], condition=models.Q(ended_at=None), name="one_role_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} at {self.site_id}"

    @classmethod
    def visible_rows(cls, viewer: Any) -> models.Q:
        """One's own roles; those who look after a site's people or cases see its roles; due work sees whom it tells."""
        if viewer.kind == "worker":
            return models.Q()
        if viewer.kind.startswith("support"):  # in peer support it is no secret who supports and who looks after them
            return models.Q(role__in=(Role.PEER_SUPPORTER, Role.COORDINATOR))
        return models.Q(user=viewer.user_id) | models.Q(site__in=viewer.people_sites | viewer.lead_sites)

    @property
    def role_name(self) -> str:
        return ROLES[Role(self.role)][0]
