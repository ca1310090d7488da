"""The words and pieces that every page shares: dates, statuses, sides, cards, one-button forms. A builtin library."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django import forms, template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from healing import clock, phones, sites
from healing.forms import DatePartsWidget

register = template.Library()

STATUSES = {
    "new": gettext_lazy("New"),
    "waiting_for_you": gettext_lazy("Waiting for you"),
    "waiting_for_us": gettext_lazy("Waiting for us"),
    "paused": gettext_lazy("Paused"),
    "ready": gettext_lazy("Ready"),
}
STATUS_COLOURS = {"waiting_for_you": "waiting-you", "waiting_for_us": "waiting-us"}
SIDES = {"harmed": (gettext_lazy("Family"), "●"), "staff": (gettext_lazy("Staff"), "■")}

# The first that fits decides which of the pack's templates prints a field.
KINDS = (
    (DatePartsWidget, "date"),
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.CheckboxInput, "checkbox"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (forms.FileInput, "file"),
    (forms.MultiWidget, "several"),
)


# --- dates ----------------------------------------------------------------------------------------------------------
@register.simple_tag
def when(value, zone: str = "", today: str = "") -> str:
    """Tuesday 3 March, 14:02; the zone is named when it is not the reader's own. `today` is a word for this day."""
    if not value:
        return ""
    if not isinstance(value, datetime):
        return day(value)
    local = value.astimezone(ZoneInfo(zone) if zone else timezone.get_current_timezone())
    words = when_words(value, zone, today)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="minutes"), words)


def when_words(value: datetime, zone: str = "", today: str = "") -> str:
    here = timezone.get_current_timezone()
    there = ZoneInfo(zone) if zone else here
    local = value.astimezone(there)
    named = today if local.date() == clock.now().astimezone(there).date() else ""
    words = _("%(day)s, %(time)s") % {"day": named or day_words(local), "time": date_format(local, "H:i")}
    if local.utcoffset() != value.astimezone(here).utcoffset():
        words = _("%(when)s (%(place)s time)") % {"when": words, "place": place(zone)}
    return words


@register.simple_tag
def day(value) -> str:
    """Tuesday 3 March, with the year only when it is not this one."""
    if not value:
        return ""
    local = timezone.localtime(value) if isinstance(value, datetime) else value
    return format_html('<time datetime="{}">{}</time>', date_format(local, "Y-m-d", use_l10n=False), day_words(local))


def day_words(value: date) -> str:
    this_year = timezone.localtime(clock.now()).year
    return date_format(value, _("l j F") if value.year == this_year else _("l j F Y"))


@register.filter
def place(zone: str) -> str:
    """London, of Europe/London."""
    return zone.rsplit("/", 1)[-1].replace("_", " ")


# --- numbers --------------------------------------------------------------------------------------------------------
@register.filter
def phone(number) -> str:
    """In groups, for reading only: a link dials the number as it was given."""
    return phones.grouped(str(number))


# --- people and states ----------------------------------------------------------------------------------------------
@register.simple_tag
def status(name: str) -> str:
    colour = STATUS_COLOURS.get(name, name)
    return format_html('<strong class="govuk-tag govuk-tag--{}">{}</strong>', colour, STATUSES[name])


@register.simple_tag
def side(name: str) -> str:
    word, shape = SIDES[name]
    return format_html('<span class="side">{} <span aria-hidden="true">{}</span></span>', word, shape)


# --- pieces that hold other content ---------------------------------------------------------------------------------
def piece(template_name: str, /, **values) -> str:
    return render_to_string(f"components/{template_name}.html", values)


@register.simple_block_tag(end_name="endcard")
def card(content, name, side, url="", level="h2"):
    return piece("card", content=content, name=name, side=side, url=url, level=level)


@register.simple_block_tag(end_name="endconfirmed")
def confirmed(content, title):
    return piece("confirmed", content=content, title=title)


@register.simple_block_tag(end_name="endinset")
def inset(content):
    return format_html('<div class="govuk-inset-text">{}</div>', content)


@register.simple_block_tag(end_name="endempty")
def empty(content, title):
    return piece("empty", content=content, title=title)


@register.simple_block_tag(end_name="endnotice")
def notice(content, title, ident="notice"):
    return piece("notice", content=content, title=title, ident=ident)


# --- links ----------------------------------------------------------------------------------------------------------
@register.simple_tag(takes_context=True)
def way_to(context, name: str) -> str:
    """A public page of the site that this page is about; empty where people would land at another one."""
    return sites.way_to(context["request"], reverse(name))


# --- forms ----------------------------------------------------------------------------------------------------------
@register.inclusion_tag("components/act.html", takes_context=True)
def act(context, url, words, main=False, name="", value=""):
    """A form of one button: the way to change something without leaving the page."""
    token = context.get("csrf_token")
    return {"url": url, "words": words, "main": main, "name": name, "value": value, "csrf_token": token}


@register.inclusion_tag("crispy/error_summary.html")
def error_summary(*filled):
    """What is still needed, as links to the fields; a form that is not there is passed over."""
    title = next((form.summary for form in filled if getattr(form, "summary", "")), "")
    return {"lines": [line for form in filled if form for line in error_lines(form)], "title": title}


def error_lines(form) -> list[dict]:
    """Where there are several questions, each line says which one it means."""
    several = len(form.visible_fields()) > 1
    lines = [{"text": text} for text in form.non_field_errors()]
    for field in form:
        start = f"{question(field)} " if several and not field.is_hidden else ""
        target = "" if field.is_hidden else first_id(field)
        lines += [{"text": f"{start}{text}", "target": target} for text in field.errors]
    return lines


def question(field) -> str:
    return field.label if str(field.label).endswith(("?", "؟", ".", ":")) else f"{field.label}:"


@register.filter
def first_id(field) -> str:
    """The id of the first thing in a field that can take the focus."""
    return field.id_for_label or f"{field.auto_id}_0"


@register.filter
def kind(field) -> str:
    return next((name for widget, name in KINDS if isinstance(field.field.widget, widget)), "input")


@register.filter
def styled(field, classes: str) -> str:
    """The widget in govuk's classes. Never a placeholder; a code that was sent gets the keyboard with numbers."""
    own = field.field.widget.attrs
    error = f"{classes}--error" if field.errors else ""
    attrs = {"class": " ".join(filter(None, [classes, error, own.get("class")])), "placeholder": False}
    if own.get("autocomplete") == "one-time-code":
        attrs |= {"inputmode": "numeric", "class": f"{attrs['class']} govuk-input--width-10"}
    return field.as_widget(attrs=attrs)


@register.filter
def options(field) -> list[dict]:
    """Radios and checkboxes with what the form said about each: a hint, an "or" before it, whether it stands alone."""
    hints = getattr(field.field, "hints", {})
    dividers = getattr(field.field, "dividers", {})
    exclusive = {str(value) for value in getattr(field.field, "exclusive", ())}
    described = []
    for option in (bound.data for bound in field):
        value = str(option["value"])
        described.append(
            option
            | {
                "value": value,
                "hint": hints.get(option["value"]) or hints.get(value),
                "divider": dividers.get(option["value"]) or dividers.get(value),
                "exclusive": value in exclusive,
            }
        )
    return described


@register.simple_tag
def field_label(field) -> str:
    """The label, with "(optional)" when the field may be left out and the form wants that said."""
    if field.field.required or not getattr(field.form, "mark_optional", True):
        return field.label
    return _("%(label)s (optional)") % {"label": field.label}
