"""The task list of a room: each line from this room's own rows, in words that are the same whatever others did."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases import consent_things
from cases.consent_things import Thing
from cases.models import Participant, SafeContact
from cases.models.consent import ConsentStatus, Purpose
from cases.queries import rooms as own
from facilitation.queries import readiness, rooms
from facilitation.queries.rooms import Wish
from facilitation.views.rooms.answering import CHECK_IN, LOOKING_BACK
from healing import access
from healing.templatetags.healing import day_words

Line = dict[str, Any]


class Tasks:
    """Asks each thing once."""

    def __init__(self, viewer: access.Viewer, room: Participant) -> None:
        self.viewer, self.room = viewer, room
        self.zone = ZoneInfo(room.site.time_zone)
        self.consents = own.consents(viewer, room)

    @property
    def stopped(self) -> bool:
        """They said not now to taking part, or took their yes back."""
        taking_part = self.consents.get(Thing(Purpose.TAKE_PART))
        return bool(taking_part) and taking_part.status in (ConsentStatus.DECLINED, ConsentStatus.WITHDRAWN)

    def all(self) -> list[Line]:
        lines: list[Callable[[], Line | None]] = [
            self.check_in,
            self.yes,
            self.shared,
            self.for_me,
            self.conversation,
            self.promises,
            self.looking_back,
            self.contact,
            self.looked,
        ]
        return [line for make in lines if (line := make())]

    def line(self, title: str, url: str, status: str, hint: str = "") -> Line:
        return {"title": title, "url": reverse(url, args=[self.room.pk]), "status": status, "hint": hint}

    def day(self, moment: datetime) -> str:
        return day_words(moment.astimezone(self.zone))

    def check_in(self) -> Line:
        name = CHECK_IN.instrument_for(self.room.side)
        last = readiness.last_sent(self.viewer, self.room, name)
        wish = rooms.wish_in(last) if last else Wish()
        status = _("Sent on %(day)s") % {"day": self.day(last.sent_at)} if last else _("Not started")
        if readiness.draft(self.viewer, self.room, name):
            status = _("Started")
        return self.line(_("Check-in"), "check_in", status, wished(wish) or _("How it is for you now"))

    def yes(self) -> Line:
        held = {thing: self.consents.get(thing) for thing in own.things(self.room, self.consents)}
        first = Thing(Purpose.TAKE_PART)
        asked = [thing for thing, row in held.items() if row and row.status == ConsentStatus.ASKED]
        waits = asked or held[first] is None or held[first].status == ConsentStatus.NOT_ASKED
        status = _("Something to answer") if waits else _("Nothing to answer")
        return self.line(_("What I say yes to"), "room_consents", status, _("You can change each answer at any time"))

    def shared(self) -> Line:
        row = self.consents.get(consent_things.sharing(self.room))
        if row and row.stands:
            status = _("You said yes")
        else:
            status = _("Written, not shared") if row and row.words else _("Nothing shared")
        return self.line(_("What I share"), "room_words", status, _("You see the exact words before they go anywhere"))

    def for_me(self) -> Line | None:
        came = list(own.deliveries(self.viewer, self.room))
        if not came:
            return None
        new = any(not (row.received_at or row.not_wanted_at or row.closed_at) for row in came)
        status = _("There is something") if new else _("Seen")
        return self.line(_("Something for you"), "room_deliveries", status, _("You choose if you want to read it"))

    def conversation(self) -> Line:
        appointment = rooms.booked(rooms.attendances(self.viewer, self.room))
        status = self.day(appointment.starts_at) if appointment else _("Nothing is booked")
        return self.line(_("Your conversation"), "room_conversation", status)

    def promises(self) -> Line:
        made = rooms.promises(self.viewer, self.room)
        status = ngettext("%(n)d promise", "%(n)d promises", len(made)) % {"n": len(made)} if made else _("None yet")
        return self.line(_("Promises"), "room_promises", status)

    def looking_back(self) -> Line | None:
        if not rooms.looking_back_known(self.viewer, self.room):
            return None
        waits = rooms.looking_back_open(self.viewer, self.room)
        draft = readiness.draft(self.viewer, self.room, LOOKING_BACK.instrument)
        status = _("Started") if draft else _("Not started") if waits else _("Sent")
        return self.line(_("Looking back"), "looking_back", status, _("How it was for you"))

    def contact(self) -> Line:
        card = SafeContact.objects.visible_to(self.viewer).filter(participant=self.room).first()
        status = _("Checked on %(day)s") % {"day": self.day(card.confirmed_at)} if card else _("Not given yet")
        return self.line(_("How to reach me safely"), "room_contact", status)

    def looked(self) -> Line:
        return self.line(_("Who looked"), "room_looked", _("See the days"))


def wished(wish: Wish) -> str:
    """What follows from their own last words."""
    if wish.day:
        return _("We will not ask again until %(day)s, the day you chose.") % {"day": day_words(wish.day)}
    if wish.code == "stop":
        return _("You said: stop for now. We do not ask again. You can start again any time.")
    return ""
