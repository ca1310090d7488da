"""Asking for a colleague, or for a talk with a team."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from support.forms.wishes import UnitForm, WishForm


class ReferForm(WishForm):
    extra = ("name",)
    name = forms.CharField(label=_("What they like to be called (optional)"), max_length=30, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reach_by"].label = _("How can we reach them?")
        self.fields["contact"].label = _("Their number or email address")
        self.fields["contact"].error_messages["required"] = _(
            "Write the number or the address at which we can reach them."
        )
        self.fields["when"].label = _("When is a good time for them?")
        self.fields["when"].choices = [
            ("now", _("As soon as possible")),
            ("before_shift", _("Before their shift")),
            ("after_shift", _("After their shift")),
            ("at", _("At a time I choose")),
        ]

    def wish(self) -> dict[str, Any]:
        return super().wish() | {"name": self.cleaned_data["name"]}


class TeamForm(UnitForm):
    extra = ("people",)
    field_order = [*UnitForm.field_order, *extra, *UnitForm.wishes]
    people = forms.IntegerField(
        label=_("How many people are in the team?"),
        min_value=2,
        max_value=200,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-3", "autocomplete": "off"}),
        error_messages={
            "invalid": _("Write a number, like 6."),
            "required": _("Write how many you are. A guess is fine."),
            "min_value": _("A team has two people or more. For one person, use “Ask for a peer”."),
            "max_value": _("Write 200 or fewer."),
        },
    )

    @property
    def fold(self) -> Any:
        if "language" not in self.fields:
            return _("If you like: your unit")
        return _("If you like: your unit and the language") if "unit" in self.fields else super().fold

    def wish(self) -> dict[str, Any]:
        return super().wish() | {"people": self.cleaned_data["people"]}
