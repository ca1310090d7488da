"""The two kinds of pages in a case: in a room, and at the workbench."""

from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from django.urls import reverse

from cases.models import Case, Participant
from healing import audit, sealed
from healing.pages import ROOM, WORKBENCH, Page, found
from healing.sites import set_site


class RoomPage(Page):
    """A participant's own page. It reads rows of this room and nothing else."""

    who = ROOM
    room: Participant
    for_guests: ClassVar[bool] = False  # supporters and interpreters have one page, and no other

    def enter(self, room: UUID, **kwargs: Any) -> None:
        own = Participant.objects.visible_to(self.viewer).filter(pk__in=self.viewer.rooms)
        self.room = found(own.select_related("site", "guide"), pk=room)
        if self.room.is_guest and not self.for_guests:
            raise Http404
        set_site(self.request, self.room.site)

    def context(self) -> dict[str, Any]:
        return {"room": self.room, "guide": self.room.guide.name, "pause_url": self.hub(), "stop_url": self.stop()}

    def stop(self) -> str:
        return self.url("room_consent", "take-part")

    def url(self, name: str, *args: Any) -> str:
        """An address in this room."""
        return reverse(name, args=[self.room.pk, *args])

    def hub(self) -> str:
        return reverse("room", args=[self.room.pk])

    def back(self) -> str:
        return self.hub()


class CasePage(Page):
    """A page at the workbench, for the facilitators assigned to the case. Opening it is recorded."""

    who = WORKBENCH
    case: Case

    def enter(self, case: UUID, **kwargs: Any) -> None:
        assigned = Case.objects.visible_to(self.viewer).filter(pk__in=self.viewer.cases)
        self.case = found(assigned.select_related("site"), pk=case)
        set_site(self.request, self.case.site)

    def context(self) -> dict[str, Any]:
        return {"case": self.case, "nav_current": "cases"}

    def back(self) -> str:
        return reverse("case", args=[self.case.pk])

    def recorded(self, verb: str, *rows: Any) -> None:
        """Write down that these were looked at, before anything is shown."""
        audit.record_many(by=self.viewer, verb=verb, subjects=rows)


class PersonPage(CasePage):
    """One person's page at the workbench. Looking into a room is recorded in that room's own chain."""

    person: Participant

    def enter(self, case: UUID, person: UUID, **kwargs: Any) -> None:
        super().enter(case=case)
        people = Participant.objects.visible_to(self.viewer).filter(case=self.case)
        self.person = found(people.select_related("site", "guide"), pk=person)
        sealed.unlock([self.person.pk])

    def context(self) -> dict[str, Any]:
        return super().context() | {"person": self.person}

    def back(self) -> str:
        return reverse("person", args=[self.case.pk, self.person.pk])
