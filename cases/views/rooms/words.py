"""What the consent pages say: where each yes stands, what was noted, and one's own history."""

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import consent_things
from cases.consent_things import Thing
from cases.models import Consent, ConsentDecision, Participant
from cases.models.consent import ConsentStatus, Purpose
from cases.texts import ConsentWords
from healing.templatetags.healing import day_words

PAST = {
    ConsentStatus.GIVEN: gettext_lazy("You said yes"),
    ConsentStatus.DECLINED: gettext_lazy("You said not now"),
    ConsentStatus.LATER: gettext_lazy("You chose a day"),
    ConsentStatus.WITHDRAWN: gettext_lazy("You took back your yes"),
}
HOW = {
    "in_room": gettext_lazy("By you, on these pages"),
    "phone": gettext_lazy("By phone"),
    "in_person": gettext_lazy("In person"),
    "paper": gettext_lazy("On paper"),
}


def ledger_line(room: Participant, thing: Thing, consent: Consent | None) -> dict[str, Any]:
    text = consent_things.words_for(room, thing.purpose)
    title = f"{text.title}: {thing.form_name.lower()}" if thing.form else text.title
    line = {"title": title, "hint": text.question, "status": state(room, consent)}
    if thing.purpose == Purpose.SHARE_STATEMENT and (consent is None or not consent.words):
        unwritten = {"title": _("Sharing some words"), "hint": _("You have not written any yet. You can if you like.")}
        return line | unwritten | {"url": reverse("room_words", args=[room.pk])}
    return line | {"url": reverse("room_consent", args=[room.pk, thing.key])}


def state(room: Participant, consent: Consent | None) -> str:
    """Where it stands, and since which day."""
    if consent is None or consent.status in (ConsentStatus.NOT_ASKED, ConsentStatus.ASKED):
        return _("Not answered yet")
    since = day_words(consent.changed_at.astimezone(ZoneInfo(room.site.time_zone)))
    return {
        ConsentStatus.GIVEN: _("Yes, since %(day)s"),
        ConsentStatus.DECLINED: _("Not now, said on %(day)s"),
        ConsentStatus.LATER: _("Ask me from %(until)s on"),
        ConsentStatus.WITHDRAWN: _("Taken back on %(day)s"),
    }[ConsentStatus(consent.status)] % {"day": since, "until": consent.later_until and day_words(consent.later_until)}


def noted(text: ConsentWords, consent: Consent) -> str:
    if consent.status == ConsentStatus.LATER:
        day = day_words(consent.later_until)
        return _("We will not ask again until %(day)s, the day you chose.") % {"day": day}
    return {
        ConsentStatus.GIVEN: _("You have said yes to one thing only: %(thing)s. You can change your mind at any time."),
        ConsentStatus.DECLINED: _("Not now is a fine answer. We will not ask again. You can come back to it."),
        ConsentStatus.WITHDRAWN: _("You have taken back your yes. It counts from now on. You do not have to say why."),
    }[ConsentStatus(consent.status)] % {"thing": text.title}


def history(room: Participant, decisions: Iterable[ConsentDecision]) -> list[dict[str, Any]]:
    zone = ZoneInfo(room.site.time_zone)
    return [
        {
            "answer": PAST[ConsentStatus(past.decision)],
            "day": day_words(past.at.astimezone(zone)),
            "how": HOW[past.how],
            "version": past.text_version,
            "until": past.later_until and day_words(past.later_until),
            "words": past.words,
        }
        for past in decisions
    ]
