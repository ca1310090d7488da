"""The people of a case as the workbench names them: always the full name and the side's word."""

from collections.abc import Iterable

from cases.models import Case, Participant
from cases.models.people import Side
from healing import sealed
from healing.access import Viewer


def called(person: Participant) -> str:
    """Maria Lopez (family): on every button and in every sentence, so that two sides are never mixed up."""
    return f"{person.name} ({Side(person.side).label.lower()})"


def everybody_in(viewer: Viewer, case: Case) -> list[Participant]:
    """Everybody who is in the case now, family first, in the order they were added; their names can be read."""
    people = Participant.objects.visible_to(viewer).filter(case=case, left_at=None).select_related("guide")
    return unlocked(people.order_by("side", "created_at", "id"))


def unlocked(people: Iterable[Participant]) -> list[Participant]:
    found = list(people)
    sealed.unlock(person.pk for person in found)
    return found


def named(people: Iterable[Participant]) -> str:
    """Maria Lopez (family), Jon Lopez (family) and Rana Chen (staff)."""
    *first, last = [called(person) for person in people] or [""]
    return f"{', '.join(first)} and {last}" if first else last
