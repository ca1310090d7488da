"""Forms about harm events: finding them, bringing them in, grading them."""

from typing import Any

from django import forms
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from cases import grades
from cases.importers.column_maps import shipped
from cases.models import HarmEvent
from cases.models.harm_events import Harm
from healing.forms import HealingForm, HealingModelForm
from healing.models import Site


class EventFilter(HealingForm):
    """Everything is optional: an empty filter shows all."""

    method = "get"
    submit = _("Show")
    mark_optional = False
    reference = forms.CharField(label=_("Reference contains"), required=False, max_length=200)
    service_area = forms.CharField(label=_("Service area contains"), required=False, max_length=80)
    harm = forms.ChoiceField(label=_("Harm, of body or mind"), required=False, choices=[("", _("Any")), *Harm.choices])


MAPS = {
    "generic": _("A table of your own, with headings like reference, occurred on and kind"),
    "lfpse": _("LFPSE, England"),
    "nrls": _("NRLS, England before LFPSE"),
}


class ImportForm(HealingForm):
    submit = _("Read the file and show me")
    file = forms.FileField(
        label=_("The file"),
        help_text=_("CSV, or FHIR AdverseEvent as JSON. Names and stories in it are not read."),
        error_messages={"empty": _("This file is empty. Choose another one.")},
    )
    columns = forms.ChoiceField(
        label=_("If it is a CSV, which one?"),
        choices=[(name, MAPS.get(name, name)) for name in shipped()],
        initial="generic",
        widget=forms.RadioSelect,
    )
    site = forms.ModelChoiceField(label=_("For which site?"), queryset=Site.objects.none(), empty_label=None)

    def __init__(self, *args: Any, sites: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites
        if len(sites) == 1:
            self.fields["site"].widget = forms.HiddenInput()
            self.initial["site"] = sites[0].pk

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.IMPORT_MAX_BYTES:
            most = filesizeformat(settings.IMPORT_MAX_BYTES)
            words = _("This file is larger than %(most)s. Split it, for instance by month.")
            raise forms.ValidationError(words % {"most": most})
        return file


class GradeForm(HealingModelForm):
    submit = _("Save the grades")

    class Meta:
        model = HarmEvent
        fields = ["physical_harm", "psychological_harm", "cultural_harm", "spiritual_harm"]
        labels = {
            "physical_harm": _("Physical harm"),
            "psychological_harm": _("Psychological harm"),
            "cultural_harm": _("Cultural harm: customs, language or belonging were not respected"),
            "spiritual_harm": _("Spiritual harm: faith, trust or the sense of things was hurt"),
        }
        widgets = {"physical_harm": forms.RadioSelect, "psychological_harm": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, hints in (("physical_harm", grades.PHYSICAL), ("psychological_harm", grades.PSYCHOLOGICAL)):
            self.fields[name].hints = hints
            self.fields[name].help_text = grades.IN_DOUBT
