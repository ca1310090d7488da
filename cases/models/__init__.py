from cases.models.case import Assignment, Case, CaseEvent
from cases.models.consent import Consent, ConsentDecision, Delivery
from cases.models.harm_events import HarmEvent, HarmGrade, ImportBatch, ImportRow
from cases.models.people import Invitation, Notice, Participant, SafeContact

__all__ = [
    "Assignment",
    "Case",
    "CaseEvent",
    "Consent",
    "ConsentDecision",
    "Delivery",
    "HarmEvent",
    "HarmGrade",
    "ImportBatch",
    "ImportRow",
    "Invitation",
    "Notice",
    "Participant",
    "SafeContact",
]
