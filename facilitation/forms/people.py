"""What a facilitator notes about one person. The person's name is in every label and on every button."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases import consent_things
from cases.models import ConsentDecision, Participant
from cases.models.consent import ConsentStatus, Purpose
from facilitation.models import Assessment
from facilitation.queries.cards import Yes, title_of
from facilitation.queries.people import called
from healing.forms import DatePartsField, HealingForm

DECISIONS = [
    (ConsentStatus.GIVEN, _("Yes")),
    (ConsentStatus.DECLINED, _("Not now")),
    (ConsentStatus.LATER, _("Ask me on a day I choose")),
    (ConsentStatus.WITHDRAWN, _("I take back my yes")),
]
TOLD = [(how.value, how.label) for how in ConsentDecision.How if how != ConsentDecision.How.IN_ROOM]


def words(label: str, *, required: bool = True, hint: str = "") -> forms.CharField:
    return forms.CharField(label=label, help_text=hint, required=required, widget=forms.Textarea(attrs={"rows": 4}))


class PreparationForm(HealingForm):
    happened_on = DatePartsField(label=_("When did you prepare together?"))
    note = words(_("A note for the facilitators of this case"), required=False)

    def __init__(self, *args: Any, person: Participant, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.submit = _("Note it for %(who)s") % {"who": called(person)}
        self.fields["note"].help_text = _("Only what helps you to prepare. It is sealed with this person's key.")

    def clean_happened_on(self) -> date:
        day = self.cleaned_data["happened_on"]
        if day > self.today:
            raise forms.ValidationError(_("Choose today or a day before: it is noted once it has taken place."))
        return day


class AssessmentForm(HealingForm):
    outcome = forms.ChoiceField(
        label=_("What do you think, together with them?"),
        choices=Assessment.Outcome.choices,
        widget=forms.RadioSelect,
    )
    risks = words(_("Risks, in taking part and in not taking part"))
    strengths = words(_("Strengths, and who is there for them"))

    def __init__(self, *args: Any, person: Participant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.submit = _("Note it for %(who)s") % {"who": called(person)}


class RecordForm(HealingForm):
    """An answer that was given by phone, in person or on paper. Taking back a yes has as many steps as giving it."""

    about = forms.ChoiceField(label=_("What is it about?"), widget=forms.RadioSelect)
    decision = forms.ChoiceField(label=_("What did they say?"), choices=DECISIONS, widget=forms.RadioSelect)
    later_until = DatePartsField(label=_("If later: from which day may we ask again?"), required=False)
    how = forms.ChoiceField(label=_("How did they tell you?"), choices=TOLD, widget=forms.RadioSelect, initial="phone")

    def __init__(self, *args: Any, person: Participant, standing: set[str], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person, self.standing, self.today = person, standing, today
        self.fields["about"].choices = [(thing.key, title_of(thing)) for thing in consent_things.all_for(person)]
        self.submit = _("Record it for %(who)s") % {"who": called(person)}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        about, decision, until = cleaned.get("about"), cleaned.get("decision"), cleaned.get("later_until")
        if decision == ConsentStatus.WITHDRAWN and about not in self.standing:
            self.add_error("decision", _("There is no yes to take back for this. Choose “Not now” instead."))
        if decision == ConsentStatus.GIVEN and about == consent_things.sharing(self.person).key:
            self.add_error("decision", _("Only they can release words, on their own page, where they see them."))
        if decision == ConsentStatus.LATER and (not until or until <= self.today):
            self.add_error("later_until", _("Give the day they chose. It is after today."))
        return cleaned

    def decided(self) -> dict[str, Any]:
        thing = consent_things.named(self.person, self.cleaned_data["about"])
        later = self.cleaned_data["decision"] == ConsentStatus.LATER
        return thing.where | {
            "decision": self.cleaned_data["decision"],
            "later_until": self.cleaned_data["later_until"] if later else None,
            "how": self.cleaned_data["how"],
        }


class AskForm(HealingForm):
    """The question appears on the person's page. Nobody is pressed for an answer."""

    about = forms.ChoiceField(label=_("What would you like to ask?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, person: Participant, ledger: list[Yes], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        settled = {yes.key for yes in ledger if yes.status in (ConsentStatus.ASKED, ConsentStatus.GIVEN)}
        askable = [t for t in consent_things.all_for(person) if t.purpose != Purpose.SHARE_STATEMENT]
        self.fields["about"].choices = [(t.key, title_of(t)) for t in askable if t.key not in settled]
        self.submit = _("Ask %(who)s") % {"who": called(person)}

    def asked(self) -> dict[str, str]:
        return consent_things.named(self.person, self.cleaned_data["about"]).where
