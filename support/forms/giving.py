"""What a supporter says about a request and a session, in codes only."""

from typing import Any

from crispy_forms.layout import Layout, LayoutObject
from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from healing.forms import HealingForm
from support import codes, tickets
from support.forms.asking import WAYS, address
from support.models import Request

MOST_PEOPLE = 500
CLOSING = [(code, words) for code, words in codes.OUTCOMES if code != "cancelled"]  # that is for whoever asked to say
NOT_KNOWN, NOT_SAID, TO_CHOOSE = [("", _("Not known"))], [("", _("Not said"))], [("", _("Choose how long"))]
SOON = [(code, words) for code, words in codes.WHEN if code != "at"]
MOST_LETTERS = 100  # that a request has room for


class AnswerForm(HealingForm):
    reply = forms.ChoiceField(label=_("What would you like to say?"), choices=codes.REPLIES, widget=forms.RadioSelect)


class ReferForm(HealingForm):
    referral = forms.ChoiceField(
        label=_("Who else could help?"),
        choices=codes.REFERRALS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who else could help, or go back.")},
    )


class Folded(LayoutObject):
    """Questions that are answered already, out of the way; unfolded when there is something to mend."""

    def __init__(self, title: str, *fields: str) -> None:
        self.title, self.fields = title, list(fields)

    def render(self, form: forms.Form, context: Any, **kwargs: Any) -> str:
        fields = self.get_rendered_fields(form, context, **kwargs)
        shown = {"title": self.title, "fields": fields, "unfolded": bool(form.errors)}
        return render_to_string("crispy/layout/folded.html", shown)


def maybe(label: Any, choices: list[tuple[str, Any]]) -> forms.ChoiceField:
    """A question that may be left: what nobody said is not counted as an answer."""
    return forms.ChoiceField(label=label, choices=NOT_SAID + choices, required=False, initial="")


class CountedForm(HealingForm):
    """What is counted of a talk. One press is enough, and what nobody answers is not counted as answered."""

    people = forms.IntegerField(
        label=_("How many people?"),
        min_value=1,
        max_value=MOST_PEOPLE,
        initial=1,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-3", "inputmode": "numeric"}),
        error_messages={"invalid": _("Write a number, like 1."), "required": _("Write a number, like 1.")},
    )
    length = maybe(_("How long?"), codes.LENGTHS)
    place = forms.ChoiceField(label=_("Where?"), choices=codes.PLACES, initial="phone")
    referral = forms.ChoiceField(label=_("Who else could help?"), choices=codes.REFERRALS, initial="none")
    trigger = maybe(_("What it was about"), codes.TRIGGERS)
    tier = maybe(_("Which tier?"), codes.TIERS)
    met_need = maybe(_("Did it meet the need?"), codes.MET_NEED)


class CloseForm(CountedForm):
    outcome = forms.ChoiceField(
        label=_("How did it end?"),
        choices=CLOSING,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how it ended.")},
    )
    profession = forms.ChoiceField(
        label=_("Their work"), choices=NOT_KNOWN + codes.PROFESSIONS, required=False, initial=""
    )
    layout = Layout(
        *("outcome", "met_need", "length"),
        Folded(_("What else is counted"), "place", "people", "referral", "trigger", "profession", "tier"),
    )
    mark_optional = False

    @staticmethod
    def suited_to(request: Request) -> dict[str, Any]:
        """The likely answers, from what the request says itself. How it ended is left open where nobody has spoken."""
        return {
            "outcome": "supported" if request.status == "reached" else None,
            "people": request.people or 1,
            "place": "phone" if request.reach_by == "phone" else "text",
            "referral": request.referral or "none",
        }

    def counted(self) -> dict[str, Any]:
        """Where nobody was spoken to there is nothing to count but how it ended."""
        said = dict(self.cleaned_data)
        if said["outcome"] != "supported":
            return {"outcome": said["outcome"], "profession": said["profession"]}
        return said | {"group": "group" if said["people"] > 1 else "individual"}


class TicketForm(HealingForm):
    """Sent twice, it is the same form."""

    ticket = forms.CharField(widget=forms.HiddenInput, initial=tickets.new)

    def clean_ticket(self) -> tickets.Ticket:
        """The form is shown again with a new one and all that was said."""
        try:
            return tickets.read(self.cleaned_data["ticket"])
        except tickets.BadTicket as bad:
            self.data = self.data | {"ticket": tickets.new()}
            raise ValidationError(str(bad)) from bad

    def nonce(self) -> str:
        ticket: tickets.Ticket = self.cleaned_data["ticket"]
        return ticket.nonce


class SessionForm(TicketForm, CountedForm):
    length = forms.ChoiceField(
        label=_("How long?"),
        choices=TO_CHOOSE + codes.LENGTHS,
        initial="",
        error_messages={"required": _("Choose how long it was.")},
    )
    field_order = ["people", "length", "place", "trigger", "tier", "referral", "met_need"]
    submit = _("Count this session")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"people": "", "place": "workplace"} | self.initial
        self.fields["people"].error_messages |= dict.fromkeys(("invalid", "required"), _("Write a number, like 7."))

    def counted(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "ticket"}


class DebriefForm(TicketForm):
    when = forms.ChoiceField(label=_("When?"), choices=SOON, widget=forms.RadioSelect, initial="after_shift")
    reach_by = forms.ChoiceField(
        label=_("How may a colleague reach you?"), choices=WAYS, widget=forms.RadioSelect, initial="email"
    )
    contact = forms.CharField(label=_("Your number or email address"), max_length=MOST_LETTERS)
    submit = _("Ask for a colleague")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        try:
            if cleaned.get("contact") and cleaned.get("reach_by"):
                cleaned["contact"] = address(cleaned["contact"], cleaned["reach_by"])
        except ValidationError as problem:
            self.add_error("contact", problem)
        return cleaned
