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
    came_to: Site  # whose address it is that they typed
    site: Site  # type: ignore[assignment]  # the stubs think of django.contrib.sites, which is not installed


def site_for(request: VisitedRequest) -> Site:
    """Asked once for each request. An installation without a site yet shows a name and nothing else."""
    if not hasattr(request, "site"):
        host = request.META.get("HTTP_HOST", "").partition(":")[0]  # one that is not ours finds no site of its own
        here = answering(host) or Site(name="Healing Conversations", phone="", crisis_lines="")
        request.came_to = here
        set_site(request, here)
    return request.site


def set_site(request: VisitedRequest, site: Site) -> None:
    """A room or a case shows its own site and its times, whatever the address says."""
    request.site = site
    timezone.activate(site.time_zone)


def answering(host: str) -> Site | None:
    """The site that visitors of this address see: whose it is, else the first one without an address of its own."""
    sites = Site.objects.filter(host__in=[host.lower(), ""])
    return min(sites, key=lambda site: (site.host == "", site.created_at, site.pk), default=None)


def usual_host() -> str:
    """Where people are who typed no site's own address."""
    return urlsplit(settings.BASE_URL).hostname or ""


def typed_host(site: Site) -> str:
    """The first part of an address that people type: the site's own where it has one."""
    base = urlsplit(settings.BASE_URL)
    own = f"{site.host}:{base.port}" if base.port else site.host
    return own if site.host else base.netloc


def is_reached(site: Site) -> bool:
    """Whether people who type the address of this site land at it, and not at another one."""
    found = answering(site.host or usual_host())
    return found is not None and found.pk == site.pk


def address(site: Site, url: str) -> str:
    """A page at this site's own address. Empty: people would land at another site."""
    return f"{urlsplit(settings.BASE_URL).scheme}://{typed_host(site)}{url}" if is_reached(site) else ""


def way_to(request: VisitedRequest, url: str, at: Site | None = None) -> str:
    """A page of a site: the one that is being shown, which is not always the one that was come to. Empty: no way."""
    site = at or request.site
    if site.pk == request.came_to.pk:
        return url
    return address(site, url)


def legal_notices(site: Site, about: str = "cases") -> list[LegalNotice]:
    """What the law protects and what it does not: of each jurisdiction, the newest notice that is valid today."""
    valid = LegalNotice.objects.filter(site=site, about=about, valid_from__lte=clock.today(site.time_zone))
    return list(valid.order_by("jurisdiction", "-valid_from", "-pk").distinct("jurisdiction"))
