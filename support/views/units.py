"""Wards and divisions, and the posters that hang there."""

from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from healing.models import Site
from healing.pages import found
from healing.sites import is_reached, typed_host
from support import qr
from support.actions import units as changing
from support.forms.units import UnitForm
from support.models import Unit
from support.queries import units
from support.views.coordinating import SiteFormPage, SitePage


class Units(SitePage):
    template = "support/coordinating/units.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = units.all_units(self.viewer, self.site).order_by("closed_on", "name")
        return self.render(units=rows, reached=is_reached(self.site))


class UnitNew(SiteFormPage):
    template = "support/coordinating/unit_new.html"

    def form(self, data: Any = None, files: Any = None) -> UnitForm:
        return UnitForm(data, parents=list(units.open_units(self.viewer, self.site)))

    def blank(self) -> UnitForm:
        return self.form()

    def context(self) -> dict[str, Any]:
        return {"back_url": self.back()}

    def back(self) -> str:
        return reverse("support_units")

    def done(self, form: UnitForm) -> HttpResponse:
        try:
            changing.add(by=self.viewer, site=self.site, **form.cleaned_data)
        except changing.TakenAddress as error:
            form.add_error("slug", str(error))
            return self.render(form=form, status=422)
        messages.success(self.request, _("The unit was added. Its poster is ready to print."))
        return self.go("support_units")


class UnitPage(SitePage):
    unit: Unit

    def enter(self, **kwargs: Any) -> None:
        super().enter(**kwargs)
        self.unit = found(units.all_units(self.viewer, self.site).select_related("site", "parent"), pk=kwargs["unit"])

    def context(self) -> dict[str, Any]:
        return {"unit": self.unit, "back_url": self.back()}

    def back(self) -> str:
        return reverse("support_units")


class UnitEdit(UnitPage, SiteFormPage):
    template = "support/coordinating/unit.html"

    def form(self, data: Any = None, files: Any = None) -> UnitForm:
        parts = units.with_parts(self.viewer, self.unit)
        others = units.all_units(self.viewer, self.site).exclude(pk__in=parts)
        parents = [unit for unit in others if unit.closed_on is None or unit.pk == self.unit.parent_id]
        initial = {"name": self.unit.name, "slug": self.unit.slug, "parent": self.unit.parent_id}
        return UnitForm(data, parents=parents, initial=initial)

    def blank(self) -> UnitForm:
        return self.form()

    def done(self, form: UnitForm) -> HttpResponse:
        try:
            changing.change(by=self.viewer, unit=self.unit, **form.cleaned_data)
        except changing.TakenAddress as error:
            form.add_error("slug", str(error))
            return self.render(form=form, status=422)
        messages.success(self.request, _("The unit was saved."))
        return self.go("support_units")


class UnitClose(UnitPage):
    """Close a unit, or open one again that was closed."""

    template = "support/coordinating/unit_close.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.render()

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if self.unit.closed_on is None:
            changing.close(by=self.viewer, unit=self.unit)
            messages.success(request, _("The unit is closed."))
        else:
            changing.open_again(by=self.viewer, unit=self.unit)
            messages.success(request, _("The unit is open again."))
        return self.go("support_units")


class Sheet(NamedTuple):
    unit: Unit
    host: str
    path: str  # after the host, as a person types it
    code: str


class Posters(SitePage):
    """A sheet of A4 for every ward."""

    template = "support/coordinating/posters.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render(sheets=sheets(self.site, units.open_units(self.viewer, self.site)))


class Poster(UnitPage):
    template = "support/coordinating/posters.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.render(sheets=sheets(self.site, [self.unit]))


def sheets(site: Site, wards: Iterable[Unit]) -> list[Sheet] | None:
    """None where people would land at another site: then nothing is printed."""
    return [sheet(site, unit) for unit in wards] if is_reached(site) else None


def sheet(site: Site, unit: Unit) -> Sheet:
    """The short address is the site's own where it has one, since two sites may each have a ward of that name."""
    host, path = typed_host(site), reverse("support_short", args=[unit.slug])
    scheme = urlsplit(settings.BASE_URL).scheme
    return Sheet(unit, host, path.rstrip("/"), qr.svg(f"{scheme}://{host}{path}"))
