"""What every template may use."""

from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from healing import access
from healing.crisis_lines import crisis_lines
from healing.models import Site
from healing.other_help import other_help
from healing.roles import Permission
from healing.sites import VisitedRequest, legal_notices, site_for

NAVIGATION = [  # (key, words, url name, whoever has one of these permissions)
    ("today", _("Today"), "today", {Permission.CASES_RUN}),
    ("cases", _("Cases"), "cases", {Permission.CASES_RUN, Permission.CASES_ASSIGN}),
    ("events", _("Harm events"), "events", {Permission.EVENTS_SEE}),
    ("support_now", _("Peer support"), "support_now", {Permission.SUPPORT_GIVE}),
    ("support_shifts", _("My shifts"), "support_shifts", {Permission.SUPPORT_GIVE}),
    ("support_rota", _("Rota"), "support_rota", {Permission.SUPPORT_COORDINATE}),
    ("support_supporters", _("Supporters"), "support_supporters", {Permission.SUPPORT_COORDINATE}),
    ("support_waits", _("Waiting times"), "support_waits", {Permission.SUPPORT_COORDINATE}),
    ("support_units", _("Units and posters"), "support_units", {Permission.SUPPORT_COORDINATE}),
    ("people", _("People and roles"), "people", {Permission.PEOPLE_MANAGE}),
    ("site", _("Set-up"), "site_set_up", {Permission.SITE_SET_UP}),
]


def site(request: VisitedRequest) -> dict[str, Any]:
    viewer = getattr(request, "viewer", access.NOBODY)
    here = site_for(request)
    return {"site": shown(here), "viewer": viewer, "nav": navigation(viewer, request.path)}


def shown(site: Site) -> dict[str, Any]:
    """A site as pages show it. A site that is not set up yet has a name only."""
    saved = site.created_at is not None and bool(site.slug)
    lines = crisis_lines(site.crisis_lines)
    return {
        "name": site.name,
        "phone": site.phone,
        "crisis_lines": lines,
        "has_emergency_line": any(line.is_emergency for line in lines),
        "other_help": other_help(site.other_help),
        "other_help_checked_on": site.other_help_checked_on,
        "logo_url": reverse("site_logo", args=[site.slug]) if saved and site.logo else "",
        "logo_text": site.logo_text,
        "theme_url": reverse("site_theme", args=[site.slug]) if saved else "",
        "zone": site.time_zone,
        "legal_notices": partial(legal_notices, site),  # asked for only by a page that shows them
        "support_notices": partial(legal_notices, site, about="support"),
    }


def navigation(viewer: access.Viewer, path: str) -> list[dict[str, Any]]:
    allowed = [item for item in NAVIGATION if any(access.can(viewer, needed) for needed in item[3])]
    urls = [(item[1], reverse(item[2])) for item in allowed]
    if viewer.roles:
        urls.append((_("Signing in"), reverse("mfa_index")))
    return [{"name": words, "url": url, "current": path.startswith(url)} for words, url in urls]
