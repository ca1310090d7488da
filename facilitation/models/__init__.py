from facilitation.models.agreements import Agreement, Commitment, Promise
from facilitation.models.followups import FollowUp
from facilitation.models.meetings import Attendance, Invitee, Meeting
from facilitation.models.readiness import Assessment, Preparation, Response

__all__ = [
    "Agreement",
    "Assessment",
    "Attendance",
    "Commitment",
    "FollowUp",
    "Invitee",
    "Meeting",
    "Preparation",
    "Promise",
    "Response",
]
