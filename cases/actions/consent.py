"""What people say yes to. Each decision is kept with the text that was shown, and counts before anything leaves."""

from datetime import date

from django.db import transaction

from cases import consent_things, door
from cases.actions.people import require_room, review_conversation
from cases.consent_things import Thing
from cases.models import Consent, ConsentDecision, Participant
from cases.models.consent import ConsentStatus, Purpose
from healing import access, audit, clock, due
from healing.errors import HealingError, NotAllowed

GIVEN, DECLINED, LATER, WITHDRAWN = (
    ConsentStatus.GIVEN,
    ConsentStatus.DECLINED,
    ConsentStatus.LATER,
    ConsentStatus.WITHDRAWN,
)
DECISIONS = (GIVEN, DECLINED, LATER, WITHDRAWN)
LOCK_ORDER = ("-purpose", "form", "to_side")  # the gate asks in the same order, so that neither waits for the other
CONVERSATION_NEEDS = (Purpose.TAKE_PART, Purpose.MEET)

NOT_BEFORE = "This person chose the day from which they may be asked again. It has not come yet."
ONLY_THEY = "This person has said not now. Only they can bring it up again."
NO_YES = "There is no yes to take back here. Nothing was changed."
A_DAY_TO_COME = "Choose a day after today."
NO_WORDS = "Write the words first. Then you can say yes to them."
SHARED_NOW = "You have said yes to sharing these words. Take back your yes first. Then you can change them."


@transaction.atomic
def ask(*, by: access.Viewer, participant: Participant, purpose: str, form: str = "", to_side: str = "") -> Consent:
    """The facilitator asks. Nobody is asked again before the day they chose, nor after they said not now."""
    access.require_case(by, participant.case_id)
    consent = _locked(by, participant, Thing(purpose, form, to_side))
    if consent.status in (DECLINED, WITHDRAWN):
        raise HealingError(ONLY_THEY)
    if clock.today(participant.site.time_zone) < consent.not_before:
        raise HealingError(NOT_BEFORE)
    if consent.status in (ConsentStatus.NOT_ASKED, LATER):
        _set(by, consent, ConsentStatus.ASKED)
        audit.record(by=by, verb="consent.asked", subject=consent, detail=purpose)
    return consent


@transaction.atomic
def decide(
    *,
    by: access.Viewer,
    participant: Participant,
    purpose: str,
    decision: str,
    form: str = "",
    to_side: str = "",
    later_until: date | None = None,
    words: str = "",
    how: str = "in_room",
) -> Consent:
    """By the person in their room, or recorded for them. `words` are the exact words of a yes to share."""
    _require_recorder(by, participant, how)
    consent = _locked(by, participant, Thing(purpose, form, to_side))
    decision = WITHDRAWN if consent.stands and decision == DECLINED else decision
    words = plain(words) or consent.words
    if (consent.status, consent.later_until, consent.words) == (decision, later_until, words):
        return consent
    _require_possible(consent, decision, later_until, words)
    stood = consent.stands
    if stood:
        door.close(consent)  # other words or no words: what was delivered before does not stay
    _set(by, consent, decision, later_until, words)
    _keep(by, consent, how)
    if decision != GIVEN and (stood or purpose == Purpose.TAKE_PART):
        _take_effect(by, participant, consent, how)
    return consent


@transaction.atomic
def write_words(*, by: access.Viewer, participant: Participant, to_side: str, words: str) -> Consent:
    """Keep the words that may be shared, while they are being written. They go nowhere before a yes to exactly them."""
    if participant.pk not in by.rooms:
        raise NotAllowed
    consent = _locked(by, participant, Thing(Purpose.SHARE_STATEMENT, to_side=to_side))
    if consent.stands:
        raise HealingError(SHARED_NOW)
    consent.words = plain(words)
    consent.save(update_fields=["words"])
    return consent


