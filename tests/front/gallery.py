"""Every shared piece on a page, with invented words: what the eye, axe and the browser look at."""

from datetime import UTC, datetime

from allauth.account.forms import ConfirmLoginCodeForm, LoginForm, RequestLoginCodeForm, ResetPasswordForm
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.core.paginator import Paginator
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory

from healing.forms import DatePartsField, HealingForm

SITE = {
    "name": "Lakeside Hospital",
    "phone": "555 0100",
    "crisis_lines": [{"name": "Night line", "phone": "555 0199"}],
}
NAV = [
    {"name": "Today", "url": "/today/", "current": True},
    {"name": "Cases", "url": "/cases/", "current": False},
    {"name": "Harm events", "url": "/events/", "current": False},
]
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


def page(body: str, base: str, **context) -> str:
    source = f'{{% extends "{base}" %}}{{% load crispy_forms_tags %}}{{% block title %}}Gallery{{% endblock %}}'
    template = engines["django"].from_string(f"{source}{{% block content %}}{body}{{% endblock %}}")
    return template.render({"site": SITE, "csrf_token": "token", "request": RequestFactory().get("/"), **context})


HUB = """{% include "components/page_header.html" with title="Your space" lead="You are in charge here. You can stop at any time, and you do not have to say why." %}
{% include "components/task_list.html" with items=tasks %}
<h2 class="govuk-heading-m">What we have agreed so far</h2>
{% include "components/summary_list.html" with rows=rows of="Maria Lopez" %}
{% inset %}<p>Sam reads your answers. Sam will call you on Tuesday.</p>{% endinset %}
{% act "/pause/" "Pause everything" %}"""
START = """{% include "components/start_drawing.html" %}
{% include "components/page_header.html" with title="A place to talk, when you are ready" lead="After something went wrong in care, people can meet and talk. Only if each of them wants to." %}
<p class="govuk-body">You choose what you tell, and who hears it.</p>
<a class="govuk-button" href="/family/">I am a patient or family</a>
<p class="govuk-body"><a class="govuk-link" href="/staff/">I work here</a></p>"""
SENT = """{% confirmed "We have your answers" %}<p class="govuk-body">Sam has them now. Sam will call you by {% day at %}.
</p>{% endconfirmed %}{% notice "Saved" %}<p class="govuk-body">You can close this page.</p>{% endnotice %}
{% empty "No promises recorded." %}<p class="govuk-body">That is different from none being needed.</p>{% endempty %}"""
CASE = """{% include "components/page_header.html" with title="Case 7Q4K" caption="Lakeside Hospital" lead="Next: call Maria Lopez on Thursday." %}
<div class="sides"><div class="sides__column">{% card "Maria Lopez" "harmed" url="/maria/" %}
<p class="govuk-body">{% status "waiting_for_us" %} since {% when at %}</p>
{% include "components/summary_list.html" with rows=rows of="Maria Lopez" %}{% endcard %}</div>
<div class="sides__column">{% card "R. Chen" "staff" url="/chen/" %}<p class="govuk-body">{% status "new" %}
{% status "waiting_for_you" %} {% status "paused" %} {% status "ready" %}</p>{% endcard %}</div></div>
<h2 class="govuk-heading-m">What happened so far</h2>{% include "components/timeline.html" with events=events %}"""
TODAY = """{% include "components/page_header.html" with title="Today" lead="Four things need you." %}
<ul class="rows"><li class="row"><p class="govuk-body"><strong>Maria Lopez</strong> ({% side "harmed" %}) wrote to you
2 hours ago.</p><a class="govuk-button" href="/a/">Read it</a></li><li class="row"><p class="govuk-body"><strong>R. Chen
</strong> ({% side "staff" %}) asked to be called on {% when at zone="America/Toronto" %}.</p>
{% act "/log/" "Log a call" %}</li></ul>
<div class="table-scroll" tabindex="0" role="group" aria-label="Cases"><table class="govuk-table"><caption
class="govuk-table__caption govuk-table__caption--m">Cases</caption><thead class="govuk-table__head"><tr
class="govuk-table__row"><th scope="col" class="govuk-table__header">Case</th><th scope="col"
class="govuk-table__header">Next step</th><th scope="col" class="govuk-table__header">State</th></tr></thead>
<tbody class="govuk-table__body"><tr class="govuk-table__row"><td class="govuk-table__cell"><a class="govuk-link"
href="/c/">7Q4K</a></td><td class="govuk-table__cell">Call Maria Lopez</td><td class="govuk-table__cell">
{% status "ready" %}</td></tr></tbody></table></div>{% include "components/show_more.html" with page=page what="cases" %}"""
CHECK = """{% include "components/page_header.html" with title="Check what you wrote" %}
{% include "components/check_answers.html" with sections=sections %}{% crispy form %}"""
FORM_PAGE = '{% include "components/page_header.html" with title="Tell us a little" %}{% crispy form %}'
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
    code = ConfirmLoginCodeForm(code="123456")
    code.fields["code"].label = "Code"
    return {
        "start": page(START, "base.html"),
        "hub": page(HUB, "base_room.html", tasks=TASKS, rows=ROWS, pause_url="/p/", stop_url="/s/", back_url="/"),
        "question": page("{% crispy form %}", "base_room.html", form=autosaving(QuestionForm()), back_url="/"),
        "question-error": page("{% crispy form %}", "base_room.html", form=QuestionForm({}), back_url="/"),
        "form": page(FORM_PAGE, "base_room.html", form=EveryFieldForm()),
        "form-errors": page(FORM_PAGE, "base_room.html", form=EveryFieldForm(filled)),
        "staff-form-errors": page(FORM_PAGE, "base_staff.html", form=EveryFieldForm(filled), nav=NAV),
        "check": page(CHECK, "base_room.html", form=SendForm(), sections=[{"title": "You", "rows": ROWS}]),
        "sent": page(SENT, "base_room.html", at=AT, messages=["Your answers are saved."]),
        "today": page(TODAY, "base_staff.html", nav=NAV, at=AT, page=Paginator(range(60), 25).page(1)),
        "case": page(CASE, "base_staff.html", nav=NAV, at=AT, rows=ROWS, events=EVENTS),
        "login": entrance("account/login.html", form=LoginForm(), PASSKEY_LOGIN_ENABLED=True),
        "login-error": entrance("account/login.html", form=LoginForm({}), PASSKEY_LOGIN_ENABLED=True),
        "code-request": entrance("account/request_login_code.html", form=RequestLoginCodeForm()),
        "code": entrance("account/confirm_login_code.html", verify_form=code, email="maria@example.org", can_resend=True),
        "password-reset": entrance("account/password_reset.html", form=ResetPasswordForm()),
        "logout": entrance("account/logout.html"),
        **{name: render_to_string(f"{name}.html", {"site": SITE}) for name in ("400", "403", "404", "429", "500")},
    }


def entrance(template: str, **context) -> str:
    urls = {"request_login_code_url": "/code/", "login_url": "/in/"}
    return render_to_string(template, {"site": SITE, "csrf_token": "token", **urls, **context})
