"""Somebody asks. What is kept while it is open, and what is left of it: nothing that leads to a person."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models

from healing.lifecycle import Lifecycle
from healing.models import Site
from healing.privacy import CONTACT, FACT, IDENTITY, OPERATIONAL
from healing.sealed import SealedTextField
from support.codes import (
    ANSWERS,
    FROM_WHERE,
    KINDS,
    MET_NEED,
    PAGE_OUTCOMES,
    PROFESSIONS,
    REACH_BY,
    REFERRALS,
    REPLIES,
    WHEN,
)
from support.models.base import BLANK, EVERYBODY, NOBODY, Housed, code, only
from support.models.people import Supporter, Unit

LIFECYCLE = Lifecycle(
    "support",
    {
        "waiting": {"claimed", "closed"},
        "claimed": {"waiting", "reached", "closed"},
        "reached": {"waiting", "closed"},
        "closed": {"erased"},
        "erased": set(),
    },
)
STATUSES = [(status, status) for status in LIFECYCLE.moves]
ENDED = ("closed", "erased")
WAITS = ("minutes_to_claim", "minutes_to_reach", "in_target")
TIMES = (*("asked_at", "begin_at", "page_until", "claimed_at", "reply_at", "at", "escalated_at"), *WAITS)
PERSONAL = ("asker", "unit", "avoid", "prefer", "supporter")


class Request(Housed):
    """A colleague who wants to be reached. There is no column for what happened or what is said.

    Whom it is with: `supporter`, paged while it waits, and holding it once claimed. Closing it blanks every time;
    erasing it blanks every trace of the person, and after the site's days the row itself goes.
    """

    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    kind = code(KINDS)
    status = code(STATUSES, default="waiting")
    words_hash = models.CharField(max_length=64, unique=True)  # of the reply words
    asker = models.UUIDField(null=True)  # only when they chose to ask signed in
    reach_by = code(REACH_BY, blank=True)
    contact = SealedTextField(holder="id", keys="support.Key")
    name = SealedTextField(holder="id", keys="support.Key")
    when = code(WHEN, blank=True)
    at = models.DateTimeField(null=True, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    from_where = code(FROM_WHERE, default="any")
    profession = code(PROFESSIONS, blank=True)
    alike = models.BooleanField(default=False)  # would like somebody of the same profession
    language = models.CharField(max_length=7, default="en")
    avoid = models.ForeignKey(Supporter, models.SET_NULL, null=True, blank=True, related_name="+")
    prefer = models.ForeignKey(Supporter, models.SET_NULL, null=True, blank=True, related_name="+")
    people = models.PositiveSmallIntegerField(null=True, blank=True)  # of a team
    asked_at = models.DateTimeField(null=True)
    begin_at = models.DateTimeField(null=True)  # from when colleagues are called; waiting is measured from here
    supporter = models.ForeignKey(Supporter, models.SET_NULL, null=True, blank=True, related_name="+")
    page_until = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    kept = models.BooleanField(default=False)  # the supporter keeps it beyond their shift
    contacts = models.PositiveSmallIntegerField(default=0)  # talks with the colleague it is with
    contacts_before = models.PositiveSmallIntegerField(default=0)  # with those who had it before
    minutes_to_claim = models.PositiveIntegerField(null=True)  # of the first talk; counted when the request ends
    minutes_to_reach = models.PositiveIntegerField(null=True)
    in_target = models.BooleanField(null=True)
    reply = code(REPLIES, blank=True)
    answer = code(ANSWERS, blank=True)  # what the one who asked says to the colleague who will reach them
    reply_at = models.DateTimeField(null=True)
    referral = code(REFERRALS, blank=True)
    escalated_at = models.DateTimeField(null=True)
    alarm = models.UUIDField(null=True)
    met_need = code(MET_NEED, blank=True)  # what the one who asked says, once it is closed
    encounter = models.UUIDField(null=True)  # where that is counted
    erase_on = models.DateField(null=True)
    forget_on = models.DateField(null=True)  # when the last of it goes

    LIFECYCLE = LIFECYCLE
    LEAVES_TRACE = False
    Privacy = {
        "id": IDENTITY,
        "words_hash": IDENTITY,
        "contact": CONTACT,
        "name": IDENTITY,
        "alarm": OPERATIONAL,
        "encounter": OPERATIONAL,
        **dict.fromkeys(PERSONAL, IDENTITY),
        **dict.fromkeys(TIMES, FACT),
        **dict.fromkeys(
            [
                *("site", "kind", "status", "reach_by", "when", "from_where", "profession", "alike", "language"),
                *("people", "kept", "contacts", "contacts_before", "reply", "answer", "referral", "met_need"),
                *("erase_on", "forget_on"),
            ],
            FACT,
        ),
    }

    class Meta:
        indexes = [models.Index(fields=["supporter"], name="support_request_by_supporter")]
        constraints = [
            models.CheckConstraint(condition=models.Q(contacts__lte=3), name="support_request_three_contacts"),
            models.CheckConstraint(
                condition=models.Q(words_hash__regex="^[0-9a-f]{64}$"),
                name="support_request_words_are_hashed",
            ),
            models.CheckConstraint(
                condition=models.Q(language__regex="^[a-z-]{2,7}$"), name="support_request_language_is_a_code"
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=ENDED) | models.Q(**{f"{name}__isnull": True for name in TIMES}),
                name="support_request_closed_keeps_no_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="erased")
                | models.Q(**{f"{name}__isnull": True for name in PERSONAL})
                & models.Q(reach_by="", when="", profession="", from_where="any", people=None)
                & models.Q(reply="", answer="", referral="", contacts_before=0),
                name="support_request_erased_keeps_nobody",
            ),
            *only(
                "support_request",
                kind=KINDS,
                status=STATUSES,
                reach_by=BLANK + REACH_BY,
                when=BLANK + WHEN,
                from_where=FROM_WHERE,
                profession=BLANK + PROFESSIONS,
                reply=BLANK + REPLIES,
                answer=BLANK + ANSWERS,
                referral=BLANK + REFERRALS,
                met_need=BLANK + MET_NEED,
            ),
        ]

    def __str__(self) -> str:
        return "a request"

    @property
    def talks(self) -> int:
        """With every colleague who has had it."""
        return self.contacts + self.contacts_before

    def let_go(self) -> dict[str, Any]:
        """What goes with the colleague who has it no longer. Whoever has it next begins to count their own talks."""
        said: dict[str, Any] = {"reply": "", "reply_at": None, "answer": ""}
        return said | {"claimed_at": None, "kept": False, "contacts": 0, "contacts_before": self.talks}

    @property
    def called_from(self) -> datetime:
        """From when colleagues are called. Only an open request has times."""
        assert self.begin_at is not None
        return self.begin_at

    @property
    def wanted_from(self) -> datetime:
        """Waiting counts from when they wanted to be reached."""
        return max(self.called_from, self.at) if self.when == "at" and self.at else self.called_from

    @classmethod
    def visible_rows(cls, viewer: Any) -> models.Q:
        """The one who asked, by their words or their account; whoever it is with; due work. No coordinator."""
        if viewer.is_worker:
            return EVERYBODY
        words = viewer.holds.get("words")
        asked = models.Q(words_hash=words) if words else NOBODY
        signed_in = models.Q(asker=viewer.user_id) if viewer.user_id else NOBODY
        held = models.Q(pk=UUID(viewer.holds["held"])) if "held" in viewer.holds else NOBODY
        return asked | signed_in | held | models.Q(supporter__in=viewer.supporters)


class Page(Housed):
    """One call to one supporter about one request. It is gone when the request is closed."""

    request = models.ForeignKey(Request, models.CASCADE, related_name="pages")
    supporter = models.ForeignKey(Supporter, models.CASCADE, related_name="+")
    sent_at = models.DateTimeField()
    until = models.DateTimeField()
    outcome = code(PAGE_OUTCOMES, default="open")

    Privacy = {
        "id": OPERATIONAL,
        "request": IDENTITY,
        "supporter": IDENTITY,
        "sent_at": FACT,
        "until": FACT,
        "outcome": FACT,
    }

    class Meta:
        constraints = only("support_page", outcome=PAGE_OUTCOMES)

    def __str__(self) -> str:
        return "a page"

    @classmethod
    def visible_rows(cls, viewer: Any) -> models.Q:
        if viewer.is_worker:
            return EVERYBODY
        held = models.Q(request=UUID(viewer.holds["held"])) if "held" in viewer.holds else NOBODY
        return held | models.Q(supporter__in=viewer.supporters)


class Alarm(Housed):
    """Somebody at this site has waited too long. It says neither who, nor since when, nor for what.

    The coordinators see it. Whoever has the request takes it away.
    """

    site = models.ForeignKey(Site, models.PROTECT, related_name="+")

    Privacy = {"id": OPERATIONAL, "site": FACT}

    def __str__(self) -> str:
        return "an alarm"

    @classmethod
    def visible_rows(cls, viewer: Any) -> models.Q:
        if viewer.is_worker:
            return EVERYBODY
        held = models.Q(pk=UUID(viewer.holds["alarm"])) if "alarm" in viewer.holds else NOBODY
        return held | models.Q(site__in=viewer.coordinated)
