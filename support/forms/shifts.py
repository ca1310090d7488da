"""Giving a shift away, being away, and one's own record."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from healing import clock, push, sms
from healing.forms import DatePartsField, HealingForm
from healing.languages import joined, language_label
from healing.models import Site
from support import codes
from support.forms.giving import Folded
from support.models import Supporter, Unit

ANYBODY = [("", _("Whoever takes it"))]
TIME = {
    "help_text": _("For example, 14:30."),
    "required": False,
    "error_messages": {"invalid": _("Write the time like this: 14:30.")},
}
NARROW = {"class": "govuk-input--width-5", "inputmode": "text"}
DAY = timedelta(days=1)


class OfferForm(HealingForm):
    to = forms.ChoiceField(label=_("Who may have it?"), required=False, widget=forms.RadioSelect)
    submit = _("Offer this shift")
    mark_optional = False

    def __init__(self, *args: Any, colleagues: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = ANYBODY + colleagues


class AwayForm(HealingForm):
    """From when until when, by the clock on the wall. One day is needed: an empty form would take them off at once.

    Without the first day it begins now, without the last it goes on until they say that they are back.
    """

    first = DatePartsField(label=_("From which day?"), help_text=_("Leave this empty to begin now."), required=False)
    first_at = forms.TimeField(label=_("From what time?"), widget=forms.TextInput(attrs=NARROW), **TIME)
    last = DatePartsField(
        label=_("Until which day?"), help_text=_("Leave this empty: until you say that you are back."), required=False
    )
    last_at = forms.TimeField(label=_("Until what time?"), widget=forms.TextInput(attrs=NARROW), **TIME)
    submit = _("Do not call me then")
    mark_optional = False

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = ZoneInfo(site.time_zone)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for day, at in (("first", "first_at"), ("last", "last_at")):
            if cleaned.get(at) and not cleaned.get(day) and day not in self.errors:
                self.add_error(day, _("Give the day that this time is on."))
        if not self.errors and not cleaned.get("first") and not cleaned.get("last"):
            self.add_error("first", _("Give a day. To be away at once, press “Away from now on”."))
        if not self.errors:
            cleaned["starts_at"], cleaned["ends_at"] = self._starts(cleaned), self._ends(cleaned)
            if cleaned["ends_at"] and cleaned["ends_at"] <= max(cleaned["starts_at"], clock.now()):
                self.add_error("last", _("Choose a day and a time that come later."))
        return cleaned

    def _starts(self, said: dict[str, Any]) -> datetime:
        if not said.get("first"):
            return clock.now()
        return self._moment(said["first"], said.get("first_at") or time(), fold=0)

    def _ends(self, said: dict[str, Any]) -> datetime | None:
        """A day without a time is away to its end."""
        if not said.get("last"):
            return None
        if not said.get("last_at"):
            return self._moment(said["last"] + DAY, time(), fold=0)
        return self._moment(said["last"], said["last_at"], fold=1)

    def _moment(self, day: date, at: time, fold: int) -> datetime:
        """An hour that comes twice is away both times."""
        return datetime.combine(day, at.replace(fold=fold), self.zone).astimezone(UTC)


class MyselfForm(HealingForm):
    """What a supporter says about themselves. Unit, training and dates are the coordinator's."""

    languages = forms.MultipleChoiceField(
        label=_("In which languages can you support?"), widget=forms.CheckboxSelectMultiple
    )
    profession = forms.ChoiceField(label=_("Your work"), choices=codes.PROFESSIONS)
    capacity = forms.TypedChoiceField(
        label=_("How many people can you look after at one time?"),
        choices=[(count, str(count)) for count in range(1, 10)],
        coerce=int,
    )
    listed = forms.BooleanField(
        label=_("My name may be shown where colleagues ask, so that they can choose me"), required=False
    )
    backup = forms.BooleanField(label=_("I may be asked when I am off duty and nobody on call can"), required=False)
    not_for = forms.MultipleChoiceField(
        label=_("Do not call me for colleagues from"),
        help_text=_("Nobody asks why, and nobody else sees this. We do not always know where somebody works."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("One of these units is not there any more. Look through the list again.")},
    )
    submit = _("Save")
    mark_optional = False

    def __init__(self, *args: Any, supporter: Supporter, units: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {str(unit.pk): unit for unit in units}
        folded = [Folded(_("Units that I would rather not be called for"), "not_for")] if units else []
        self.layout = Layout(*(name for name in self.fields if name != "not_for"), *folded)
        self.fields["not_for"].choices = [(pk, unit.name) for pk, unit in self.units.items()]
        known = [*supporter.site.languages.split(","), *supporter.languages.split(",")]
        self.fields["languages"].choices = [(code, language_label(code)) for code in dict.fromkeys(known)]

    def clean_languages(self) -> str:
        return joined(self.cleaned_data["languages"])

    def clean_not_for(self) -> list[Unit]:
        return [self.units[pk] for pk in self.cleaned_data["not_for"]]


class NumberForm(HealingForm):
    address = forms.CharField(
        label=_("A number for text messages"),
        help_text=_("The text says “A message for you” and where to sign in. It says no more."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "class": "govuk-input--width-20"}),
    )
    submit = _("Add this number")

    def clean_address(self) -> str:
        return sms.normalised(self.cleaned_data["address"])


class DeviceForm(HealingForm):
    endpoint = forms.CharField(max_length=1000, validators=[push.validate_endpoint])
