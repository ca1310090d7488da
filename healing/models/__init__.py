from healing.models.due_work import Due, Effect, Heartbeat
from healing.models.keys import DataKey
from healing.models.people import Holiday, LegalNotice, Membership, Site, User
from healing.models.record import AuditEvent, AuditStream, StatusChange

__all__ = [
    "AuditEvent",
    "AuditStream",
    "DataKey",
    "Due",
    "Effect",
    "Heartbeat",
    "Holiday",
    "LegalNotice",
    "Membership",
    "Site",
    "StatusChange",
    "User",
]
