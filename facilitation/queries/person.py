"""One person as the workbench sees them: what they decided, sent and released, and what was noted about preparing."""

from typing import Any

from django.db.models import QuerySet

from cases import consent_things
from cases.models import Case, Consent, Delivery, Participant
from cases.models.consent import ConsentStatus, Purpose
from facilitation import instruments
from facilitation.models import Assessment, FollowUp, Preparation, Response
from facilitation.queries.cards import Card, cards
from facilitation.queries.people import unlocked
from facilitation.queries.readiness import answers_of, instrument_of
from facilitation.queries.today import is_hard
from healing.access import Viewer


def whole(viewer: Viewer, case: Case, person: Participant) -> dict[str, Any]:
    """Everything the person's page shows."""
    [card] = cards(viewer, case, [person])
    own = {"participant": person}
    sent = Response.objects.visible_to(viewer).filter(**own, sent_at__isnull=False).order_by("-sent_at")
    return {
        "card": card,
        "check_ins": [{"response": response, "title": instrument_of(response).title} for response in sent],
        "preparations": list(Preparation.objects.visible_to(viewer).filter(**own).order_by("-happened_on")),
        "assessments": list(Assessment.objects.visible_to(viewer).filter(**own).order_by("-assessed_at")),
        "shared": shared(viewer, person).first(),
        "received": list(Delivery.objects.visible_to(viewer).filter(**own).order_by("-offered_at")),
        "follow_ups": list(FollowUp.objects.visible_to(viewer).filter(**own).order_by("due_on")),
        "invite": can_be_invited(card),
    }


def can_be_invited(card: Card) -> bool:
    """Somebody who has no page of their own yet, and an address that is safe to use."""
    return card.person.user_id is None and card.contact is not None and card.contact.email_ok


def answered(response: Response) -> dict[str, Any]:
    """Question by question, in the words that the person was asked in and the words they gave."""
    asked, answers = instrument_of(response), answers_of(response)
    said = [
        (question.text, "\n".join(instruments.readable(question, answers.get(question.link_id, {}))))
        for question in instruments.questions_for(asked, answers)
        if question.asks
    ]
    return {
        "title": asked.title,
        "said": [pair for pair in said if pair[1]],
        "skipped": [question for question, words in said if not words],
        "is_hard": is_hard(response),
    }


def shared(viewer: Viewer, person: Participant) -> QuerySet[Consent]:
    """The words that this person says yes to sharing, as things stand now."""
    where = consent_things.sharing(person).where
    return Consent.objects.visible_to(viewer).filter(participant=person, status=ConsentStatus.GIVEN, **where)


def released(viewer: Viewer, case: Case, person: Participant) -> dict[str, Any]:
    """The exact words, and who on the other side could be offered them or has been."""
    yes = shared(viewer, person)
    receivers = unlocked(others(viewer, case, person).order_by("created_at", "id"))
    open_to = set(receiving(viewer, case, person).values_list("pk", flat=True))
    offered = Delivery.objects.visible_to(viewer).filter(consent_id__in=yes.values("pk"), closed_at=None)
    by_receiver = {delivery.participant_id: delivery for delivery in offered}
    return {
        "consent": yes.first(),
        "receivers": [
            {"person": one, "delivery": by_receiver.get(one.pk), "open": one.pk in open_to} for one in receivers
        ],
    }


def others(viewer: Viewer, case: Case, person: Participant) -> QuerySet[Participant]:
    """The people on the side that these words are for."""
    side = consent_things.sharing(person).to_side
    return Participant.objects.visible_to(viewer).filter(case=case, side=side, accompanies=None, left_at=None)


def receiving(viewer: Viewer, case: Case, person: Participant) -> QuerySet[Participant]:
    """Those who take part and have not paused: only they are offered anything."""
    yes = Consent.objects.visible_to(viewer).filter(case=case, purpose=Purpose.TAKE_PART, status=ConsentStatus.GIVEN)
    return others(viewer, case, person).filter(pk__in=yes.values("participant"), paused_at=None)
