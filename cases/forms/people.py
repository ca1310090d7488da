"""Forms about people: who they are, how they can be reached without harm, and a pause."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cases.models import Participant
from cases.models.people import GUESTS, Part, PauseReason, Side
from cases.names import alike
from healing.forms import HealingForm

SIDE_OF = {
    Part.PATIENT: Side.HARMED,
    Part.FAMILY: Side.HARMED,
    Part.HEALTHCARE_WORKER: Side.STAFF,
    Part.LEADER: Side.STAFF,
}


class PersonForm(HealingForm):
    """The side follows from the part; a supporter or an interpreter is on the side of the person they come with."""

    submit = _("Add this person")
    name = forms.CharField(label=_("Name, as they like to be called"), max_length=120)
    part = forms.ChoiceField(label=_("What is their part?"), choices=Part.choices, widget=forms.RadioSelect)
    accompanies = forms.ChoiceField(
        label=_("Who do they come with?"), help_text=_("Only for a supporter or an interpreter."), required=False
    )
    language = forms.ChoiceField(label=_("Which language suits them?"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, people: Sequence[Participant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        hosts = [(pk, person.name) for pk, person in self.people.items() if not person.is_guest]
        self.fields["accompanies"].choices = [("", _("Nobody")), *hosts]
        if len(settings.LANGUAGES) == 1:
            self.fields["language"].widget = forms.HiddenInput()
            self.initial["language"] = settings.LANGUAGES[0][0]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        host = given["accompanies"] = self.people.get(given.get("accompanies", ""))
        part = given.get("part")
        if part in GUESTS and host is None:
            self.add_error("accompanies", _("A supporter or an interpreter comes with somebody. Choose who that is."))
        if part and part not in GUESTS and host:
            self.add_error("accompanies", _("Only a supporter or an interpreter comes with somebody. Choose “Nobody”."))
        given["side"] = host.side if host else SIDE_OF.get(part)
        self._warn_of_likeness(given)
        return given

    def _warn_of_likeness(self, given: dict[str, Any]) -> None:
        """Somebody on the other side with such a name is easily mixed up: ask once, with a tick to go on."""
        others = [
            person
            for person in self.people.values()
            if person.side != given["side"] and alike(person.name, given.get("name", ""))
        ]
        if given["side"] and others:
            self.fields["different"] = forms.BooleanField(label=_("I have checked: they are two people."))
            if "different" not in self.data:
                self.add_error(
                    "different",
                    _("%(name)s (%(side)s) has a name like this. Check, then tick the box to go on.")
                    % {"name": others[0].name, "side": others[0].get_side_display()},
                )


class ContactForm(HealingForm):
    """Asked again each time. Whatever is not ticked is not used."""

    email = forms.EmailField(label=_("Email address"), required=False)
    email_ok = forms.BooleanField(label=_("Email is safe: nobody else reads it"), required=False)
    phone = forms.CharField(label=_("Phone number"), required=False, max_length=40)
    text_ok = forms.BooleanField(label=_("Text messages are safe"), required=False)
    voicemail_ok = forms.BooleanField(label=_("A voicemail is safe"), required=False)
    times = forms.CharField(
        label=_("Good times to call"),
        help_text=_("In their own words, like “after two, not Fridays”."),
        required=False,
        max_length=200,
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("email_ok") and not given.get("email") and "email" not in self.errors:
            self.add_error("email", _("Write the email address that is safe, or take the tick away."))
        if (given.get("text_ok") or given.get("voicemail_ok")) and not given.get("phone"):
            self.add_error("phone", _("Write the phone number that is safe, or take the ticks away."))
        return given


class PauseForm(HealingForm):
    reason = forms.ChoiceField(label=_("Why?"), choices=PauseReason.choices, widget=forms.RadioSelect)
