"""A question as a page: a plain form with one question on it, which can always be skipped."""

from collections.abc import Mapping
from datetime import date
from itertools import takewhile
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from facilitation.instruments import Answer, Question
from healing.forms import DatePartsField, HealingForm

LONGEST = 4000


def form_for(
    question: Question,
    *,
    today: date,
    initial: Answer | None = None,
    data: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> "QuestionForm":
    """The page for a question. `initial` is the answer given before; `today` is the date where the person is."""
    return QuestionForm(question, today, data=data, initial=_as_initial(question, initial or {}), **kwargs)


class QuestionForm(HealingForm):
    """One question. Nothing is required: an empty page is a question skipped."""

    mark_optional = False
    pause = True
    secondary = ("skip", _("Skip"))

    def __init__(self, question: Question, today: date, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.question, self.today = question, today
        if question.offers_choices:
            self.fields["codes"] = _codes_field(question)
        if question.takes_words:
            self.fields["text"] = _text_field(question)
        if question.type == "date":
            self.fields["date"] = _date_field(question)
        self.page_heading = next(iter(self.fields), "")

    def clean_date(self) -> date | None:
        day = self.cleaned_data["date"]
        if day and day <= self.today:
            raise forms.ValidationError(_("Choose a day after today."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        answer = self.answer()
        alone = [option for option in self.question.chosen(answer) if option.exclusive]
        if alone and (len(answer["codes"]) > 1 or answer.get("text")):
            field = "codes" if len(answer["codes"]) > 1 else "text"
            self.add_error(field, _stands_alone(alone[0].display, field))
        return cleaned

    def answer(self) -> dict[str, Any]:
        """What was answered, ready to be kept. Empty if the question was skipped."""
        codes = self.cleaned_data.get("codes") or []
        day = self.cleaned_data.get("date")
        answer = {
            "codes": [codes] if isinstance(codes, str) else codes,
            "text": self.cleaned_data.get("text", ""),
            "date": day.isoformat() if day else "",
        }
        return {part: value for part, value in answer.items() if value}


def _as_initial(question: Question, answer: Answer) -> dict[str, Any]:
    codes, day = answer.get("codes", []), answer.get("date")
    return {
        "codes": codes if question.repeats else next(iter(codes), ""),
        "text": answer.get("text", ""),
        "date": date.fromisoformat(day) if day else None,
    }


def _codes_field(question: Question) -> forms.ChoiceField:
    unknown = _("Choose from the answers on this page, or leave them all empty.")
    kind, widget = (
        (forms.MultipleChoiceField, forms.CheckboxSelectMultiple)
        if question.repeats
        else (forms.ChoiceField, forms.RadioSelect)
    )
    field: Any = kind(
        label=question.text,
        help_text=question.hint,
        required=False,
        widget=widget,
        choices=[(option.code, option.display) for option in question.options],
        error_messages={"invalid_choice": unknown, "invalid_list": unknown},
    )
    alone = [option.code for option in question.options if option.exclusive]
    last_ones = list(takewhile(lambda option: option.exclusive, reversed(question.options)))
    field.dividers = {last_ones[-1].code: _("or")} if last_ones else {}
    field.exclusive = alone if question.repeats else []
    return field


def _text_field(question: Question) -> forms.CharField:
    beside_choices = question.offers_choices
    field = forms.CharField(
        label=_("In your own words, if you like") if beside_choices else question.text,
        help_text="" if beside_choices else question.hint,
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "max_length": _("Make this shorter: %(limit_value)d letters fit here, and this has %(show_value)d."),
            "null_characters_not_allowed": _("One sign in this text cannot be kept. Type the words in again."),
        },
    )
    del field.widget.attrs["maxlength"]  # a browser would cut pasted words without a sentence
    return field


def _date_field(question: Question) -> DatePartsField:
    return DatePartsField(label=question.text, help_text=question.hint, required=False)


def _stands_alone(display: str, field: str) -> str:
    if field == "codes":
        sentence = _("You chose “%(answer)s” and another answer too. Keep one of the two.")
    else:
        sentence = _("You chose “%(answer)s” and wrote something too. Keep one of the two.")
    return sentence % {"answer": display}
