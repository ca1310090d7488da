"""What the coordinator's pages share: the one site that they are about, and its time."""

from typing import Any

from django.urls import reverse

from healing.models import Site
from healing.pages import FormPage
from healing.sites import VisitedRequest, set_site, site_for, way_to
from support.pages import RotaPage


class SitePage(RotaPage):
    """A page about the site that was come to, or else about the first one whose rota is looked after."""

    site: Site

    def enter(self, **kwargs: Any) -> None:
        super().enter(**kwargs)
        self.site = own_site(self.request, self.viewer.coordinated)


class SiteFormPage(SitePage, FormPage):
    pass


def alarms_elsewhere(request: VisitedRequest, alarms: dict[Site, int]) -> list[dict[str, Any]]:
    """Where else somebody waits, and the way to the rota there. Empty: that site has no address of its own."""
    rota = reverse("support_rota")
    return [{"site": site, "count": count, "url": way_to(request, rota, site)} for site, count in alarms.items()]


def own_site(request: VisitedRequest, coordinated: Any) -> Site:
    site = site_for(request)
    if site.pk not in coordinated:
        site = Site.objects.get(pk=min(coordinated))
    set_site(request, site)
    return site