def standing(
    viewer: access.Viewer,
    participant: Participant,
    purpose: str,
    form: str = "",
    to_side: str = "",
    lock: bool = False,
) -> Consent | None:
    """The yes that stands now, if there is one. Locked, it cannot be taken back before this transaction ends."""
    rows = Consent.objects.visible_to(viewer).filter(participant=participant, status=GIVEN)
    rows = rows.filter(**Thing(purpose, form, to_side).where)
    return (rows.select_for_update(no_key=True) if lock else rows).first()


def plain(words: str) -> str:
    """The same words, however a browser or a phone ended their lines."""
    return "\n".join(words.strip().splitlines())


def _require_recorder(by: access.Viewer, participant: Participant, how: str) -> None:
    """In the room it is the person; by phone, in person or on paper it is their facilitator."""
    require_room(by, participant)
    if (participant.pk in by.rooms) != (how == ConsentDecision.How.IN_ROOM):
        raise NotAllowed


def _locked(by: access.Viewer, participant: Participant, thing: Thing) -> Consent:
    """The consent to this thing. All of a person's consents are locked, always in one order: no ring of waiting."""
    new = Consent(case_id=participant.case_id, participant=participant, **thing.where)
    Consent.objects.bulk_create([new], ignore_conflicts=True)
    rows = Consent.objects.visible_to(by).filter(participant=participant).order_by(*LOCK_ORDER).select_for_update()
    consent = next(consent for consent in rows if consent_things.of(consent) == thing)
    consent.participant = participant
    return consent


def _require_possible(consent: Consent, decision: str, later_until: date | None, words: str) -> None:
    if decision not in DECISIONS or (decision == LATER) != (later_until is not None):
        raise HealingError
    if decision == WITHDRAWN and not consent.stands:
        raise HealingError(NO_YES)
    if later_until and later_until <= clock.today(consent.participant.site.time_zone):
        raise HealingError(A_DAY_TO_COME)
    if consent.purpose == Purpose.SHARE_STATEMENT and decision == GIVEN and not words:
        raise HealingError(NO_WORDS)


def _set(
    by: access.Viewer, consent: Consent, status: str, later_until: date | None = None, words: str | None = None
) -> None:
    """Where it stands now. The decisions behind it are rows of their own."""
    changes = {"status": status, "later_until": later_until, "changed_at": clock.now()}
    Consent.objects.visible_to(by).filter(pk=consent.pk).update(**changes)
    for name, value in changes.items():
        setattr(consent, name, value)
    if words is not None and words != consent.words:
        consent.words = words
        consent.save(update_fields=["words"])


def _keep(by: access.Viewer, consent: Consent, how: str) -> None:
    text = consent_things.words_for(consent.participant, consent.purpose)
    ConsentDecision.objects.create(
        case_id=consent.case_id,
        participant_id=consent.participant_id,
        consent=consent,
        decision=consent.status,
        later_until=consent.later_until,
        text_name=text.purpose,
        text_version=text.version,
        text_hash=text.content_hash,
        language=text.language,
        words=consent.words if consent.stands else "",
        how=how,
        recorded_by=by.user_id,
        at=consent.changed_at,
    )
    audit.record(by=by, verb=f"consent.{consent.status}", subject=consent, detail=consent.purpose)


def _take_effect(by: access.Viewer, participant: Participant, consent: Consent, how: str) -> None:
    """A yes that ended: due work asks whether a conversation can still be held, and each letter asks before it leaves.

    Taking back the yes to take part takes back meeting and sharing too, and every letter that waits.
    """
    if consent.purpose not in CONVERSATION_NEEDS:
        return
    review_conversation(participant)
    if consent.purpose == Purpose.TAKE_PART:
        due.void(by=by, participant_id=participant.pk, kind__endswith=".letter")
        rows = Consent.objects.visible_to(by).filter(participant=participant, status=GIVEN)
        for other in rows.filter(purpose__in=(Purpose.MEET, Purpose.SHARE_STATEMENT)).order_by("pk"):
            decide(
                by=by,
                participant=participant,
                purpose=other.purpose,
                form=other.form,
                to_side=other.to_side,
                decision=WITHDRAWN,
                how=how,
            )
