"""What every request gets: private headers, one transaction with its viewer's context, a second factor for staff."""

from collections.abc import Callable

from django.contrib import messages
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from healing import access
from healing.sites import site_for

Handler = Callable[[HttpRequest], HttpResponse]

PERMISSIONS_POLICY = "camera=(), microphone=(), geolocation=(), interest-cohort=()"


class PrivateHeaders:
    """No page is kept by a cache, indexed, or read by another origin."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store, private")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Embedder-Policy", "require-corp")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        return response


class OneTransaction:
    """The whole page, rendering included, is one transaction in the context of whoever is signed in."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        kind, ref = ("user", request.user.pk) if request.user.is_authenticated else ("nobody", "")
        with access.opened(kind, ref) as viewer:
            request.viewer, request.site = viewer, site_for(request)
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Nothing half done stays: whatever a view did before it failed is taken back."""
        if connection.in_atomic_block:
            transaction.set_rollback(True)


class SecondFactor:
    """Staff set up a second factor before anything else; a participant signs in with a code and needs none."""

    ALLOWED = ("/accounts/", "/static/", "/leave", "/site/")

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.viewer.roles and not request.path.startswith(self.ALLOWED) and not self._has_factor(request):
            messages.info(request, "Set up a second step first. It keeps other people's words safe.")
            return redirect(reverse("mfa_activate_totp"))
        return self.get_response(request)

    def _has_factor(self, request: HttpRequest) -> bool:
        """Asked of the database once in a session."""
        if not request.session.get("second_factor"):
            request.session["second_factor"] = request.user.authenticator_set.exclude(type="recovery_codes").exists()
        return bool(request.session["second_factor"])


