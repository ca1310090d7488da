"""The people in a case, as the workbench shows them."""

from cases.models import Case, Invitation, Participant, SafeContact
from healing import sealed
from healing.access import Viewer


def in_case(viewer: Viewer, case: Case) -> list[Participant]:
    """Everybody, by side and in the order they came, with their names open."""
    people = Participant.objects.visible_to(viewer).filter(case=case, left_at=None).order_by("side", "created_at")
    found = list(people)
    sealed.unlock(person.pk for person in found)
    return found


def contact(viewer: Viewer, person: Participant) -> SafeContact | None:
    return SafeContact.objects.visible_to(viewer).filter(participant=person).first()


def newest_invitation(viewer: Viewer, person: Participant) -> tuple[Invitation | None, bool]:
    """The last one, and whether its link and code would still open the room."""
    newest = Invitation.objects.visible_to(viewer).filter(participant=person).order_by("-created_at").first()
    return newest, bool(newest and newest.stands)
