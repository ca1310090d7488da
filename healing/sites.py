"""Which site a visitor is at: by the address they came to, else the first one."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from healing import clock
from healing.access import Viewer
from healing.models import LegalNotice, Site


class VisitedRequest(HttpRequest):
    """A request once its transaction is open: for whom rows are read, and at which site."""

    viewer: Viewer
    site: Site  # type: ignore[assignment]  # the stubs think of django.contrib.sites, which is not installed


def site_for(request: VisitedRequest) -> Site:
    """Asked once for each request. An installation without a site yet shows a name and nothing else."""
    if not hasattr(request, "site"):
        host = request.META.get("HTTP_HOST", "").partition(":")[0]  # one that is not ours finds no site of its own
        sites = sorted(Site.objects.filter(host__in=[host, ""]), key=lambda site: (site.host == "", site.created_at))
        set_site(request, sites[0] if sites else Site(name="Healing Conversations", phone="", crisis_lines=""))
    return request.site


def set_site(request: VisitedRequest, site: Site) -> None:
    """A room or a case shows its own site and its times, whatever the address says."""
    request.site = site
    timezone.activate(site.time_zone)


def typed_host(site: Site) -> str:
    """The first part of an address that people type: the site's own where it has one."""
    return site.host or urlsplit(settings.BASE_URL).netloc


def legal_notices(site: Site, about: str = "cases") -> list[LegalNotice]:
    """What the law protects and what it does not: of each jurisdiction, the newest notice that is valid today."""
    valid = LegalNotice.objects.filter(site=site, about=about, valid_from__lte=clock.today(site.time_zone))
    return list(valid.order_by("jurisdiction", "-valid_from", "-pk").distinct("jurisdiction"))
