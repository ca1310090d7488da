"""My conversation: my own copy of when and where, and the promises that were made to me."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from cases.consent_things import Thing
from cases.models.consent import ConsentStatus, Purpose
from cases.pages import RoomPage
from cases.queries import rooms as own
from facilitation.actions import agreements
from facilitation.models import Attendance, Commitment
from facilitation.queries import rooms
from healing import calendar
from healing.pages import found


class Conversation(RoomPage):
    """When, where, who, ground rules; and the ways to change it or not to have it."""

    template = "rooms/conversation.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        copies = rooms.attendances(self.viewer, self.room)
        appointment = rooms.booked(copies)
        past = next((one for one in copies if one.status == Attendance.Status.PAST), None)
        meet = Thing(Purpose.MEET, form=appointment.form) if appointment else None
        consent = own.consents(self.viewer, self.room).get(meet) if meet else None
        stands = consent is not None and consent.status == ConsentStatus.GIVEN
        return self.render(appointment=appointment, past=past, meet=meet, stands=stands, back_url=self.hub())


class Calendar(RoomPage):
    """A file for one's own calendar, with nobody else in it."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        appointment = rooms.booked(rooms.attendances(self.viewer, self.room))
        if appointment is None:
            raise Http404
        file = calendar.appointment(
            appointment.pk,
            starts=appointment.starts_at,
            minutes=appointment.minutes,
            zone=self.room.site.time_zone,
        )
        response = HttpResponse(file, content_type="text/calendar; charset=utf-8")
        response.headers["Content-Disposition"] = 'attachment; filename="appointment.ics"'
        return response


class Promises(RoomPage):
    """Who took on what, and by when. It stays here until I say that it is settled, or am told that it was not done."""

    template = "rooms/promises.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        can_settle = (Commitment.Status.DONE, Commitment.Status.NOT_DONE)
        promises = rooms.promises(self.viewer, self.room)
        return self.render(promises=promises, can_settle=can_settle, back_url=self.hub())


class Settle(RoomPage):
    def post(self, request: HttpRequest, promise: UUID, **kwargs: Any) -> HttpResponse:
        row = found(rooms.promises(self.viewer, self.room), pk=promise)
        agreements.settle(by=self.viewer, promise=row)
        messages.success(request, _("Noted. You said that this is settled for you."))
        return self.go("room_promises", self.room.pk)
