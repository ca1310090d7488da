"""Which site a visitor is at: by the address they came to, else the first one."""

from django.http import HttpRequest
from django.utils import timezone

from healing.access import Viewer
from healing.models import Site


class VisitedRequest(HttpRequest):
    """A request once its transaction is open: for whom rows are read, and at which site."""

    viewer: Viewer
    site: Site  # type: ignore[assignment]  # the stubs think of django.contrib.sites, which is not installed


def site_for(request: VisitedRequest) -> Site:
    """Asked once for each request. An installation without a site yet shows a name and nothing else."""
    if not hasattr(request, "site"):
        host = request.get_host().partition(":")[0]
        sites = sorted(Site.objects.filter(host__in=[host, ""]), key=lambda site: (site.host == "", site.created_at))
        set_site(request, sites[0] if sites else Site(name="Healing Conversations", phone="", crisis_lines=""))
    return request.site


def set_site(request: VisitedRequest, site: Site) -> None:
    """A room or a case shows its own site and its times, whatever the address says."""
    request.site = site
    timezone.activate(site.time_zone)
