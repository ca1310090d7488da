"""Conversations, agreements and follow-ups of one case, for the workbench."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Min

from cases.models import Case, CaseEvent, HarmEvent, Participant, SafeContact
from facilitation import letters
from facilitation.models import Agreement, Attendance, Commitment, FollowUp, Invitee, Meeting, Promise
from healing import sealed
from healing.access import Viewer

OPEN = (Meeting.Status.DRAFTED, Meeting.Status.CONFIRMED)


@dataclass(frozen=True)
class Contact:
    """One follow-up for everybody: when, and how many are planned, sent, answered."""

    due_on: date
    words: str


@dataclass(frozen=True)
class Copy:
    """What one person will read: on their page, and in a letter if one may be sent."""

    person: Participant
    attendance: Attendance
    letter: str


@dataclass(frozen=True)
class Made:
    """A commitment, and what those it was made to have said about it."""

    commitment: Commitment
    settled_by: list[UUID]


def about(viewer: Viewer, case: Case) -> list[HarmEvent]:
    """The harm events that the case is about, as far as they can be seen from here."""
    links = CaseEvent.objects.visible_to(viewer).filter(case=case)
    return list(HarmEvent.objects.visible_to(viewer).filter(pk__in=links.values("event")).order_by("occurred_on", "id"))


def meetings(viewer: Viewer, case: Case) -> list[Meeting]:
    """The newest first; those that never were more than a plan are left out."""
    rows = Meeting.objects.visible_to(viewer).filter(case=case).exclude(status="cancelled", starts_at=None)
    sealed.unlock([case.pk])
    return list(rows.select_related("case__site").order_by("-created_at"))


def open_one(viewer: Viewer, case: Case) -> Meeting | None:
    rows = Meeting.objects.visible_to(viewer).filter(case=case, status__in=OPEN)
    return rows.select_related("case__site").first()


def invitees(viewer: Viewer, meeting: Meeting | None) -> list[Invitee]:
    rows = Invitee.objects.visible_to(viewer).filter(meeting=meeting).select_related("participant__guide")
    found = list(rows.order_by("participant__side", "participant__created_at", "id"))
    sealed.unlock(row.participant_id for row in found)
    return found


def agreements(viewer: Viewer, case: Case) -> list[Agreement]:
    return list(Agreement.objects.visible_to(viewer).filter(case=case).order_by("-agreed_at"))


def commitments(viewer: Viewer, case: Case) -> list[Made]:
    """Open ones first, by day."""
    settled = defaultdict(list)
    for promise in Promise.objects.visible_to(viewer).filter(case=case, status=Commitment.Status.SETTLED):
        settled[promise.commitment_id].append(promise.participant_id)
    rows = Commitment.objects.visible_to(viewer).filter(case=case).order_by("due_on", "id")
    return [Made(row, settled[row.pk]) for row in sorted(rows, key=lambda row: row.status != Commitment.Status.OPEN)]


def follow_ups(viewer: Viewer, case: Case) -> list[Contact]:
    """Each planned contact of the case, with how far it is for everybody together."""
    rows = FollowUp.objects.visible_to(viewer).filter(case=case)
    counted = rows.values("meeting_id", "number", "status").annotate(day=Min("due_on"), people=Count("id"))
    found: dict[Any, list[Any]] = defaultdict(list)
    for row in counted.order_by("day", "number", "status"):
        found[row["meeting_id"], row["number"]].append(row)
    return [
        Contact(
            min(row["day"] for row in rows),
            ", ".join(f"{row['people']} {FollowUp.Status(row['status']).label.lower()}" for row in rows),
        )
        for rows in found.values()
    ]


def preview(
    viewer: Viewer,
    meeting: Meeting,
    invited: list[Invitee],
    *,
    starts_at: datetime,
    minutes: int,
    place: str,
    people: str,
) -> list[Copy]:
    """Every room's copy and letter before anything is booked, made by what will make the real ones."""
    ids = [invitee.participant_id for invitee in invited]
    cards = SafeContact.objects.visible_to(viewer).filter(participant__in=ids, email_ok=True)
    addresses = {card.participant_id: card.email for card in cards}
    copies = []
    for invitee in invited:
        room, to = invitee.participant, addresses.get(invitee.participant_id, "")
        copy = Attendance(participant=room, form=meeting.form, starts_at=starts_at, minutes=minutes)
        copy.place, copy.people = place, people
        letter = letters.appointment(copy, to=to, site=meeting.case.site).body if to else ""
        copies.append(Copy(room, copy, letter))
    return copies


def made_to(viewer: Viewer, commitment: Commitment, people: list[Participant]) -> list[Participant]:
    rooms = Promise.objects.visible_to(viewer).filter(commitment_id=commitment.pk)
    receivers = set(rooms.values_list("participant_id", flat=True))
    return [person for person in people if person.pk in receivers]
