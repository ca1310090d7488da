"""The one base form: what every form of the product looks like and says. Forms list fields and words only."""

from datetime import date

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

EARLIEST_YEAR = 1900
DATE_PARTS = (
    (_("Day"), {"class": "govuk-input--width-2", "inputmode": "numeric"}),
    (_("Month"), {"class": "govuk-input--width-5"}),  # room for a name
    (_("Year"), {"class": "govuk-input--width-4", "inputmode": "numeric"}),
)


class DatePartsWidget(forms.MultiWidget):
    """Day, month and year as three boxes: quicker to type, and read aloud better, than a calendar."""

    template_name = "crispy/date_parts.html"
    use_fieldset = True

    def __init__(self, attrs=None):
        super().__init__([forms.TextInput, forms.TextInput, forms.TextInput], attrs)

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        for part, (label, extra) in zip(context["widget"]["subwidgets"], DATE_PARTS, strict=True):
            part["label"] = label
            classes = f"{part['attrs'].get('class', '')} govuk-date-input__input {extra['class']}"
            part["attrs"] |= extra | {"class": classes.strip()}
        return context

    def decompress(self, value: date | None) -> list:
        return [value.day, value.month, value.year] if value else [None, None, None]


class DatePartsField(forms.Field):
    """A date in three parts. A month may be a number or a name; what was typed is kept when it cannot be read."""

    widget = DatePartsWidget
    default_error_messages = {
        "required": _("Give a date, like 27 3 2026."),
        "incomplete": _("Fill in all three boxes: the day, the month and the year."),
        "year": _("Write the year with four numbers, like 2026."),
        "invalid": _("We could not read that date. Try it like this: 27 3 2026."),
    }

    def to_python(self, value) -> date | None:
        if value is None or isinstance(value, date):
            return value
        parts = [(part or "").strip() for part in value]
        if not any(parts):
            return None
        if not all(parts):
            raise self.error("incomplete")
        return self.as_date(*parts)

    def as_date(self, day: str, month: str, year: str) -> date:
        try:
            year_number = int(year)
            if year_number >= EARLIEST_YEAR:
                return date(year_number, month_number(month), int(day))
        except (ValueError, OverflowError):
            raise self.error("invalid") from None
        raise self.error("year")

    def error(self, code: str) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code)


def month_number(text: str) -> int:
    """3, 03, March, mar: all the third month, in the reader's language."""
    if text.isdecimal():
        return int(text)
    found = [number for number, name in MONTHS.items() if len(text) > 2 and name.lower().startswith(text.lower())]
    if len(found) != 1:
        raise ValueError(text)
    return found[0]


REQUIRED_WORDS = (  # what to do next, by kind of field; a form may say it better with its own error_messages
    ((forms.ModelChoiceField, forms.ChoiceField), _("Choose an answer.")),
    ((forms.BooleanField,), _("Tick the box to go on.")),
    ((forms.FileField,), _("Choose a file.")),
    ((forms.EmailField,), _("Write an email address, like name@example.org.")),
    ((forms.Field,), _("Fill this in to go on.")),
)
NOT_OFFERED = ("invalid_choice", "invalid_list", "invalid_pk_value")
NOT_OFFERED_WORDS = (  # an answer that was there when the page was opened, or one that never was
    ((forms.ModelMultipleChoiceField, forms.MultipleChoiceField), _("Choose from these answers.")),
    ((forms.Field,), _("Choose one of the answers.")),
)


class CalmForm:
    """Owns the crispy helper, the buttons and the words for what is missing."""

    fields: dict[str, forms.Field]
    submit = _("Save and continue")
    secondary: tuple | None = None  # (value, words) of a second button of the same size; it posts then=value
    pause = False  # adds "Save and pause", which posts then=pause
    page_heading = ""  # the field whose label is the page's h1
    layout = None
    method = "post"
    action = ""
    autosave_url = ""
    mark_optional = True
    use_required_attribute = False  # the server says what is missing, in our words

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            say_what_to_do(field)

    def add_error(self, field, error):
        """Django reads an id that is none out as it was sent."""
        asked = self.fields.get(field)
        if isinstance(asked, forms.ModelChoiceField) and getattr(error, "code", "") == "invalid":
            error = ValidationError(asked.error_messages["invalid_choice"], params=error.params)
        super().add_error(field, error)  # type: ignore[misc]  # every form has it

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_method = self.method
        helper.form_action = self.action
        helper.layout = self.layout
        helper.render_hidden_fields = True
        helper.disable_csrf = self.method == "get"
        helper.attrs = {"novalidate": True}
        if self.autosave_url:
            helper.attrs["data-autosave-url"] = self.autosave_url
        return helper

    @property
    def buttons(self) -> list[tuple]:
        """The value and words of each button after the filled one."""
        return [
            *([self.secondary] if self.secondary else []),
            *([("pause", _("Save and pause"))] if self.pause else []),
        ]


class HealingForm(CalmForm, forms.Form):
    pass


class HealingModelForm(CalmForm, forms.ModelForm):
    pass


def say_what_to_do(field: forms.Field) -> None:
    """Replace what Django says of a missing or unknown answer, unless the form brought its own words."""
    said = field.error_messages
    if said.get("required") == forms.Field.default_error_messages["required"]:
        said["required"] = words_for(field, REQUIRED_WORDS)
    for code in NOT_OFFERED:
        if code in said and said[code] == type(field).default_error_messages.get(code):
            said[code] = words_for(field, NOT_OFFERED_WORDS)


def words_for(field: forms.Field, by_kind: tuple):
    return next(words for kinds, words in by_kind if isinstance(field, kinds))
