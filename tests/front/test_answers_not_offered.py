"""An answer that a form does not offer: what to do is said in words of ours, and what was sent is not read out."""

from typing import Any

import pytest
from django import forms

from healing.forms import HealingForm
from healing.models import Site

CHOICES = [("yes", "Yes"), ("no", "No")]
ONE, SEVERAL = "Choose one of the answers.", "Choose from these answers."
NOTHING = Site.objects.none()
NOBODY_S = "5bf55746-42e4-c4fc-f15e-fb6793cc8599"  # the same in every process that runs the tests
OWN = {"invalid_choice": "This has gone."}


class NarrowField(forms.ChoiceField):
    """A kind of field that somebody made."""


@pytest.mark.parametrize(
    ("field", "sent", "said"),
    [
        (forms.ChoiceField(choices=CHOICES), "raw", ONE),
        (forms.TypedChoiceField(choices=CHOICES), "raw", ONE),
        (forms.TypedChoiceField(choices=CHOICES, coerce=int), "yes", ONE),
        (NarrowField(choices=CHOICES), "raw", ONE),
        (forms.ModelChoiceField(NOTHING), NOBODY_S, ONE),
        (forms.ModelChoiceField(NOTHING), "raw", ONE),
        (forms.ModelChoiceField(NOTHING, error_messages=OWN), "raw", "This has gone."),
        (forms.MultipleChoiceField(choices=CHOICES), ["yes", "raw"], SEVERAL),
        (forms.MultipleChoiceField(choices=CHOICES), "raw", SEVERAL),
        (forms.TypedMultipleChoiceField(choices=CHOICES), ["raw"], SEVERAL),
        (forms.ModelMultipleChoiceField(NOTHING), [NOBODY_S], SEVERAL),
        (forms.ModelMultipleChoiceField(NOTHING), ["raw"], SEVERAL),
        (forms.ModelMultipleChoiceField(NOTHING), "raw", SEVERAL),
        (forms.ChoiceField(choices=CHOICES, error_messages=OWN), "raw", "This has gone."),
    ],
)
def test_it_says_what_to_do(field: forms.Field, sent: Any, said: str) -> None:
    form = type("OneForm", (HealingForm,), {"q": field})({"q": sent})

    assert form.errors == {"q": [said]}
