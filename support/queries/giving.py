"""What is asked of a supporter now, what they hold, and what their own record says."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F, Q
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from healing import clock
from healing.errors import KeyMissing
from healing.languages import language_label, shares_one
from healing.models import Site
from healing.protected import ScopedQuerySet
from support import house
from support.codes import COMPETENCE_WORDS, NEEDED_COMPETENCES
from support.house import Visitor
from support.models import Away, Channel, Competence, Exclusion, Page, Request, Shift, Supporter
from support.queries.candidates import covering, fit
from support.queries.standing import hint

KINDS = {
    "self": _("Somebody would like to talk."),
    "referral": _("A colleague thought that somebody might like to talk."),
    "debrief": _("A colleague who supports others would like to talk it over."),
}
HINTS = {"referral": _("They have not asked for this. Begin by asking if they want to.")}
WHEN = {
    "now": _("As soon as you can"),
    "before_shift": _("Before their next shift"),
    "after_shift": _("After their shift"),
}
WAYS = {"phone": ("tel", _("Call")), "text": ("sms", _("Text")), "email": ("mailto", _("Write to"))}


@dataclass(frozen=True)
class Lacking:
    """What has to be there before a supporter is called at one of their sites."""

    record: Supporter
    sentences: list[str]


@dataclass(frozen=True)
class Duty:
    """Where a supporter stands, at all their sites: on call or not, when next, away or not, and what is missing."""

    running: Shift | None  # of several, the one that ends last
    coming: list[Shift]
    away: Away | None
    missing: list[Lacking]  # of the sites where something is
    sites: int

    @property
    def next_shift(self) -> Shift | None:
        return next((shift for shift in self.coming if shift.starts_at > clock.now()), None)


def own(by: Visitor, site: Site) -> Supporter | None:
    """One's own record: the one at this site, or else the oldest."""
    rows = Supporter.objects.visible_to(by).filter(pk__in=by.supporters).select_related("site", "unit")
    return min(rows, key=lambda row: (row.site_id != site.pk, row.joined_on), default=None)


def with_me(by: Visitor) -> ScopedQuerySet[Request]:
    """What is asked of me and not answered yet, and what I hold. Nothing that has gone on to somebody else."""
    unanswered = Page.objects.visible_to(by).filter(supporter__in=by.supporters, outcome="open").values("request")
    asked = Q(status="waiting", pk__in=unanswered)
    rows = Request.objects.visible_to(by).filter(asked | Q(status__in=("claimed", "reached")))
    rows = rows.filter(supporter__in=by.supporters).select_related("site")
    return rows.order_by("page_until", "claimed_at", "pk")


def one(by: Visitor, pk: UUID, *, lock: bool) -> Request | None:
    """One of them; locked, it stays with me until the act is done."""
    rows = with_me(by).filter(pk=pk)
    return (rows.select_for_update(of=("self",)) if lock else rows).first()


def shown(request: Request) -> dict[str, Any]:
    """A request in words, without the way to reach anybody."""
    return {
        "pk": request.pk,
        "sentence": _sentence(request),
        "hint": HINTS.get(request.kind, ""),
        "when": WHEN.get(request.when, ""),
        "at": request.at if request.when == "at" else None,
        "language": language_label(request.language),
        "zone": request.site.time_zone,
        "until": request.page_until if request.page_until and request.page_until > clock.now() else None,
        "status": request.status,
        "reads_answers": request.kind != "referral",  # somebody put in a word for them: they have no words
    }


def held(by: Visitor, request: Request) -> dict[str, Any]:
    """What I have said yes to, in words, and who it is: whoever has two people must be able to tell them apart."""
    house.take(by, request.pk)
    return shown(request) | {"who": who(request)}


def who(request: Request) -> str:
    """The name they gave, or else the end of their number. Of what was erased meanwhile nothing is left to say."""
    try:
        return request.name or hint(request.contact)
    except KeyMissing:
        return ""


def contact(request: Request) -> dict[str, str]:
    """The way to reach them, as a link. Whoever asks has taken the request in hand."""
    scheme, verb = WAYS[request.reach_by]
    target = quote(request.contact, safe="@") if scheme == "mailto" else re.sub(r"[^0-9+]", "", request.contact)
    return {"name": request.name, "verb": str(verb), "words": request.contact, "href": f"{scheme}:{target}"}


