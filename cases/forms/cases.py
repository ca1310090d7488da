"""Forms about a case: opening, naming a facilitator, declaring independence, closing."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.models import HarmEvent
from cases.models.case import CloseReason
from healing.forms import HealingForm
from healing.models import User

INDEPENDENT = _(
    "I am independent: I do not manage or report to anybody in this case, I am in nobody's care or family, "
    "and I took no part in what happened."
)


class EventChoice(forms.ModelMultipleChoiceField):
    def label_from_instance(self, event: HarmEvent) -> str:
        return " · ".join(filter(None, [event.reference, event.kind, event.service_area]))


class OpenForm(HealingForm):
    submit = _("Open the case")
    event = EventChoice(
        label=_("About which harm events?"),
        queryset=HarmEvent.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one harm event.")},
    )
    independent = forms.BooleanField(
        label=INDEPENDENT,
        error_messages={"required": _("Only somebody who is independent can open this case. Ask a colleague who is.")},
    )

    def __init__(self, *args: Any, events: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["event"].queryset = events
        self.initial["event"] = [event.pk for event in events]

    def clean_event(self) -> Any:
        events = self.cleaned_data["event"]
        if len({event.site_id for event in events}) > 1:
            raise forms.ValidationError(_("These events are at different sites. Open one case for each site."))
        return events


class AssignForm(HealingForm):
    submit = _("Name this facilitator")
    user = forms.ModelChoiceField(
        label=_("Who?"),
        help_text=_("She sees nothing of the case until she has declared that she is independent."),
        queryset=User.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
    )

    def __init__(self, *args: Any, facilitators: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = facilitators
        self.fields["user"].label_from_instance = lambda user: user.name


class IndependenceForm(HealingForm):
    submit = _("Declare, and open the case")
    secondary = ("step_back", _("I cannot take this case"))
    independent = forms.BooleanField(
        label=INDEPENDENT,
        error_messages={"required": _("Tick the box if this is so. If it is not, choose “I cannot take this case”.")},
    )


class CloseForm(HealingForm):
    submit = _("Close the case")
    reason = forms.ChoiceField(label=_("How did it end?"), choices=CloseReason.choices, widget=forms.RadioSelect)
