"""A supporter's record, and what they have learnt."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from healing import clock
from healing.forms import DatePartsField, HealingForm
from healing.languages import joined, language_label
from healing.models import Site
from support.codes import COMPETENCES, PROFESSIONS
from support.models import Supporter, Unit
from support.queries.supporters import competence_words

SMALL = {"class": "govuk-input--width-2", "inputmode": "numeric"}


class SupporterForm(HealingForm):
    submit = _("Save")
    unit = forms.ChoiceField(label=_("Where do they work?"), required=False, widget=forms.Select)
    profession = forms.ChoiceField(label=_("Profession"), choices=PROFESSIONS, widget=forms.Select)
    languages = forms.MultipleChoiceField(
        label=_("Languages in which they support"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one language.")},
    )
    capacity = forms.IntegerField(
        label=_("How many people may they look after at one time?"),
        min_value=1,
        max_value=9,
        widget=forms.TextInput(attrs=SMALL),
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), _("Write a number between 1 and 9.")
        ),
    )
    leads = forms.MultipleChoiceField(
        label=_("Units they lead"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They are never called for somebody who works there."),
    )

    def __init__(self, *args: Any, site: Site, units: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {str(unit.pk): unit for unit in units}
        spoken = dict.fromkeys([*site.languages.split(","), *(self.initial.get("languages") or ())])
        choices = [(pk, unit.name) for pk, unit in self.units.items()]
        self.fields["unit"].choices = [("", _("Not given")), *choices]
        self.fields["leads"].choices = choices
        self.fields["languages"].choices = [(one, language_label(one)) for one in spoken]

    def clean_unit(self) -> Unit | None:
        return self.units.get(self.cleaned_data["unit"])

    def clean_leads(self) -> list[Unit]:
        return [self.units[pk] for pk in self.cleaned_data["leads"]]

    def clean_languages(self) -> str:
        return joined(self.cleaned_data["languages"])


class NewSupporterForm(SupporterForm):
    submit = _("Add this supporter")
    person = forms.ChoiceField(label=_("Who?"), widget=forms.Select)
    field_order = ("person",)

    def __init__(self, *args: Any, people: list[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", _("Choose a person")), *((str(pk), name) for pk, name in people)]

    def clean_person(self) -> UUID:
        return UUID(self.cleaned_data["person"])


class CompetenceForm(HealingForm):
    submit = _("Save")
    number = forms.ChoiceField(
        label=_("Which competence?"),
        widget=forms.Select,
        help_text=_(
            "By its RESCUE number. What each of them means is described at cost-rescue.eu. "
            "Nobody is on call without COM13, keeping confidence."
        ),
    )
    gained_on = DatePartsField(label=_("Since when?"))
    expires_on = DatePartsField(label=_("Until when is it valid?"), required=False)

    def __init__(self, *args: Any, supporter: Supporter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = clock.today(supporter.site.time_zone)
        self.fields["number"].choices = [
            ("", _("Choose one")),
            *((key, competence_words(key)) for key, _name in COMPETENCES),
        ]

    def clean_gained_on(self) -> Any:
        if self.cleaned_data["gained_on"] > self.today:
            raise ValidationError(_("Give a day that is not still to come."))
        return self.cleaned_data["gained_on"]

    def clean_expires_on(self) -> Any:
        expires, gained = self.cleaned_data["expires_on"], self.cleaned_data.get("gained_on")
        if expires and gained and expires <= gained:
            raise ValidationError(_("Give a day after the one on which it was learnt."))
        return expires
