"""The door: the only place where words pass from one room into another.

What passes is a snapshot of exactly the words that their author saw and said yes to. When the yes is taken back, the
words are gone from the other room before anybody can ask for them again.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from cases.models import Consent, Delivery, Participant
from cases.models.consent import Purpose
from healing import access, audit, clock, sealed
from healing.errors import ConsentMissing, HealingError, NotAllowed

NOT_THERE = "These words may be shown to the people on the side that was named, and to nobody else."
PAUSED = "Somebody has paused. Nothing is carried across until they start again."
NO_LONGER_SHARED = "This is no longer shared."


@transaction.atomic
def deliver(*, by: access.Viewer, consent: Consent, to: Sequence[Participant]) -> list[Delivery]:
    """Offer the words that were said yes to in the rooms of these receivers. The yes is asked under its lock."""
    access.require_case(by, consent.case_id)
    receivers = list(_people(by, consent).filter(pk__in=[receiver.pk for receiver in to]))
    if len(receivers) < len(to) or any(room.side != consent.to_side or room.is_guest for room in receivers):
        raise HealingError(NOT_THERE)
    released = _ask(by, consent, {consent.participant_id, *(room.pk for room in receivers)})
    author, *receivers = _locked_rooms(by, released, receivers)
    if any(room.is_paused for room in (author, *receivers)):
        raise HealingError(PAUSED)
    sealed.unlock(room.pk for room in (author, *receivers))
    return [_offer(by, released, author, receiver) for receiver in receivers]


def _people(by: access.Viewer, consent: Consent) -> QuerySet[Participant]:
    return Participant.objects.visible_to(by).filter(case=consent.case_id)


def _locked_rooms(by: access.Viewer, consent: Consent, receivers: list[Participant]) -> list[Participant]:
    """The author first; nobody can pause meanwhile."""
    pks = [consent.participant_id, *(room.pk for room in receivers)]
    rooms = _people(by, consent).filter(pk__in=pks).order_by("pk").select_for_update(no_key=True)
    return sorted(rooms, key=lambda room: room.pk != consent.participant_id)


def _ask(by: access.Viewer, consent: Consent, rooms: set[UUID]) -> Consent:
    """The yes to share stands, and everybody concerned takes part; locked in the order in which a withdrawal locks."""
    asked = Consent.objects.visible_to(by).filter(participant__in=rooms)
    asked = asked.filter(Q(pk=consent.pk) | Q(purpose=Purpose.TAKE_PART))
    locked = list(asked.order_by("participant_id", "-purpose").select_for_update(no_key=True))
    taking_part = {row.participant_id for row in locked if row.purpose == Purpose.TAKE_PART and row.stands}
    released = next((row for row in locked if row.pk == consent.pk), None)
    if released is None or released.purpose != Purpose.SHARE_STATEMENT or not released.stands or taking_part != rooms:
        raise ConsentMissing
    return released


def close(consent: Consent) -> None:
    """Take the words out of every room they were delivered to. Called with the consent's lock held, by its own change.

    The author's context cannot see the other rooms, so the database opens this one consent's deliveries for one moment.
    """
    with connection.cursor() as cursor:
        cursor.execute("select open_door(%s)", [consent.pk])
        cursor.execute(
            "update cases_delivery set words = '', closed_at = %s where consent_id = %s and closed_at is null",
            [clock.now(), consent.pk],
        )
        cursor.execute("select open_door(null)")


@transaction.atomic
def receive(*, by: access.Viewer, delivery: Delivery) -> Delivery:
    """The receiver would like to read the words."""
    row = _own(by, delivery.pk)
    if row.closed_at:
        raise HealingError(NO_LONGER_SHARED)
    if row.received_at is None:
        Delivery.objects.visible_to(by).filter(pk=row.pk).update(received_at=clock.now(), not_wanted_at=None)
        audit.record(by=by, verb="delivery.received", subject=row)
    return row


@transaction.atomic
def turn_down(*, by: access.Viewer, delivery: Delivery) -> Delivery:
    """The receiver does not want to read the words now. The author is never told."""
    row = _own(by, delivery.pk)
    if row.received_at is None and row.not_wanted_at is None:
        Delivery.objects.visible_to(by).filter(pk=row.pk).update(not_wanted_at=clock.now())
        audit.record(by=by, verb="delivery.not_now", subject=row)
    return row


def _offer(by: access.Viewer, consent: Consent, author: Participant, receiver: Participant) -> Delivery:
    """One delivery for each room and yes. Words that came back under a new yes are offered anew."""
    rows = Delivery.objects.visible_to(by).select_for_update()
    row = rows.filter(participant=receiver, consent_id=consent.pk).first()
    if row and row.closed_at is None:
        return row
    if row is None:
        row = Delivery(case_id=consent.case_id, participant=receiver, consent_id=consent.pk, from_side=author.side)
        row.save(force_insert=True)
    row.words = consent.words
    row.offered_at, row.received_at, row.not_wanted_at, row.closed_at = clock.now(), None, None, None
    row.save(update_fields=["words", "offered_at", "received_at", "not_wanted_at", "closed_at"])
    audit.record(by=by, verb="delivery.offered", subject=row)
    return row


def _own(by: access.Viewer, pk: UUID) -> Delivery:
    row = Delivery.objects.visible_to(by).select_for_update().get(pk=pk)
    if row.participant_id not in by.rooms:
        raise NotAllowed
    return row