def on_call_alone(by: Visitor) -> Shift | None:
    """The shift that one is on now, at a site where no colleague is on call at this time."""
    mine = covering(Shift.objects.visible_to(by), clock.now()).filter(supporter__in=by.supporters)
    for shift in mine.select_related("site").order_by("-ends_at"):
        there = covering(Shift.objects.visible_to(by).filter(site=shift.site), clock.now()).values("supporter")
        others = fit(by, shift.site).filter(pk__in=there).exclude(pk__in=by.supporters)
        if not others.exists():
            return shift
    return None


def duty(by: Visitor, edited: Supporter) -> Duty:
    """`edited` is the record that their page about themselves changes."""
    now = clock.now()
    own = list(
        Supporter.objects.visible_to(by).filter(pk__in=by.supporters).select_related("site").order_by("joined_on")
    )
    mine = Shift.objects.visible_to(by).filter(supporter__in=by.supporters, ends_at__gt=now).select_related("site")
    coming = list(mine[:30])
    times_away = covering(Away.objects.visible_to(by).filter(supporter__in=own), now)
    lacking = [Lacking(one, missing(by, one, now, edited=one == edited)) for one in own]
    return Duty(
        running=max((one for one in coming if one.starts_at <= now), key=lambda one: one.ends_at, default=None),
        coming=coming,
        away=times_away.order_by(F("ends_at").desc(nulls_first=True)).first(),  # of several, the one that ends last
        missing=[one for one in lacking if one.sentences],
        sites=len(own),
    )


def unsigned(by: Visitor) -> ScopedQuerySet[Supporter]:
    """Their records, one for each site, for which they have not signed yet that they keep confidence."""
    return Supporter.objects.visible_to(by).filter(pk__in=by.supporters, agreed_on=None)


def missing(by: Visitor, supporter: Supporter, at: datetime, *, edited: bool = False) -> list[str]:
    """What has to be there before this supporter is called, in sentences. Empty when all of it is."""
    unsigned = [] if supporter.agreed_on else [gettext("You have not signed yet that you keep confidence.")]
    return unsigned + training_due(by, supporter, at) + _not_understood(supporter, edited)


def training_due(by: Visitor, supporter: Supporter, at: datetime) -> list[str]:
    day = at.astimezone(ZoneInfo(supporter.site.time_zone)).date()
    learnt = Competence.objects.visible_to(by).filter(supporter=supporter, gained_on__lte=day)
    valid = set(learnt.filter(Q(expires_on=None) | Q(expires_on__gt=day)).values_list("number", flat=True))
    return [
        gettext("Your training is not up to date: %(training)s. The coordinator can enter it.")
        % {"training": COMPETENCE_WORDS.get(number, number)}
        for number in NEEDED_COMPETENCES
        if number not in valid
    ]


def _not_understood(supporter: Supporter, edited: bool) -> list[str]:
    if shares_one(supporter.site.languages, supporter.languages):
        return []
    if edited:
        return [gettext("People here can choose none of your languages. Look at them under “About me”.")]
    sentence = gettext("People at %(site)s can choose none of your languages. The coordinator there can change them.")
    return [sentence % {"site": supporter.site.name}]


def trainings(by: Visitor, supporter: Supporter) -> list[dict[str, Any]]:
    today = clock.today(supporter.site.time_zone)
    return [
        {
            "words": f"{row.number} {COMPETENCE_WORDS.get(row.number, '')}".strip(),
            "gained_on": row.gained_on,
            "expires_on": row.expires_on,
            "over": row.expires_on is not None and row.expires_on <= today,
        }
        for row in Competence.objects.visible_to(by).filter(supporter=supporter)
    ]


def channels(by: Visitor, supporter: Supporter) -> list[Channel]:
    return list(Channel.objects.visible_to(by).filter(supporter=supporter).order_by("kind", "pk"))


def not_for(by: Visitor, supporter: Supporter) -> set[UUID]:
    """The units for which they do not want to be called. Only they see them."""
    return set(Exclusion.objects.visible_to(by).filter(supporter=supporter).values_list("unit", flat=True))


def _sentence(request: Request) -> str:
    """Before the yes it does not tell that a supporter asks: on a short rota everybody would know who."""
    if request.kind != "team":
        unknown = request.kind == "debrief" and request.status == "waiting"
        return str(KINDS["self" if unknown else request.kind])
    count = request.people or 0
    return ngettext(
        "A team asks for somebody to come. It is %(count)s person.",
        "A team asks for somebody to come. They are %(count)s people.",
        count,
    ) % {"count": count}
