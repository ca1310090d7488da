"""What has happened in a case, newest first, made from the acts themselves. No words of anybody are in it."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from cases.models import Case, ConsentDecision, Participant
from cases.models.case import CloseReason
from cases.models.consent import Purpose
from facilitation.models import FollowUp, Meeting, Preparation, Response
from facilitation.queries.cards import TITLES
from facilitation.queries.people import called
from healing.access import Viewer
from healing.models import StatusChange, User

STEP = 20
# A case that follows its conversation from one status to the next says nothing new: those moves are left out.
MOVES = {
    ("cases.case", "opened"): "Case opened again",
    ("cases.case", "mapped"): "People are there on both sides",
    ("cases.case", "offered"): "Taking part was offered",
    ("cases.case", "preparing"): "Preparing",
    ("cases.case", "following_up"): "Following up",
    ("cases.case", "closed"): "Case closed",
    ("facilitation.meeting", "confirmed"): "Conversation booked",
    ("facilitation.meeting", "cancelled"): "Conversation called off",
    ("facilitation.meeting", "held"): "Conversation held",
    ("facilitation.commitment", "done"): "A promise is done",
    ("facilitation.commitment", "not_done"): "A promise was not done",
    ("facilitation.commitment", "open"): "A promise is open again",
}
LEFT_OUT = Q(kind="cases.case", to_status__in=["arranged", "held"])
DECISIONS = {
    "given": "said yes",
    "declined": "said not now",
    "later": "asked for later",
    "withdrawn": "took back a yes",
}


@dataclass(frozen=True)
class Event:
    title: str
    at: datetime
    by: UUID | str | None = None
    text: str = ""
    url: str = ""


def events(
    viewer: Viewer, case: Case, people: Iterable[Participant], *, person: Participant | None = None, most: int = STEP
) -> tuple[list[Event], bool]:
    """The newest `most` events, of the whole case or about one person, and whether there are more."""
    names = defaultdict(lambda: "Somebody who has left", {one.pk: called(one) for one in people})
    found: list[Event] = []
    for model, order, words, which, joined in SOURCES:
        rows = model.objects.visible_to(viewer).filter(case_id=case.pk)
        if person:
            rows = rows.none() if model is StatusChange else rows.filter(participant=person)
        newest = rows.filter(which).order_by(f"-{order}").select_related(*joined)[: most + 1]
        found += [words(row, getattr(row, order), names) for row in newest]
    if not person:
        found.append(Event("Case opened", case.opened_at))
    found.sort(key=lambda event: event.at, reverse=True)
    return _with_names(found[:most]), len(found) > most


def _with_names(found: list[Event]) -> list[Event]:
    users = User.objects.filter(pk__in={event.by for event in found if event.by})
    who: dict[UUID | str | None, str] = dict(users.values_list("pk", "name"))
    return [Event(event.title, event.at, who.get(event.by, ""), event.text, event.url) for event in found]


def _change(row: StatusChange, at: datetime, names: dict[UUID, str]) -> Event:
    why = dict(Meeting.Why.choices) | dict(CloseReason.choices)
    return Event(MOVES[row.kind, row.to_status], at, row.by, str(why.get(row.why, "")))


def _decision(row: ConsentDecision, at: datetime, names: dict[UUID, str]) -> Event:
    about = TITLES[Purpose(row.consent.purpose)].lower()
    form = f" ({row.consent.get_form_display().lower()})" if row.consent.form else ""
    title = f"{names[row.participant_id]} {DECISIONS[row.decision]}: {about}{form}"
    return Event(title, at, None, row.get_how_display() if row.how != ConsentDecision.How.IN_ROOM else "")


def _sent(row: Response, at: datetime, names: dict[UUID, str]) -> Event:
    what = "looked back" if row.instrument == "looking-back" else "sent a check-in"
    return Event(f"{names[row.participant_id]} {what}", at)


def _prepared(row: Preparation, at: datetime, names: dict[UUID, str]) -> Event:
    day = f"{row.happened_on.day} {row.happened_on:%B}"
    return Event(f"Prepared with {names[row.participant_id]} on {day}", at, row.noted_by)


def _follow_up(row: FollowUp, at: datetime, names: dict[UUID, str]) -> Event:
    return Event(f"Follow-up {row.number} went to {names[row.participant_id]}", at)


HAS_LEFT = Q(sent_at__isnull=False)
# Model, the time that counts, how it reads, which rows, what is read along with them.
SOURCES: tuple[tuple[Any, str, Callable[[Any, datetime, dict[UUID, str]], Event], Q, tuple[str, ...]], ...] = (
    (StatusChange, "at", _change, ~LEFT_OUT, ()),
    (ConsentDecision, "at", _decision, Q(), ("consent",)),
    (Response, "sent_at", _sent, HAS_LEFT, ()),
    (Preparation, "noted_at", _prepared, Q(), ()),
    (FollowUp, "sent_at", _follow_up, HAS_LEFT, ()),
)
