"""Who supports: a list, one record each, and what they have learnt. Never whom they support."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from healing.pages import found
from support.actions import competence, records
from support.codes import NEEDED_COMPETENCES
from support.forms.supporters import CompetenceForm, NewSupporterForm, SupporterForm
from support.models import Competence, Supporter
from support.queries import supporters, units
from support.views.coordinating import SiteFormPage, SitePage


class Supporters(SitePage):
    template = "support/coordinating/supporters.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render(
            supporters=supporters.listed(self.viewer, self.site),
            due=supporters.training_due(self.viewer, self.site),
            can_add=bool(supporters.without_record(self.viewer, self.site)),
        )


class SupporterNew(SiteFormPage):
    template = "support/coordinating/supporter_new.html"

    def form(self, data: Any = None, files: Any = None) -> NewSupporterForm:
        return NewSupporterForm(
            data,
            site=self.site,
            units=list(units.open_units(self.viewer, self.site)),
            people=supporters.without_record(self.viewer, self.site),
            initial={"languages": self.site.languages.split(",")[:1], "capacity": 2},
        )

    def blank(self) -> NewSupporterForm:
        return self.form()

    def context(self) -> dict[str, Any]:
        nobody = not supporters.without_record(self.viewer, self.site)
        return {"back_url": self.back(), "nobody": nobody}

    def back(self) -> str:
        return reverse("support_supporters")

    def done(self, form: NewSupporterForm) -> HttpResponse:
        said = dict(form.cleaned_data)
        supporter = records.begin(by=self.viewer, site=self.site, user_id=said.pop("person"), **said)
        messages.success(self.request, _("They are in the list. Write down their training next."))
        return self.go("support_supporter", supporter.pk)


class RecordPage(SitePage):
    """A page about one supporter whose record has not ended."""

    supporter: Supporter

    def enter(self, **kwargs: Any) -> None:
        super().enter(**kwargs)
        rows = supporters.serving(self.viewer, self.site).select_related("site", "unit")
        self.supporter = found(rows, pk=kwargs["supporter"])
        user = self.supporter.user_id
        self.name = supporters.names([user]).get(user, "")

    def context(self) -> dict[str, Any]:
        return {"supporter": self.supporter, "name": self.name, "back_url": self.back()}

    def back(self) -> str:
        return reverse("support_supporter", args=[self.supporter.pk])


class SupporterRecord(RecordPage, SiteFormPage):
    template = "support/coordinating/supporter.html"

    def form(self, data: Any = None, files: Any = None) -> SupporterForm:
        """A unit that was closed stays theirs until they are given another one."""
        theirs = {self.supporter.unit_id, *(leads := supporters.leads(self.viewer, self.supporter))}
        known = units.all_units(self.viewer, self.site)
        initial = {
            "unit": self.supporter.unit_id,
            "profession": self.supporter.profession,
            "languages": self.supporter.languages.split(","),
            "capacity": self.supporter.capacity,
            "leads": [str(pk) for pk in leads],
        }
        choices = [unit for unit in known if unit.closed_on is None or unit.pk in theirs]
        return SupporterForm(data, site=self.site, units=choices, initial=initial)

    def blank(self) -> SupporterForm:
        return self.form()

    def context(self) -> dict[str, Any]:
        learnt = [(one, supporters.competence_words(one.number)) for one in self._learnt()]
        return super().context() | {"learnt": learnt}

    def _learnt(self) -> list[Competence]:
        return list(supporters.competences(self.viewer, self.supporter))

    def back(self) -> str:
        return reverse("support_supporters")

    def done(self, form: SupporterForm) -> HttpResponse:
        records.change(by=self.viewer, supporter=self.supporter, **form.cleaned_data)
        messages.success(self.request, _("The record was saved."))
        return self.go("support_supporters")


class SupporterEnd(RecordPage):
    template = "support/coordinating/supporter_end.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.render(shifts=list(supporters.shifts_to_come(self.viewer, self.supporter)))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        gone = records.end(by=self.viewer, supporter=self.supporter)
        said = ngettext(
            "The record has ended. %d shift was removed.", "The record has ended. %d shifts were removed.", gone
        )
        messages.success(request, said % gone)
        return self.go("support_supporters")


class CompetenceNew(RecordPage, SiteFormPage):
    template = "support/coordinating/competence_new.html"

    def form(self, data: Any = None, files: Any = None) -> CompetenceForm:
        return CompetenceForm(data, supporter=self.supporter, initial={"number": self.request.GET.get("number", "")})

    def blank(self) -> CompetenceForm:
        return self.form()

    def done(self, form: CompetenceForm) -> HttpResponse:
        competence.record(by=self.viewer, supporter=self.supporter, **form.cleaned_data)
        messages.success(self.request, _("The training was written down."))
        return self.go("support_supporter", self.supporter.pk)


class CompetenceRemove(RecordPage):
    template = "support/coordinating/competence_remove.html"

    def enter(self, **kwargs: Any) -> None:
        super().enter(**kwargs)
        self.competence = found(supporters.competences(self.viewer, self.supporter), pk=kwargs["competence"])

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        number = self.competence.number
        return self.render(words=supporters.competence_words(number), needed=number in NEEDED_COMPETENCES)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        competence.remove(by=self.viewer, competence=self.competence)
        messages.success(request, _("The training was removed."))
        return self.go("support_supporter", self.supporter.pk)
