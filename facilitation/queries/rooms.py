"""What one room shows of the work in it. Every read is of this room's own rows; none counts or asks another's."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from cases.models import Participant
from facilitation import instruments
from facilitation.models import Attendance, FollowUp, Promise, Response
from facilitation.queries.readiness import answers_of, instrument_of
from healing import access

OPENED = (FollowUp.Status.SENT, FollowUp.Status.ANSWERED)


@dataclass(frozen=True)
class Wish:
    """What somebody said should happen next, at the end of their check-in."""

    code: str = ""
    day: date | None = None


def wish_in(response: Response) -> Wish:
    answers = instruments.standing(instrument_of(response), answers_of(response))
    codes = answers.get("next", {}).get("codes", [""])
    day = answers.get("next-day", {}).get("date")
    return Wish(codes[0], date.fromisoformat(day) if day else None)


def attendances(viewer: access.Viewer, room: Participant) -> list[Attendance]:
    """One's own copies of every appointment, the newest first."""
    return list(Attendance.objects.visible_to(viewer).filter(participant=room).order_by("-published_at"))


def booked(own: list[Attendance]) -> Attendance | None:
    return next((one for one in own if one.status == Attendance.Status.BOOKED), None)


def promises(viewer: access.Viewer, room: Participant) -> QuerySet[Promise]:
    return Promise.objects.visible_to(viewer).filter(participant=room).order_by("due_on", "made_at")


def looking_back_open(viewer: access.Viewer, room: Participant) -> bool:
    """A contact has gone out and waits for an answer."""
    own = FollowUp.objects.visible_to(viewer).filter(participant=room)
    return own.filter(status=FollowUp.Status.SENT).exists()


def looking_back_known(viewer: access.Viewer, room: Participant) -> bool:
    return FollowUp.objects.visible_to(viewer).filter(participant=room, status__in=OPENED).exists()
