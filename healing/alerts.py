"""The browser's part of web push: the worker that shows a message, and what the page that starts it needs."""

from typing import Any

from csp.decorators import csp_replace
from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.decorators import method_decorator

from healing import access
from healing.pages import ANYONE, Page
from healing.roles import Permission

# Browsers start a worker only from an address that was vouched for, in a named policy. On every other page none may be
# made; on the page with this mark, static/src/js/alerts.js makes the one that lets its worker through and nothing else.
starts_alerts = method_decorator(csp_replace({"trusted-types": ["alerts"]}), name="dispatch")


class AlertsWorker(Page):
    """The worker's script. It has an address of its own, since a worker reaches only what lies beside or under it."""

    who = ANYONE
    before_second_step = True

    def get(self, request: HttpRequest) -> FileResponse:
        [built] = settings.STATICFILES_DIRS
        return FileResponse((built / "js/alerts_worker.js").open("rb"), content_type="text/javascript")


def empty_browser(response: HttpResponse, viewer: access.Viewer) -> Any:
    """Signing out leaves nothing behind, but for the worker by which a supporter's own device is called: nothing else
    is kept in a browser beside its cache and its cookies.
    """
    called = access.can(viewer, Permission.SUPPORT_GIVE)
    response.headers["Clear-Site-Data"] = '"cache", "cookies"' if called else '"*"'
    return response
