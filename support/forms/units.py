"""A ward or a division."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from healing.forms import HealingForm
from support.models import Unit

LONGEST_NAME = 60
LONGEST_SLUG = 20


class UnitForm(HealingForm):
    submit = _("Save")
    name = forms.CharField(
        label=_("What is it called?"),
        validators=[
            MaxLengthValidator(LONGEST_NAME, _("Write a name of at most 60 letters, so that it fits on the poster."))
        ],
    )
    slug = forms.CharField(
        label=_("Short address on its poster"),
        max_length=LONGEST_SLUG,
        required=False,
        help_text=_("Small letters, numbers and hyphens, like ward-4. Left empty, it is made from the name."),
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20", "spellcheck": "false"}),
    )
    parent = forms.ChoiceField(
        label=_("Which part of the house does it belong to?"),
        required=False,
        widget=forms.Select,
        help_text=_("Whoever leads that part is never called for somebody from here."),
    )

    def __init__(self, *args: Any, parents: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parents = {str(unit.pk): unit for unit in parents}
        self.fields["parent"].choices = [("", _("None")), *((pk, unit.name) for pk, unit in self.parents.items())]

    def clean_slug(self) -> str:
        typed = self.cleaned_data["slug"].strip().lower()
        slug = typed or shortened(slugify(self.cleaned_data.get("name", "")))
        if not slug or slug != slugify(slug):
            raise ValidationError(_("Use small letters, numbers and hyphens only, like ward-4."))
        return slug

    def clean_parent(self) -> Unit | None:
        return self.parents.get(self.cleaned_data["parent"])


def shortened(slug: str) -> str:
    """To whole words, where one ends in time: a half word is hard to type from a poster."""
    if len(slug) <= LONGEST_SLUG:
        return slug
    words, _hyphen, _rest = slug[: LONGEST_SLUG + 1].rpartition("-")
    return (words or slug[:LONGEST_SLUG]).strip("-")
