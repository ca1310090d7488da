"""Pages that belong to no case: start, home, leaving, the site's look, and whether everything is alive."""

from datetime import timedelta

from django.contrib.auth import logout
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import cache_control
from kombu.exceptions import OperationalError

from healing import access, clock
from healing.celery import app
from healing.models import Heartbeat, Site
from healing.pages import ANYONE, SIGNED_IN, Page, found
from healing.roles import Permission

WORKER_SEEN_WITHIN = timedelta(minutes=2)


class Start(Page):
    """Who are you here as? Three ways in."""

    who = ANYONE
    template = "start.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.go("home") if request.user.is_authenticated else self.render()


class Home(Page):
    """Where somebody who has signed in goes on: their room, or their work."""

    who = SIGNED_IN
    template = "no_place_yet.html"
    PLACES = (
        (Permission.CASES_RUN, "today"),
        (Permission.CASES_ASSIGN, "cases"),
        (Permission.SITE_SET_UP, "people"),
    )

    def get(self, request: HttpRequest) -> HttpResponse:
        for permission, name in self.PLACES:
            if access.can(self.viewer, permission):
                return self.go(name)
        if len(self.viewer.rooms) == 1:
            return self.go("room", next(iter(self.viewer.rooms)))
        return self.go("rooms") if self.viewer.rooms else self.render()


class Leave(Page):
    """Sign out, empty what the browser holds, and go to a page that says nothing."""

    who = ANYONE

    def post(self, request: HttpRequest) -> HttpResponse:
        logout(request)
        response = self.go("left")
        response.headers["Clear-Site-Data"] = '"*"'
        return response


class Plain(Page):
    """Help, privacy in plain words, the accessibility statement."""

    who = ANYONE

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render()


@method_decorator(cache_control(public=True, max_age=300), name="dispatch")
class SiteTheme(Page):
    """The site's colours. Each was refused unless it can be read."""

    who = ANYONE

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        site = found(Site.objects, slug=slug)
        light = f":root {{ --brand: {site.colour_brand}; --link: {site.colour_link}; }}"
        dark = f":root {{ --brand: {site.colour_brand_dark}; --link: {site.colour_link_dark}; }}"
        css = f"{light}\n@media (prefers-color-scheme: dark) {{ {dark} }}\n"
        return HttpResponse(css, content_type="text/css")


@method_decorator(cache_control(public=True, max_age=300), name="dispatch")
class SiteLogo(Page):
    who = ANYONE

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        site = found(Site.objects.exclude(logo=b""), slug=slug)
        return HttpResponse(bytes(site.logo), content_type="image/png")


class Alive(Page):
    who = ANYONE

    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse("ok", content_type="text/plain")


class Ready(Page):
    """Able to serve: the database answers as a role that cannot bypass, the broker answers, a worker was seen lately."""

    who = ANYONE

    def get(self, request: HttpRequest) -> HttpResponse:
        checks = {"database": self.database(), "broker": self.broker(), "worker": self.worker()}
        return JsonResponse(checks, status=200 if all(checks.values()) else 503)

    def database(self) -> bool:
        try:
            access.refuse_bypassing_role()
        except (DatabaseError, RuntimeError):
            return False
        return True

    def broker(self) -> bool:
        return broker_answers()

    def worker(self) -> bool:
        return Heartbeat.objects.filter(name="worker", at__gte=clock.now() - WORKER_SEEN_WITHIN).exists()


def broker_answers() -> bool:
    try:
        with app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, timeout=2)
    except OperationalError:
        return False
    return True

