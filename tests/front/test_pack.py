"""The template pack prints govuk's markup for each kind of field, with and without an error: compared whole."""

import pytest
from crispy_forms.utils import render_crispy_form
from django import forms
from pytest_django.asserts import assertHTMLEqual

from healing.forms import DatePartsField, HealingForm

CHOICES = [("yes", "Yes"), ("no", "No"), ("skip", "I would rather not say")]
BUTTON = """<div class="govuk-button-group"><button type="submit" class="govuk-button" data-module="govuk-button"
 data-prevent-double-click="true">Save and continue</button></div>"""


def one(field: forms.Field, **options) -> type[HealingForm]:
    """A form with one field, called q."""
    return type("OneForm", (HealingForm,), {"q": field, **options})


def printed(form: HealingForm) -> str:
    return render_crispy_form(form, context={"csrf_token": "t"})


def expected(group: str, error: bool = False, extra: str = "") -> str:
    wrong = " govuk-form-group--error" if error else ""
    return f"""<form novalidate method="post"{extra}><input type="hidden" name="csrfmiddlewaretoken" value="t">
    <div class="govuk-form-group{wrong}">{group}</div>{BUTTON}</form>"""


def said(error: str) -> str:
    return f"""<p id="id_q_error" class="govuk-error-message"><span class="govuk-visually-hidden">Error:</span>
    {error}</p>"""


def label(text: str) -> str:
    return f'<label class="govuk-label" for="id_q">{text}</label>'


HINT = '<div id="id_q_helptext" class="govuk-hint">Any name is fine.</div>'
NAME = forms.CharField(label="What is your name?", help_text="Any name is fine.")
FILL = said("Fill this in to go on.")


def test_text():
    group = f"""{label("What is your name?")}{HINT}
    <input type="text" name="q" class="govuk-input" id="id_q" aria-describedby="id_q_helptext">"""

    assertHTMLEqual(printed(one(NAME)()), expected(group))


def test_text_with_error_keeps_what_was_typed():
    field = forms.IntegerField(label="How many?", error_messages={"invalid": "Write a number, like 3."})
    group = f"""{label("How many?")}{said("Write a number, like 3.")}<input type="number" name="q" value="three"
    class="govuk-input govuk-input--error" aria-invalid="true" id="id_q" aria-describedby="id_q_error">"""

    assertHTMLEqual(printed(one(field)({"q": "three"})), expected(group, error=True))


def test_text_with_hint_and_error():
    group = f"""{label("What is your name?")}{HINT}{FILL}<input type="text" name="q" class="govuk-input
    govuk-input--error" aria-invalid="true" id="id_q" aria-describedby="id_q_helptext id_q_error">"""

    assertHTMLEqual(printed(one(NAME)({})), expected(group, error=True))


def test_page_heading():
    group = f"""<h1 class="govuk-label-wrapper"><label class="govuk-label govuk-label--l" for="id_q">What is your name?
    </label></h1>{HINT}<input type="text" name="q" class="govuk-input" id="id_q" aria-describedby="id_q_helptext">"""

    assertHTMLEqual(printed(one(NAME, page_heading="q")()), expected(group))


def test_optional_is_said_and_own_class_is_kept():
    widget = forms.TextInput(attrs={"class": "govuk-input--width-5", "placeholder": "never shown"})
    field = forms.CharField(label="Which ward?", required=False, widget=widget)
    group = f"""{label("Which ward? (optional)")}<input type="text" name="q" class="govuk-input govuk-input--width-5"
    id="id_q">"""

    assertHTMLEqual(printed(one(field)()), expected(group))


def test_code_brings_the_keyboard_with_numbers():
    field = forms.CharField(label="Code", widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}))
    group = f"""{label("Code")}<input type="text" name="q" class="govuk-input govuk-input--width-10" id="id_q"
    autocomplete="one-time-code" inputmode="numeric">"""

    assertHTMLEqual(printed(one(field)()), expected(group))


