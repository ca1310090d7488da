"""The one question on the page behind an invitation's link."""

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from healing.forms import HealingForm

SIX_DIGITS = _("Write the six numbers that we told you, like 402913.")


class CodeForm(HealingForm):
    submit = _("Open my page")
    page_heading = "code"
    code = forms.CharField(
        label=_("What is your code?"),
        help_text=_("We told you six numbers. They are not in any message."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
        error_messages={"required": SIX_DIGITS},
        max_length=20,
    )

    def clean_code(self) -> str:
        """Spaces and hyphens are how people write down what they hear."""
        code = "".join(self.cleaned_data["code"].split()).replace("-", "")
        RegexValidator(r"^[0-9]{6}$", SIX_DIGITS)(code)
        return code
