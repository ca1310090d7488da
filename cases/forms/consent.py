"""What a person answers when they are asked for a yes, and the words they may share."""

import hashlib
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.models.consent import ConsentStatus
from cases.texts import ConsentWords
from healing.forms import DatePartsField, HealingForm

LONGEST = 4000
ANSWERS = (ConsentStatus.GIVEN, ConsentStatus.DECLINED, ConsentStatus.WITHDRAWN)


def seal_of(text: ConsentWords, words: str = "") -> str:
    """Stands for exactly what was on the page: the text in its version, and the words to be shared."""
    return hashlib.sha256(f"{text.content_hash}\n{words}".encode()).hexdigest()


class AnswerForm(HealingForm):
    """One press of a button. It counts only for what the person had before their eyes."""

    decision = forms.ChoiceField(
        choices=[(answer.value, answer.label) for answer in ANSWERS],
        error_messages={"required": _("Choose one of the answers."), "invalid_choice": _("Choose one of the answers.")},
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, shown: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shown = shown

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("decision") == ConsentStatus.GIVEN and cleaned.get("seen") != self.shown:
            raise forms.ValidationError(_("The words have changed since you opened the page. Read them, then choose."))
        return cleaned


class LaterForm(HealingForm):
    """A day from which one may be asked again."""

    submit = _("Ask me from that day on")
    page_heading = "day"
    day = DatePartsField(
        label=_("From which day may we ask you again?"), help_text=_("We will not ask before that day.")
    )


class WordsForm(HealingForm):
    submit = _("Save and see how it looks")
    pause = True
    page_heading = "words"
    words = forms.CharField(
        label=_("What would you like them to know?"),
        help_text=_("Write it as you would say it. You see it once more before you say yes or no."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    mark_optional = False

    def clean_words(self) -> str:
        words = self.cleaned_data["words"]
        if len(words) > LONGEST:
            raise forms.ValidationError(
                _("Make this shorter: %(most)d letters fit here, and this has %(now)d."),
                params={"most": LONGEST, "now": len(words)},
            )
        return words
