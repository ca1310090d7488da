"""What every request gets: private headers, one transaction with its viewer's context, a second factor for staff."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from healing import access, accounts
from healing.account_urls import ACCOUNT_PAGES, BEFORE_SECOND_STEP, STAFF
from healing.pages import ROOM
from healing.sites import VisitedRequest, site_for

Handler = Callable[[HttpRequest], HttpResponse]

PRIVATE = {
    "Cache-Control": "no-store, private",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), display-capture=(), usb=(), browsing-topics=()",
    "X-Robots-Tag": "noindex, nofollow",
}


class PrivateHeaders:
    """No page is kept by a cache, indexed, or read by another origin."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in PRIVATE.items():
            response.headers.setdefault(name, value)
        return response


class OurOwnPagesOnly:
    """Another site may link to a page, and nothing else: neither load it as a part of its own, nor post to it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self._is_ours(request) or self._is_a_link(request):
            return self.get_response(request)
        return render(request, "403.html", status=403)

    def _is_ours(self, request: HttpRequest) -> bool:
        """A browser too old to say where a request comes from is covered by the cookies and the form's token."""
        return request.headers.get("Sec-Fetch-Site", "none") in ("same-origin", "none")

    def _is_a_link(self, request: HttpRequest) -> bool:
        mode, target = request.headers.get("Sec-Fetch-Mode"), request.headers.get("Sec-Fetch-Dest")
        return request.method in ("GET", "HEAD") and mode == "navigate" and target == "document"


class OneTransaction:
    """The whole page, rendering included, is one transaction in the context of whoever is signed in."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: VisitedRequest) -> HttpResponse:
        kind, ref = ("user", request.user.pk) if request.user.is_authenticated else ("nobody", "")
        with timezone.override(None), access.opened(kind, ref) as viewer:
            request.viewer = viewer
            site_for(request)
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Nothing half done stays: whatever a view did before it failed is taken back."""
        if connection.in_atomic_block:
            transaction.set_rollback(True)


class SecondFactor:
    """Staff show a second step in every session, and set one up first. For one's own room the code is all there is."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: VisitedRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: VisitedRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        name = str(request.resolver_match and request.resolver_match.url_name)
        if not request.viewer.roles:
            if request.user.is_authenticated and ACCOUNT_PAGES.get(name) == STAFF:
                raise PermissionDenied
            return None
        page = getattr(view, "view_class", None)
        own_room = getattr(page, "who", "") == ROOM and request.viewer.rooms
        is_open = getattr(page, "before_second_step", False) or name in OPEN_PAGES
        if own_room or is_open or accounts.showed_second_step(request):
            return None
        messages.info(request, _("Your second step comes first. It keeps other people's words safe."))
        return accounts.second_step(request)


# Pages that hold nobody's words, and a way out.
OPEN_PAGES = BEFORE_SECOND_STEP | {
    *("start", "leave", "left", "help", "privacy", "accessibility", "site_theme", "site_logo", "set_language"),
    *("demo", "demo_mail", "demo_message", "demo_clock"),
}
