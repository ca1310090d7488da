"""Invitations into a room: a link that is mailed, and a code that is spoken. Neither opens anything alone."""

from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils.crypto import constant_time_compare

from cases.models import Assignment, Consent, Invitation, Participant, SafeContact
from cases.models.consent import ConsentStatus, Purpose
from cases.models.people import MOST_WRONG_CODES
from healing import access, audit, clock, due, ids, sealed
from healing.errors import HealingError
from healing.models import User

VALID = timedelta(days=7)

NO_ADDRESS = "There is no email address that is safe to use. Ask for one, or reach this person by phone."
SHARED_ADDRESS = (
    "This email address is on another person's card in this case too. Whoever reads it could open both rooms. "
    "Ask for an address that only this person reads, or reach them by phone."
)
FACILITATORS_ADDRESS = "This is the address of a facilitator of this case. Ask for the person's own."
SAID_NO = "This person said no, or not before a day they chose. They are not written to before they say otherwise."
HAS_ROOM = "This person has opened their page already. They sign in with a code that goes to their email address."
DID_NOT_OPEN = "That did not open a page. Check the code and the newest link. If it happens again, call us."


@transaction.atomic
def invite(*, by: access.Viewer, participant: Participant) -> tuple[Invitation, str]:
    """Plan the letter with the link, and give back the code to tell by phone. It is not kept: it is seen this once."""
    access.require_case(by, participant.case_id)
    if participant.user_id:
        raise HealingError(HAS_ROOM)
    if said_no(by, participant):
        raise HealingError(SAID_NO)
    require_safe_address(by, participant)
    revoke_standing(by=by, participant=participant)
    code = ids.spoken_code()
    invitation = Invitation(
        case_id=participant.case_id,
        participant=participant,
        created_by=by.person,
        expires_at=clock.now() + VALID,
    )
    invitation.token_hash = token_hash(token_of(invitation))
    invitation.code_hash = code_hash(token_of(invitation), code)
    invitation.save(force_insert=True)
    due.plan(
        "invitation.letter",
        subject=invitation.pk,
        at=clock.now(),
        key=f"invitation.letter:{invitation.pk}",
        case=participant.case_id,
        room=participant.pk,
    )
    audit.record(by=by, verb="person.invited", subject=invitation)
    return invitation, code


@transaction.atomic
def revoke(*, by: access.Viewer, invitation: Invitation) -> None:
    """Take an invitation back: its link shows the same page as before, and opens nothing."""
    access.require_case(by, invitation.case_id)
    revoke_standing(by=by, pk=invitation.pk)


def revoke_standing(*, by: access.Viewer, **which: Any) -> None:
    """End the invitations that still stand, and the letters that wait to bring them."""
    unused = Invitation.objects.visible_to(by).filter(used_at=None, revoked_at=None, **which)
    for invitation in unused.select_for_update():
        due.void(by=by, kind="invitation.letter", subject=invitation.pk)
        audit.record(by=by, verb="person.invitation_revoked", subject=invitation)
    unused.update(revoked_at=clock.now())


def accept(*, token: str, code: str) -> Participant:
    """Open the room to whoever holds the link and was told the code. Everything else fails with the same sentence.

    A wrong code is counted even though the attempt fails, so this is not one transaction: `_try` commits by itself.
    """
    room = _try(token, code)
    if room is None:
        raise HealingError(DID_NOT_OPEN, keeps=True)
    return room


def _try(token: str, code: str) -> Participant | None:
    with access.opened("invitation", token_hash(token)) as visitor:
        given = code_hash(token, code)
        live = standing(Invitation.objects.visible_to(visitor))
        invitation = live.select_for_update().first()
        if invitation and constant_time_compare(invitation.code_hash, given):
            return _enter(visitor, invitation)
        live.update(wrong_codes=F("wrong_codes") + 1)
        return None


def _enter(visitor: access.Viewer, invitation: Invitation) -> Participant | None:
    """Give the room to the account with this address. One account never holds two rooms of one case."""
    room = Participant.objects.visible_to(visitor).select_for_update(no_key=True).get(pk=invitation.participant_id)
    contact = SafeContact.objects.visible_to(visitor).get(participant=room)
    try:
        with transaction.atomic():
            room.user = _account(contact.email)
            room.save(update_fields=["user"])
            Invitation.objects.visible_to(visitor).filter(pk=invitation.pk).update(used_at=clock.now())
            audit.record(by=visitor, verb="person.entered", subject=invitation)
    except IntegrityError:
        return None
    return room


def _account(email: str) -> User:
    """The account with this address, which its owner has just shown to read."""
    return User.objects.with_address(email) or User.objects.create_user(email)


def standing(invitations: QuerySet[Invitation]) -> QuerySet[Invitation]:
    """Those whose link and code would still open a room."""
    return invitations.filter(
        used_at=None, revoked_at=None, expires_at__gt=clock.now(), wrong_codes__lt=MOST_WRONG_CODES
    )


def token_of(invitation: Invitation) -> str:
    return ids.token_of(invitation.pk, "invitation-link")


def token_hash(token: str) -> str:
    return ids.fingerprint(token, "invitation")


def code_hash(token: str, code: str) -> str:
    return ids.fingerprint(f"{token}:{code}", "spoken-code")


def said_no(viewer: access.Viewer, participant: Participant) -> bool:
    """They declined or took back taking part, or asked to be left alone until a day that has not come."""
    answer = Consent.objects.visible_to(viewer).filter(participant=participant, purpose=Purpose.TAKE_PART).first()
    if answer is None or answer.status in (ConsentStatus.NOT_ASKED, ConsentStatus.ASKED, ConsentStatus.GIVEN):
        return False
    today = clock.today(participant.site.time_zone)
    return answer.later_until is None or answer.later_until > today


def require_safe_address(by: access.Viewer, participant: Participant) -> None:
    """An address that is safe to use, and that nobody else in this case reads."""
    cards = list(SafeContact.objects.visible_to(by).filter(case=participant.case_id))
    sealed.unlock(card.participant_id for card in cards)
    own = next((card for card in cards if card.participant_id == participant.pk), None)
    if own is None or not own.email or not own.email_ok:
        raise HealingError(NO_ADDRESS)
    if own.email in {card.email for card in cards if card is not own}:
        raise HealingError(SHARED_ADDRESS)
    facilitators = Assignment.objects.visible_to(by).filter(case=participant.case_id, ended_at=None)
    if facilitators.filter(user__email=own.email).exists():
        raise HealingError(FACILITATORS_ADDRESS)
