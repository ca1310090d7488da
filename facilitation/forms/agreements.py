"""What was agreed, and what somebody promised to do by a day."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.models import Participant
from facilitation.forms.people import words
from facilitation.queries.people import called
from healing.forms import DatePartsField, HealingForm


class AgreementForm(HealingForm):
    text = words(
        _("What did everybody agree to keep in writing?"), hint=_("Read it out, and write only what all agree to.")
    )
    promise = words(_("A promise that somebody made"), required=False, hint=_("Say what will be done."))
    owner = forms.CharField(label=_("Who promised it?"), required=False, max_length=120)
    due_on = DatePartsField(label=_("By which day?"), required=False)
    to = forms.MultipleChoiceField(
        label=_("To whom? They see it on their page until it is settled."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    submit = _("Keep it")

    def __init__(self, *args: Any, people: list[Participant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_key = {str(person.pk): person for person in people}
        self.fields["to"].choices = [(key, called(person)) for key, person in self.by_key.items()]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("promise"):
            self._need(cleaned, "owner", _("Say who promised it."))
            self._need(cleaned, "due_on", _("Give the day by which it will be done."))
            self._need(cleaned, "to", _("Choose to whom it was promised."))
        return cleaned

    def _need(self, cleaned: dict[str, Any], name: str, sentence: Any) -> None:
        if not cleaned.get(name) and name not in self.errors:
            self.add_error(name, sentence)

    def recorded(self) -> dict[str, Any]:
        due_on: date | None = self.cleaned_data["due_on"]
        return {
            "text": self.cleaned_data["text"],
            "promise": self.cleaned_data["promise"],
            "owner": self.cleaned_data["owner"],
            "due_on": due_on,
            "to": [self.by_key[key] for key in self.cleaned_data["to"]],
        }
