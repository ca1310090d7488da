"""The people in a case: who they are, how they can be reached without harm, and their pauses."""

from typing import Any

from django.db import transaction

from cases.actions import cases, invitations
from cases.models import Case, Participant, SafeContact
from cases.models.people import GUESTS
from healing import access, audit, clock, due, ids, sealed
from healing.errors import HealingError, NotAllowed

CARD = ("email", "phone", "times", "text_ok", "voicemail_ok", "email_ok")
NEEDS_A_HOST = "A supporter or an interpreter comes with somebody. Choose who that is."
NO_HOST = "Only a supporter or an interpreter comes with somebody else."


@transaction.atomic
def add_participant(
    *,
    by: access.Viewer,
    case: Case,
    side: str,
    part: str,
    name: str,
    accompanies: Participant | None = None,
    language: str = "en",
) -> Participant:
    """Add somebody to the case, with a room and a key of their own. A guest is on the side of their host."""
    access.require_case(by, case.pk)
    if (part in GUESTS) != (accompanies is not None):
        raise HealingError(NO_HOST if accompanies else NEEDS_A_HOST)
    if accompanies and (accompanies.case_id != case.pk or accompanies.is_guest):
        raise HealingError(NEEDS_A_HOST)
    side = accompanies.side if accompanies else side
    participant = Participant(case=case, site_id=case.site_id, side=side, part=part, accompanies=accompanies)
    participant.guide_id, participant.language = by.person, language
    sealed.create_key(participant.pk, case_id=case.pk, participant_id=participant.pk)
    participant.name = name
    participant.save(force_insert=True)
    audit.record(by=by, verb="person.added", subject=participant)
    cases.map_people(by=by, case=case)
    return participant


@transaction.atomic
def save_contact(*, by: access.Viewer, participant: Participant, **card: Any) -> SafeContact:
    """How this person can be reached, asked anew. A new address ends the invitation that went to the old one."""
    require_room(by, participant)
    contact = SafeContact.objects.visible_to(by).select_for_update().filter(participant=participant).first()
    contact = contact or SafeContact(case_id=participant.case_id, participant=participant)
    before = contact.email
    for name in CARD:
        setattr(contact, name, card[name])
    contact.email = normal(contact.email)
    contact.confirmed_at = clock.now()
    contact.save()
    if before and before != contact.email:
        invitations.revoke_standing(by=by, participant=participant)
    audit.record(by=by, verb="person.contact_confirmed", subject=participant)
    return contact


@transaction.atomic
def pause(*, by: access.Viewer, participant: Participant, reason: str) -> None:
    """Stop everything for this person until somebody resumes it. The other rooms learn nothing of it."""
    require_room(by, participant)
    waiting = Participant.objects.visible_to(by).filter(pk=participant.pk, paused_at=None)
    if waiting.update(paused_at=clock.now(), pause_reason=reason):
        review_conversation(participant)
        audit.record(by=by, verb="person.paused", subject=participant, detail=reason)


@transaction.atomic
def resume(*, by: access.Viewer, participant: Participant) -> None:
    require_room(by, participant)
    paused = Participant.objects.visible_to(by).filter(pk=participant.pk, paused_at__isnull=False)
    if paused.update(paused_at=None, pause_reason=""):
        audit.record(by=by, verb="person.resumed", subject=participant)


def require_room(by: access.Viewer, participant: Participant) -> None:
    """The room's own participant, or a facilitator of the case."""
    if participant.pk not in by.rooms and participant.case_id not in by.cases:
        raise NotAllowed


def normal(email: str) -> str:
    return email.strip().lower()


def review_conversation(participant: Participant) -> None:
    """Whether a conversation that was arranged can still be held is asked by due work, not in this room."""
    due.plan(
        "conversation.review",
        subject=participant.pk,
        at=clock.now(),
        key=f"conversation.review:{ids.new()}",
        case=participant.case_id,
        room=participant.pk,
    )
