"""Harm events: the list, one event, grading, and bringing events in with a look before anything is written."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from cases import grades
from cases.actions import harm_events
from cases.forms.harm_events import EventFilter, GradeForm, ImportForm
from cases.importers import UnreadableFile, load, load_column_map, read
from cases.models import HarmEvent, ImportBatch
from cases.queries import harm_events as queries
from healing import access
from healing.models import Site
from healing.pages import FormPage, Page, found
from healing.roles import Permission

PAGE = 50


class Events(Page):
    """The newest harm events first; tick some to open a case."""

    who = Permission.EVENTS_SEE
    template = "cases/events.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        form = EventFilter(request.GET or None)
        filters = form.cleaned_data if form.is_bound and form.is_valid() else {}
        page = Paginator(queries.listed(self.viewer, **filters), PAGE).get_page(request.GET.get("page"))
        return self.render(
            form=form,
            page=page,
            filtered=any(filters.values()),
            can_import=access.can(self.viewer, Permission.EVENTS_IMPORT),
            can_open=access.can(self.viewer, Permission.CASES_RUN),
        )


class EventPage(Page):
    """Found at the viewer's sites, else there is nothing."""

    who = Permission.EVENTS_SEE
    event: HarmEvent

    def enter(self, event: UUID) -> None:
        super().enter()
        self.event = found(HarmEvent.objects.visible_to(self.viewer).select_related("site"), pk=event)

    def context(self) -> dict[str, Any]:
        return {"event": self.event, "grades": grades}

    def back(self) -> str:
        return reverse("events")


class Event(EventPage):
    template = "cases/event.html"

    def get(self, request: HttpRequest, event: UUID) -> HttpResponse:
        return self.render(
            physical_means=grades.PHYSICAL[self.event.physical_harm],
            psychological_means=grades.PSYCHOLOGICAL[self.event.psychological_harm],
            gradings=queries.gradings(self.viewer, self.event),
            cases=queries.own_cases(self.viewer, self.event),
            can_open=access.can(self.viewer, Permission.CASES_RUN, self.event.site_id),
        )


class Grade(FormPage, EventPage):
    template = "cases/event_grade.html"

    def form(self, data: Any = None, files: Any = None) -> GradeForm:
        return GradeForm(data, instance=self.event)

    def done(self, form: GradeForm) -> HttpResponse:
        given = form.cleaned_data
        harm_events.grade(
            by=self.viewer,
            event=self.event,
            physical=given["physical_harm"],
            psychological=given["psychological_harm"],
            cultural=given["cultural_harm"],
            spiritual=given["spiritual_harm"],
        )
        messages.success(self.request, _("The grades are saved."))
        return self.go("event", self.event.pk)


class Import(FormPage):
    """Read a file and keep what it holds for a look. Nothing is a harm event yet."""

    who = Permission.EVENTS_IMPORT
    template = "cases/event_import.html"

    def form(self, data: Any = None, files: Any = None) -> ImportForm:
        allowed = self.viewer.sites_with(Permission.EVENTS_IMPORT)
        return ImportForm(data, files, sites=Site.objects.filter(pk__in=allowed).order_by("name"))

    def done(self, form: ImportForm) -> HttpResponse:
        file, site = form.cleaned_data["file"], form.cleaned_data["site"]
        try:
            outcomes = read(file, name=file.name, column_map=load_column_map(form.cleaned_data["columns"]))
            batch = load.preview(by=self.viewer, site=site, outcomes=outcomes, file_name=file.name)
        except UnreadableFile as problem:
            form.add_error("file", str(problem))
            return self.render(form=form, status=422)
        return self.go("event_preview", batch.pk)

    def back(self) -> str:
        return reverse("events")


class BatchPage(Page):
    who = Permission.EVENTS_IMPORT
    batch: ImportBatch

    def enter(self, batch: UUID) -> None:
        super().enter()
        self.batch = found(ImportBatch.objects.visible_to(self.viewer).select_related("site"), pk=batch)

    def back(self) -> str:
        return reverse("events")


class Preview(BatchPage):
    """What would be taken, what is skipped and what is wrong, row by row. A POST takes it, and forgets the rows."""

    template = "cases/event_preview.html"

    def get(self, request: HttpRequest, batch: UUID) -> HttpResponse:
        shown = request.GET.get("show", "")
        page = Paginator(queries.rows(self.viewer, self.batch, shown), PAGE).get_page(request.GET.get("page"))
        return self.render(batch=self.batch, page=page, shown=shown)

    def post(self, request: HttpRequest, batch: UUID) -> HttpResponse:
        load.confirm(by=self.viewer, batch=self.batch)
        load.forget_rows(by=self.viewer, batch=self.batch)
        messages.success(request, _("Harm events taken: %(taken)s.") % {"taken": self.batch.taken})
        return self.go("events")


class LeaveImport(BatchPage):
    def post(self, request: HttpRequest, batch: UUID) -> HttpResponse:
        load.leave(by=self.viewer, batch=self.batch)
        messages.success(request, _("Nothing was taken. The file was left as it is."))
        return self.go("events")
