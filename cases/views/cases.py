"""Cases: the list, opening, who works in one, closing and reopening."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.actions import cases
from cases.forms.cases import AssignForm, CloseForm, IndependenceForm, OpenForm
from cases.models import Assignment, Case
from cases.pages import CasePage
from cases.queries import cases as queries
from cases.queries import harm_events
from healing import access
from healing.pages import FormPage, Page, found
from healing.roles import Permission

PAGE = 50


class Cases(Page):
    """A facilitator's own cases; a lead sees the process of every case at her sites."""

    who = frozenset({Permission.CASES_RUN, Permission.CASES_ASSIGN})
    template = "cases/cases.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        closed = request.GET.get("show") == "closed"
        page = Paginator(queries.listed(self.viewer, closed=closed), PAGE).get_page(request.GET.get("page"))
        return self.render(
            page=page,
            rows=queries.rows(self.viewer, page),
            closed=closed,
            is_lead=access.can(self.viewer, Permission.CASES_ASSIGN),
            can_open=access.can(self.viewer, Permission.CASES_RUN),
        )


class Open(FormPage):
    """Open a case from the harm events that the address names."""

    who = Permission.CASES_OPEN
    template = "cases/case_new.html"

    def form(self, data: Any = None, files: Any = None) -> OpenForm:
        wanted = (data or self.request.GET).getlist("event")
        return OpenForm(data, events=harm_events.chosen(self.viewer, wanted))

    def done(self, form: OpenForm) -> HttpResponse:
        events = list(form.cleaned_data["event"])
        case = cases.open_case(
            by=self.viewer, site=events[0].site, events=events, independent=form.cleaned_data["independent"]
        )
        messages.success(self.request, _("The case %(reference)s is open.") % {"reference": case.reference})
        return self.go("person_new", case.pk)

    def back(self) -> str:
        return reverse("events")


class Assign(FormPage):
    """The lead names a facilitator."""

    who = Permission.CASES_ASSIGN
    template = "cases/case_assign.html"
    case: Case

    def enter(self, case: UUID) -> None:
        super().enter()
        led = Case.objects.visible_to(self.viewer).filter(site__in=self.viewer.lead_sites)
        self.case = found(led.select_related("site"), pk=case)

    def form(self, data: Any = None, files: Any = None) -> AssignForm:
        return AssignForm(data, facilitators=queries.facilitators(self.viewer, self.case))

    def context(self) -> dict[str, Any]:
        return {"case": self.case}

    def done(self, form: AssignForm) -> HttpResponse:
        user = form.cleaned_data["user"]
        cases.assign(by=self.viewer, case=self.case, user=user)
        words = _("%(name)s is named for %(case)s. She sees it once she has declared that she is independent.")
        messages.success(self.request, words % {"name": user.name, "case": self.case.reference})
        return self.go("cases")

    def back(self) -> str:
        return reverse("cases")


class Independence(FormPage):
    """The named facilitator declares that she is independent, or steps back. She sees nothing of the case before."""

    who = Permission.CASES_RUN
    template = "cases/case_independence.html"
    form_class = IndependenceForm
    assignment: Assignment

    def enter(self, case: UUID) -> None:
        super().enter()
        own = Assignment.objects.visible_to(self.viewer).filter(user=self.viewer.user_id, ended_at=None)
        self.assignment = found(own.select_related("site"), case_id=case)

    def context(self) -> dict[str, Any]:
        return {"assignment": self.assignment}

    def post(self, request: HttpRequest, case: UUID) -> HttpResponse:
        if request.POST.get("then") == "step_back":
            cases.step_back(by=self.viewer, assignment=self.assignment)
            messages.success(request, _("You have stepped back. Your lead can name somebody else."))
            return self.go("cases")
        return super().post(request)

    def done(self, form: IndependenceForm) -> HttpResponse:
        cases.declare_independent(by=self.viewer, assignment=self.assignment)
        return self.go("case", self.assignment.case_id)

    def back(self) -> str:
        return reverse("cases")


class Close(FormPage, CasePage):
    """Closing says what will happen, and can be undone."""

    template = "cases/case_close.html"
    form_class = CloseForm

    def done(self, form: CloseForm) -> HttpResponse:
        cases.close(by=self.viewer, case=self.case, reason=form.cleaned_data["reason"])
        messages.success(self.request, _("The case %(case)s is closed.") % {"case": self.case.reference})
        return self.go("cases")


class Reopen(CasePage):
    template = "cases/case_reopen.html"

    def get(self, request: HttpRequest, case: UUID) -> HttpResponse:
        return self.render()

    def post(self, request: HttpRequest, case: UUID) -> HttpResponse:
        cases.reopen(by=self.viewer, case=self.case)
        messages.success(request, _("The case %(case)s is open again.") % {"case": self.case.reference})
        return self.go("case", self.case.pk)
