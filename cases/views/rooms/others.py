"""Something for you, how to reach me safely, who looked, and pausing everything."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from cases import door
from cases.actions import people
from cases.forms.contact import OwnContactForm
from cases.models import SafeContact
from cases.models.people import PauseReason
from cases.pages import RoomPage
from cases.queries import rooms
from healing.pages import FormPage, found

LOOKS_A_PAGE = 50


class ForYou(RoomPage):
    """Words that somebody let me read, if I would like to."""

    template = "rooms/for_you.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.render(deliveries=rooms.deliveries(self.viewer, self.room), back_url=self.hub())


class ReadIt(RoomPage):
    def post(self, request: HttpRequest, delivery: UUID, **kwargs: Any) -> HttpResponse:
        row = found(rooms.deliveries(self.viewer, self.room), pk=delivery)
        door.receive(by=self.viewer, delivery=row)
        return self.go("room_deliveries", self.room.pk)


class NotNow(RoomPage):
    def post(self, request: HttpRequest, delivery: UUID, **kwargs: Any) -> HttpResponse:
        row = found(rooms.deliveries(self.viewer, self.room), pk=delivery)
        door.turn_down(by=self.viewer, delivery=row)
        return self.go("room_deliveries", self.room.pk)


class Contact(RoomPage, FormPage):
    """How to reach me safely. Anything not named safe is not used."""

    template = "rooms/contact.html"
    form_class = OwnContactForm

    def initial(self) -> dict[str, Any]:
        card = SafeContact.objects.visible_to(self.viewer).filter(participant=self.room).first()
        return {name: getattr(card, name) for name in people.CARD} if card else {}

    def context(self) -> dict[str, Any]:
        return super().context() | {"back_url": self.hub()}

    def done(self, form: OwnContactForm) -> HttpResponse:
        people.save_contact(by=self.viewer, participant=self.room, **form.cleaned_data)
        messages.success(self.request, _("Saved. We use only what you named as safe."))
        return self.go("room", self.room.pk)


class Looked(RoomPage):
    template = "rooms/looked.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        looks = Paginator(rooms.looks(self.viewer, self.room), LOOKS_A_PAGE)
        return self.render(page=looks.get_page(request.GET.get("page")), back_url=self.hub())


class Pause(RoomPage):
    """Pause everything. The page says what that does; one press does it."""

    template = "rooms/pause.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.render(back_url=self.hub(), pause_url="")

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        people.pause(by=self.viewer, participant=self.room, reason=PauseReason.OWN_WISH)
        messages.success(request, _("We have paused everything. Nothing will be sent. You can start again any time."))
        return self.go("room", self.room.pk)


class Resume(RoomPage):
    """Start again what I have paused myself."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if self.room.pause_reason in ("", PauseReason.OWN_WISH):
            people.resume(by=self.viewer, participant=self.room)
            messages.success(request, _("You have started again."))
        return self.go("room", self.room.pk)
