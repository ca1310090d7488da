"""Every shared piece on a page, with invented words: what the eye, axe and the browser look at."""

from datetime import UTC, datetime
from pathlib import Path

from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.core.paginator import Paginator
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory

from healing.forms import DatePartsField, HealingForm
from tests.front import sign_in

SITE = {
    "name": "Lakeside Hospital",
    "phone": "555 0100",
    "crisis_lines": [{"name": "Night line", "phone": "555 0199", "tel": "5550199", "words": ""}],
}
NAV = [
    {"name": "Today", "url": "/today/", "current": True},
    {"name": "Cases", "url": "/cases/", "current": False},
    {"name": "Harm events", "url": "/events/", "current": False},
]
PAGES = Path(__file__).parent / "pages"
FEELINGS = [("steady", "Steady"), ("shaky", "A bit shaky"), ("low", "Very low"), ("skip", "I would rather not say")]
AT = datetime(2026, 3, 3, 14, 2, tzinfo=UTC)


class QuestionForm(HealingForm):
    feeling = forms.ChoiceField(
        label="How are you feeling today?",
        help_text="There is no right answer. Sam reads it, and nobody else.",
        choices=FEELINGS,
        widget=forms.RadioSelect,
    )
    page_heading = "feeling"
    pause = True
    secondary = ("later", "Not now")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["feeling"].dividers = {"skip": "or"}
        self.fields["feeling"].hints = {"low": "We show you who you can call right now."}


class SendForm(HealingForm):
    submit = "Send to Sam"


class EveryFieldForm(HealingForm):
    name = forms.CharField(label="What would you like us to call you?", help_text="A first name is fine.")
    reach = forms.EmailField(label="Where can we write to you?", required=False)
    story = forms.CharField(label="What would you like us to know?", widget=forms.Textarea(attrs={"rows": 4}))
    time = forms.ChoiceField(label="When is a good time to call?", choices=[("", "Choose a time"), ("am", "Morning")])
    when = DatePartsField(label="When did it happen?", help_text="For example, 27 3 2026. A rough date is fine.")
    needs = forms.MultipleChoiceField(
        label="What do you need?",
        choices=[("answers", "Answers"), ("heard", "To be heard"), ("none", "Nothing for now")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    sure = forms.BooleanField(label="I have read this page", help_text="You can read it again at any time.")
    file = forms.FileField(label="Which file?", required=False)
    ref = forms.CharField(widget=forms.HiddenInput, required=False)
    layout = Layout("name", Fieldset("How we reach you", "reach", "time"), "story", "when", "needs", "sure", "file")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["needs"].exclusive = {"none"}
        self.fields["needs"].dividers = {"none": "or"}


def page(name: str, **context) -> str:
    template = engines["django"].from_string((PAGES / f"{name}.html").read_text())
    return template.render({"site": SITE, "csrf_token": "token", "request": RequestFactory().get("/"), **context})


ROWS = [
    {"key": "What you hope for", "value": "To be heard", "url": "/hope/"},
    {"key": "What worries you", "value": "", "url": "/worry/"},
]
TASKS = [
    {"title": "How you are", "url": "/a/", "status": "Done", "hint": "13 short questions"},
    {"title": "What you need", "url": "/b/", "status": "Not started"},
    {"title": "Your conversation", "status": "Not yet"},
]
EVENTS = [
    {"title": "Check-in sent", "by": "Maria Lopez (family)", "at": AT, "url": "/e/"},
    {"title": "Call", "by": "Sam Reed", "at": AT, "text": "She would like a letter first."},
]


def autosaving(form: HealingForm) -> HealingForm:
    form.autosave_url = "/draft/"
    return form


def pages() -> dict[str, str]:
    filled = {"when_0": "31", "when_1": "2", "when_2": "2026"}
    error_pages = ("400", "403", "403_csrf", "404", "429", "500", "left")
    return {
        "start": page("start"),
        "hub": page("hub", tasks=TASKS, rows=ROWS, pause_url="/p/", stop_url="/s/", back_url="/"),
        "question": page("question", form=autosaving(QuestionForm()), back_url="/"),
        "question-error": page("question", form=QuestionForm({}), back_url="/"),
        "form": page("form", form=EveryFieldForm()),
        "form-errors": page("form", form=EveryFieldForm(filled)),
        "staff-form-errors": page("staff-form", form=EveryFieldForm(filled), nav=NAV),
        "check": page("check", form=SendForm(), sections=[{"title": "You", "rows": ROWS}]),
        "sent": page("sent", at=AT, messages=["Your answers are saved."]),
        "today": page("today", nav=NAV, at=AT, page=Paginator(range(60), 25).page(1)),
        "case": page("case", nav=NAV, at=AT, rows=ROWS, events=EVENTS),
        **sign_in.pages(SITE),
        **{name: render_to_string(f"{name}.html", {"site": SITE}) for name in error_pages},
    }