@pytest.mark.parametrize(("data", "error"), [(None, ""), ({}, FILL)], ids=["clean", "error"])
def test_textarea(data, error):
    field = forms.CharField(label="What happened?", widget=forms.Textarea(attrs={"rows": 5}))
    attrs = ' aria-invalid="true" aria-describedby="id_q_error"' if error else ""
    classes = "govuk-textarea govuk-textarea--error" if error else "govuk-textarea"
    group = f"""{label("What happened?")}{error}<textarea name="q" cols="40" rows="5" class="{classes}"
    id="id_q"{attrs}></textarea>"""

    assertHTMLEqual(printed(one(field)(data)), expected(group, error=bool(error)))


@pytest.mark.parametrize(("data", "error"), [(None, ""), ({}, said("Choose an answer."))], ids=["clean", "error"])
def test_select(data, error):
    field = forms.ChoiceField(label="When?", choices=[("", "Choose"), ("am", "Morning")])
    attrs = ' aria-invalid="true" aria-describedby="id_q_error"' if error else ""
    classes = "govuk-select govuk-select--error" if error else "govuk-select"
    group = f"""{label("When?")}{error}<select name="q" class="{classes}" id="id_q"{attrs}>
    <option value="" selected>Choose</option><option value="am">Morning</option></select>"""

    assertHTMLEqual(printed(one(field)(data)), expected(group, error=bool(error)))


@pytest.mark.parametrize(("data", "error"), [(None, ""), ({}, said("Choose a file."))], ids=["clean", "error"])
def test_file(data, error):
    attrs = ' aria-invalid="true" aria-describedby="id_q_error"' if error else ""
    classes = "govuk-file-upload govuk-file-upload--error" if error else "govuk-file-upload"
    group = f'{label("Which file?")}{error}<input type="file" name="q" class="{classes}" id="id_q"{attrs}>'

    html = printed(one(forms.FileField(label="Which file?"))(data))

    assertHTMLEqual(html, expected(group, error=bool(error), extra=' enctype="multipart/form-data"'))


def option(number: int, kind: str, extra: str = "", hint: str = "") -> str:
    value, text = CHOICES[number]
    look = {"radio": "radios", "checkbox": "checkboxes"}[kind]
    return f"""<div class="govuk-{look}__item">
    <input class="govuk-{look}__input" id="id_q_{number}" name="q" type="{kind}" value="{value}"{extra}>
    <label class="govuk-label govuk-{look}__label" for="id_q_{number}">{text}</label>{hint}</div>"""


def fieldset(legend: str, error: str, content: str, described: str = "") -> str:
    pointer = f' aria-describedby="{described}"' if described else ""
    return f'<fieldset class="govuk-fieldset"{pointer}>{legend}{error}{content}</fieldset>'


LEGEND = '<legend class="govuk-fieldset__legend">Is that all right?</legend>'
BIG_LEGEND = """<legend class="govuk-fieldset__legend govuk-fieldset__legend--l"><h1 class="govuk-fieldset__heading">
Is that all right?</h1></legend>"""


def test_radios_with_hint_divider_and_page_heading():
    form = one(forms.ChoiceField(label="Is that all right?", choices=CHOICES, widget=forms.RadioSelect))
    filled = type("Filled", (form,), {"page_heading": "q"})(initial={"q": "no"})
    filled.fields["q"].hints = {"yes": "You can change your mind."}
    filled.fields["q"].dividers = {"skip": "or"}
    hint = '<div id="id_q_0_hint" class="govuk-hint govuk-radios__hint">You can change your mind.</div>'
    content = f"""<div class="govuk-radios" data-module="govuk-radios">
    {option(0, "radio", ' aria-describedby="id_q_0_hint"', hint)}{option(1, "radio", " checked")}
    <div class="govuk-radios__divider">or</div>{option(2, "radio")}</div>"""

    assertHTMLEqual(printed(filled), expected(fieldset(BIG_LEGEND, "", content)))


def test_radios_with_error():
    form = one(forms.ChoiceField(label="Is that all right?", choices=CHOICES, widget=forms.RadioSelect))
    options = "".join(option(number, "radio") for number in range(3))
    content = f'<div class="govuk-radios" data-module="govuk-radios">{options}</div>'
    group = fieldset(LEGEND, said("Choose an answer."), content, described="id_q_error")

    assertHTMLEqual(printed(form({})), expected(group, error=True))


