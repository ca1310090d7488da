"""One more of what a site has several of: a day off, a legal notice."""

from django import forms
from django.utils.translation import gettext_lazy as _

from healing.forms import DatePartsField, HealingForm
from healing.models import LegalNotice


class HolidayForm(HealingForm):
    submit = _("Add the day")
    day = DatePartsField(label=_("Which day?"))
    name = forms.CharField(label=_("What is it called?"), max_length=80)


class LegalNoticeForm(HealingForm):
    submit = _("Add the notice")
    about = forms.ChoiceField(
        label=_("What is it about?"),
        choices=LegalNotice.About.choices,
        widget=forms.RadioSelect,
        help_text=_(
            "The law can protect one and not the other. A notice about conversations is shown to the people in them. "
            "A notice about peer support is shown to whoever asks for a peer."
        ),
    )
    jurisdiction = forms.CharField(label=_("Which country or state?"), max_length=80)
    text = forms.CharField(
        label=_("What the law protects there and what it does not, in plain words"),
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    valid_from = DatePartsField(label=_("From which day?"))
