"""Asking for a peer: how to reach somebody and when. There is no field for what happened."""

from datetime import date, datetime, time, timedelta
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from healing import clock, sms
from healing.forms import HealingForm
from healing.models import Site
from healing.templatetags.healing import day_words
from support import tickets
from support.codes import WHEN

DAYS_AHEAD = 14
MOMENT = 5  # seconds: not worth telling
MOST_BYTES = 200  # of an address; sealed, the table takes no more
WAYS = [("phone", _("Call")), ("text", _("Text")), ("email", _("Email"))]  # in one line on a phone
AS_TYPED = {"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}  # and not remembered


class AskingForm(HealingForm):
    """Times are the site's own. Browsers are told to remember nothing."""

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        self.site = site
        super().__init__(*args, **kwargs)


class ReachForm(AskingForm):
    reach_by = forms.ChoiceField(
        label=_("How can we reach you?"), choices=WAYS, widget=forms.RadioSelect, initial="phone"
    )
    contact = forms.CharField(
        label=_("Your number or email address"),
        max_length=100,
        widget=forms.TextInput(attrs=AS_TYPED),
        error_messages={"required": _("Write the number or the address at which we can reach you.")},
    )
    submit = _("Save")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        written, reach_by = cleaned.get("contact"), cleaned.get("reach_by")
        if written and reach_by:
            try:
                cleaned["contact"] = address(written, reach_by)
            except ValidationError as error:
                self.add_error("contact", error)
        return cleaned


def address(written: str, reach_by: str) -> str:
    """The number in digits, or the email address as it was written."""
    if reach_by == "email":
        if "@" not in written:
            raise ValidationError(_("Write an email address, like name@example.org. Or choose “Call” above."))
        return email_address(written)
    if "@" in written:
        raise ValidationError(_("This is an email address. Choose “Email” above, or write a number."))
    return sms.normalised(written)


def email_address(written: str) -> str:
    """As it was written, if a letter can be sent to it and our table has room for it."""
    try:
        validate_email(written)
    except ValidationError as error:
        raise ValidationError(_("Write an email address, like name@example.org.")) from error
    if len(written.encode()) > MOST_BYTES:
        raise ValidationError(_("This address is too long for us. Write a shorter one, if you have one."))
    return written


class TimeForm(AskingForm):
    """`at` is added to what was cleaned: the moment that was chosen, or nothing.

    The day and the time count where “At a time I choose” is chosen, and are out of sight where it is not.
    """

    when = forms.ChoiceField(label=_("When is a good time?"), choices=WHEN, widget=forms.RadioSelect, initial="now")
    day = forms.ChoiceField(
        label=_("Day"),
        required=False,
        error_messages={"invalid_choice": _("This day has passed. Choose another day, or “As soon as possible”.")},
    )
    time = forms.TimeField(
        label=_("Time"),
        required=False,
        input_formats=["%H:%M", "%H.%M", "%H:%M:%S", "%H"],
        widget=forms.TimeInput(attrs={"type": "time", "class": "govuk-input--width-5", "autocomplete": "off"}),
        error_messages={"invalid": _("Write the time like 15:30.")},
    )
    submit = _("Save the new time")
    mark_optional = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = clock.today(self.site.time_zone)
        days = [today + timedelta(days=ahead) for ahead in range(DAYS_AHEAD)]
        self.fields["day"].choices = [(day.isoformat(), day_words(day)) for day in days]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["at"] = None
        if cleaned.get("when") == "at":
            cleaned["at"] = self._moment(cleaned)
        else:
            for name in ("day", "time"):
                self.errors.pop(name, None)
                cleaned[name] = None
        return cleaned

    def _moment(self, cleaned: dict[str, Any]) -> datetime | None:
        if "day" in self.errors or "time" in self.errors:
            return None
        if not cleaned["day"]:
            self.add_error("day", _("Choose the day. Or choose another answer above."))
            return None
        if not cleaned["time"]:
            self.add_error("time", _("Write the time, like 15:30. Or choose another answer above."))
            return None
        at = moment(cleaned["day"], cleaned["time"], self.site)
        if at <= clock.now():
            self.add_error("time", _("This time has passed. Choose a later one, or “As soon as possible”."))
        return at


def moment(day: str, wall: time, site: Site) -> datetime:
    return datetime.combine(date.fromisoformat(day), wall, ZoneInfo(site.time_zone))


class TicketForm(ReachForm, TimeForm):
    """What is sent to ask: it carries a ticket, so that many forms can be slowed down and none counts twice."""

    ticket = forms.CharField(widget=forms.HiddenInput, required=False, initial=tickets.new)
    field_order = ["reach_by", "contact", "when", "day", "time"]  # as on the page; what is to be mended is listed so
    submit = _("Send")
    mark_optional = False
    extra: tuple[str, ...] = ()  # shown below the two questions
    carried: tickets.Ticket
    summary: Any = ""  # in place of what the page says of a form that was not taken

    @property
    def more(self) -> list[forms.BoundField]:
        return [self[name] for name in self.extra]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        try:
            self.carried = tickets.read(cleaned.pop("ticket", ""))
        except tickets.BadTicket as error:
            self.data = self.data.copy()
            self.data["ticket"] = tickets.new()
            self.add_error(None, str(error))
        return cleaned

    def wait(self, lately: int) -> int:
        """For how many seconds this form is not taken yet. Everything in it is kept."""
        ticket = tickets.since_another(self.carried, self.secret)
        seconds = ceil(tickets.wait(ticket, lately).total_seconds())
        if not seconds:
            tickets.use(ticket, self.secret)
        elif seconds < MOMENT:
            self.summary = _("Press Send once more")
            self.add_error(None, _("Nothing is lost. All you wrote is still here."))
        elif seconds:
            words = ngettext(
                "Many people ask just now. Wait for %(seconds)d second, then press Send again. "
                "All you wrote is still here.",
                "Many people ask just now. Wait for %(seconds)d seconds, then press Send again. "
                "All you wrote is still here.",
                seconds,
            )
            self.add_error(None, words % {"seconds": seconds})
        return seconds

    def wish(self) -> dict[str, Any]:
        """What the request is made of."""
        return {name: self.cleaned_data[name] for name in ("reach_by", "contact", "when", "at")}

    @property
    def secret(self) -> str:
        """What reply words are made of: the ticket and all that was said. Whoever saw only the ticket opens nothing."""
        said = sorted((name, str(value)) for name, value in self.wish().items())
        return f"{self.carried.nonce}:{said}"
