"""The door: the only place where words pass from one room into another.

What passes is a snapshot of exactly the words that their author saw and said yes to. When the yes is taken back, the
words are gone from the other room before anybody can ask for them again.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db import connection, transaction

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
    released = Consent.objects.visible_to(by).select_for_update(no_key=True).get(pk=consent.pk)
    if released.purpose != Purpose.SHARE_STATEMENT or not released.stands:
        raise ConsentMissing
    people = Participant.objects.visible_to(by).filter(case=released.case_id)
    author = people.get(pk=released.participant_id)
    receivers = list(people.filter(pk__in=[receiver.pk for receiver in to]))
    if len(receivers) < len(to) or any(room.side != released.to_side or room.is_guest for room in receivers):
        raise HealingError(NOT_THERE)
    if any(room.is_paused for room in (author, *receivers)):
        raise HealingError(PAUSED)
    sealed.unlock(room.pk for room in (author, *receivers))
    return [_offer(by, released, author, receiver) for receiver in receivers]


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
    row = row or Delivery(case_id=consent.case_id, participant=receiver, consent_id=consent.pk)
    row.from_side, row.words = author.side, consent.words
    row.offered_at, row.received_at, row.not_wanted_at, row.closed_at = clock.now(), None, None, None
    row.save()
    audit.record(by=by, verb="delivery.offered", subject=row)
    return row


def _own(by: access.Viewer, pk: UUID) -> Delivery:
    row = Delivery.objects.visible_to(by).select_for_update().get(pk=pk)
    if row.participant_id not in by.rooms:
        raise NotAllowed
    return row
