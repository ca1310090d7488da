"""The one page that everything in a room starts from, and the one page of a supporter or an interpreter."""

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse

from cases import texts
from cases.models import Participant
from cases.models.people import PauseReason
from cases.pages import RoomPage
from cases.queries import rooms as own
from facilitation.queries import rooms
from facilitation.views.rooms.tasks import Tasks
from healing import access
from healing.pages import SIGNED_IN, Page
from healing.templatetags.healing import day_words


class Rooms(Page):
    """Somebody who takes part in more than one matter chooses a room."""

    who = SIGNED_IN
    template = "rooms/rooms.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        mine = Participant.objects.visible_to(self.viewer).filter(pk__in=self.viewer.rooms)
        return self.render(rooms=mine.select_related("site", "guide").order_by("created_at"))


class Hub(RoomPage):
    for_guests = True
    template = "rooms/hub.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if self.room.is_guest:
            return self.guest()
        tasks = Tasks(self.viewer, self.room)
        return self.render(
            tasks=tasks.all(),
            stopped=tasks.stopped,
            notices=notices(self.viewer, self.room),
            paused_by_self=self.room.pause_reason == PauseReason.OWN_WISH,
            pause_url="",
        )

    def guest(self) -> HttpResponse:
        """When, where, ground rules. Nothing else is open to them."""
        appointment = rooms.booked(rooms.attendances(self.viewer, self.room))
        return self.render("rooms/guest.html", appointment=appointment, pause_url="", stop_url="")


def notices(viewer: access.Viewer, room: Participant) -> list[dict[str, Any]]:
    """What was published into this room, newest first, with dates only."""
    zone = ZoneInfo(room.site.time_zone)
    published = []
    for notice in own.notices(viewer, room):
        words = texts.notice(notice.code, notice.version)
        sentences = words.filled(date=day_words(notice.day) if notice.day else "")
        day = notice.published_at.astimezone(zone).date()
        published.append({"title": words.title, "day": day, "sentences": sentences})
    return published
