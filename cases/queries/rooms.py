"""What one room shows of itself. Every read is of this room's own rows."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.db.models.functions import TruncDate

from cases import consent_things
from cases.consent_things import Thing
from cases.models import Consent, ConsentDecision, Delivery, Notice, Participant
from cases.models.consent import ConsentStatus, Purpose
from healing import access
from healing.models import AuditEvent
from healing.roles import ROLES, Role


def consents(viewer: access.Viewer, room: Participant) -> dict[Thing, Consent]:
    rows = Consent.objects.visible_to(viewer).filter(participant=room)
    return {consent_things.of(consent): consent for consent in rows}


def things(room: Participant, held: dict[Thing, Consent]) -> list[Thing]:
    """What is in the ledger: a conversation in one form only once it was asked for; the rest always."""
    known = {thing for thing, consent in held.items() if consent.status != ConsentStatus.NOT_ASKED}
    return [thing for thing in consent_things.all_for(room) if thing.purpose != Purpose.MEET or thing in known]


def decisions(viewer: access.Viewer, consent: Consent | None) -> QuerySet[ConsentDecision]:
    """One's own history of one yes, newest first."""
    rows = ConsentDecision.objects.visible_to(viewer)
    return rows.filter(consent=consent, participant=consent.participant_id).order_by("-at") if consent else rows.none()


def deliveries(viewer: access.Viewer, room: Participant) -> QuerySet[Delivery]:
    return Delivery.objects.visible_to(viewer).filter(participant=room).order_by("-offered_at")


def notices(viewer: access.Viewer, room: Participant) -> QuerySet[Notice]:
    return Notice.objects.visible_to(viewer).filter(participant=room).order_by("-published_at")


@dataclass(frozen=True)
class Look:
    """Somebody was in this room on a day. No time of day, and no name but the guide's."""

    day: date
    name: str
    role: str


def looks(viewer: access.Viewer, room: Participant) -> list[Look]:
    """Who looked or worked here, by day, newest first. One's own visits and the programme's due work are left out."""
    events = AuditEvent.objects.visible_to(viewer).filter(participant_id=room.pk, actor__isnull=False)
    days = TruncDate("at", tzinfo=ZoneInfo(room.site.time_zone))
    found = (
        events.exclude(Q(actor=room.user_id) | Q(actor=viewer.user_id))
        .annotate(day=days)
        .values_list("day", "actor", "actor_role")
        .distinct()
    )
    shown = {
        Look(day, room.guide.name if actor == room.guide_id else "", ROLES[Role(role)][0] if role in ROLES else role)
        for day, actor, role in found
    }
    return sorted(shown, key=lambda look: (look.day, look.name, look.role), reverse=True)