def test_checkboxes_with_one_that_stands_alone():
    widget = forms.CheckboxSelectMultiple
    form = one(forms.MultipleChoiceField(label="Is that all right?", choices=CHOICES, widget=widget))
    form.base_fields["q"].exclusive = {"skip"}
    options = option(0, "checkbox") + option(1, "checkbox") + option(2, "checkbox", ' data-behaviour="exclusive"')
    content = f'<div class="govuk-checkboxes" data-module="govuk-checkboxes">{options}</div>'
    group = fieldset(LEGEND, said("Choose an answer."), content, described="id_q_error")

    assertHTMLEqual(printed(form({})), expected(group, error=True))


@pytest.mark.parametrize(("data", "error"), [(None, ""), ({}, said("Tick the box to go on."))], ids=["clean", "error"])
def test_one_checkbox(data, error):
    attrs = ' aria-invalid="true" aria-describedby="id_q_error"' if error else ""
    classes = "govuk-checkboxes__input govuk-checkboxes__input--error" if error else "govuk-checkboxes__input"
    group = f"""{error}<div class="govuk-checkboxes" data-module="govuk-checkboxes"><div class="govuk-checkboxes__item">
    <input type="checkbox" name="q" class="{classes}" id="id_q"{attrs}>
    <label class="govuk-label govuk-checkboxes__label" for="id_q">I have read this</label></div></div>"""

    html = printed(one(forms.BooleanField(label="I have read this"))(data))

    assertHTMLEqual(html, expected(group, error=bool(error)))


def part(number: int, name: str, width: int, value: str = "", extra: str = "", error: str = "") -> str:
    typed = f' value="{value}"' if value else ""
    return f"""<div class="govuk-date-input__item"><div class="govuk-form-group">
    <label class="govuk-label govuk-date-input__label" for="id_q_{number}">{name}</label>
    <input type="text" name="q_{number}" id="id_q_{number}" class="govuk-input{" govuk-input--error" if error else ""}
    govuk-date-input__input govuk-input--width-{width}"{typed}{extra}{error}></div></div>"""


@pytest.mark.parametrize(
    ("data", "invalid", "error"),
    [
        (None, "", ""),
        (
            {"q_0": "31", "q_1": "feb", "q_2": "2026"},
            ' aria-invalid="true"',
            said("We could not read that date. Try it like this: 27 3 2026."),
        ),
    ],
    ids=["clean", "error"],
)
def test_date_in_three_parts(data, invalid, error):
    typed = data or {"q_0": "", "q_1": "", "q_2": ""}
    number = ' inputmode="numeric"'
    parts = (
        part(0, "Day", 2, typed["q_0"], number, invalid)
        + part(1, "Month", 5, typed["q_1"], "", invalid)
        + part(2, "Year", 4, typed["q_2"], number, invalid)
    )
    described = ' aria-describedby="id_q_error"' if error else ""
    group = f"""<fieldset class="govuk-fieldset" role="group"{described}>
    <legend class="govuk-fieldset__legend">When was it?</legend>{error}
    <div class="govuk-date-input" id="id_q">{parts}</div></fieldset>"""

    assertHTMLEqual(printed(one(DatePartsField(label="When was it?"))(data)), expected(group, error=bool(error)))


def test_second_button_and_pause_post_their_own_word():
    form = one(NAME, submit="Send to Sam", secondary=("later", "Not now"), pause=True)()
    quiet = """<button type="submit" class="govuk-button govuk-button--secondary" name="then" value="{}"
    data-module="govuk-button" data-prevent-double-click="true">{}</button>"""

    html = printed(form)

    buttons = html[html.index('<div class="govuk-button-group">') : html.index("</form>")]
    main = BUTTON.replace("Save and continue", "Send to Sam").removesuffix("</div>")
    words = [("later", "Not now"), ("pause", "Save and pause")]
    assertHTMLEqual(buttons, main + "".join(quiet.format(value, text) for value, text in words) + "</div>")


def test_get_form_has_no_token():
    assert "csrfmiddlewaretoken" not in printed(one(NAME, method="get")())
