"""What whoever asked may do later, with their reply words or in their account."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from healing import clock
from healing.forms import DatePartsField, HealingForm
from support import words
from support.codes import ANSWERS, MET_NEED
from support.forms.asking import AS_TYPED, AskingForm, email_address
from support.models import Request

FARTHEST = timedelta(days=5 * 366)


class WordsForm(HealingForm):
    words = forms.CharField(
        label=_("Your twelve words"),
        help_text=_("Write them in a row, with a space between them. Big or small letters are both fine."),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 4, "autocorrect": "off", **AS_TYPED}),
        error_messages={"required": _("Write the twelve words that we gave you.")},
    )
    submit = _("Show where it stands")

    def clean_words(self) -> str:
        try:
            return words.read(self.cleaned_data["words"])
        except words.UnknownWord as error:
            raise ValidationError(str(error)) from error


class SureForm(AskingForm):
    """One button."""


class AnswerForm(AskingForm):
    answer = forms.ChoiceField(label=_("What would you like to say?"), choices=ANSWERS, widget=forms.RadioSelect)
    submit = _("Send this answer")


class RateForm(AskingForm):
    met_need = forms.ChoiceField(
        label=_("Did it help?"),
        choices=MET_NEED,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose an answer, or close this page. Both are fine.")},
    )
    submit = _("Send my answer")

    @classmethod
    def about(cls, request: Request) -> "RateForm":
        """With what was said before, if it was."""
        return cls(site=request.site, initial={"met_need": request.met_need})


class RemindForm(AskingForm):
    on = DatePartsField(label=_("On which day?"))
    address = forms.EmailField(
        label=_("Your email address"),
        max_length=100,
        widget=forms.EmailInput(attrs=AS_TYPED),
        error_messages={"invalid": _("Write an email address, like name@example.org.")},
    )
    submit = _("Write to me on this day")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """One example everywhere, of a day that is still to come."""
        super().__init__(*args, **kwargs)
        year = clock.today(self.site.time_zone).year + 1
        self.fields["on"].help_text = gettext("Like 27 3 %(year)d") % {"year": year}
        self.fields["on"].error_messages |= {
            "required": gettext("Give a date, like 27 3 %(year)d.") % {"year": year},
            "invalid": gettext("We could not read that date. Try it like this: 27 3 %(year)d.") % {"year": year},
            "year": gettext("Write the year with four numbers, like %(year)d.") % {"year": year},
        }

    def clean_on(self) -> date:
        on, today = self.cleaned_data["on"], clock.today(self.site.time_zone)
        if on <= today:
            raise ValidationError(_("This day has passed or is today. Choose a later one."))
        if on > today + FARTHEST:
            raise ValidationError(_("Choose a day in the next five years."))
        return on

    def clean_address(self) -> str:
        return email_address(self.cleaned_data["address"])
