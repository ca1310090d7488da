"""Putting somebody on call, and copying a week."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from healing import clock
from healing.forms import DatePartsField, HealingForm
from healing.models import Site
from support.actions.rota import MOST_WEEKS
from support.wall_clock import SkippedTime, moment

TIMES = ["%H:%M", "%H.%M", "%H%M", "%H"]


class WallTime(forms.TimeField):
    widget = forms.TextInput(attrs={"class": "govuk-input--width-5", "inputmode": "text"})

    def __init__(self, **kwargs: Any) -> None:
        errors = {"invalid": _("Write the time like this: 07:30."), "required": _("Give a time, like 07:30.")}
        super().__init__(input_formats=TIMES, error_messages=errors, **kwargs)


class ShiftForm(HealingForm):
    """The times are those on the wall at the site."""

    submit = _("Put on call")
    secondary = ("another", _("Put on call, and add another"))
    supporter = forms.ChoiceField(label=_("Who?"), widget=forms.Select)
    day = DatePartsField(label=_("On which day does it begin?"))
    starts = WallTime(label=_("From"), help_text=_("Like 07:30."))
    ends = WallTime(
        label=_("To"), help_text=_("Like 19:00. On the next day, when this is not later than the beginning.")
    )

    def __init__(self, *args: Any, site: Site, supporters: list[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.site = site
        self.fields["supporter"].choices = [("", _("Choose a person")), *((str(pk), name) for pk, name in supporters)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not {"day", "starts", "ends"} <= cleaned.keys():
            return cleaned
        day, starts, ends = (cleaned[name] for name in ("day", "starts", "ends"))
        if abs(day.year - clock.now().year) > 1:
            self.add_error("day", _("Choose a day of this year or the next."))
            return cleaned
        cleaned["starts_at"] = self._moment("starts", day)
        cleaned["ends_at"] = self._moment("ends", day + timedelta(days=1 if ends <= starts else 0))
        if cleaned["ends_at"] and cleaned["ends_at"] <= clock.now():
            self.add_error("day", _("This time is over already. Choose one that is still to come."))
        return cleaned

    def _moment(self, name: str, day: date) -> datetime | None:
        try:
            return moment(day, self.cleaned_data[name], self.site.time_zone)
        except SkippedTime as error:
            self.add_error(name, str(error))
            return None


class CopyForm(HealingForm):
    submit = _("Copy this week")
    weeks = forms.IntegerField(
        label=_("To how many of the next weeks?"),
        min_value=1,
        max_value=MOST_WEEKS,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-2", "inputmode": "numeric"}),
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), _("Write a number between 1 and 12.")
        ),
    )
    fill = forms.ChoiceField(
        label=_("What if people are on call there already?"),
        choices=[("gaps", _("Fill only the gaps")), ("add", _("Add to what is there"))],
        initial="gaps",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fill"].hints = {
            "gaps": _("Only hours in which nobody can be called. A shift is made shorter where that is needed."),
            "add": _("Also where somebody is on call. Then two are called in turn."),
        }
