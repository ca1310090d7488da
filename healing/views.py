"""Pages that belong to no case: start, home, leaving and the site's look."""

from typing import ClassVar

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import cache_control

from healing import access, alerts
from healing.models import Site
from healing.pages import ANYONE, SIGNED_IN, Page, found
from healing.roles import Permission


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
    PLACES: ClassVar[tuple[tuple[Permission, str], ...]] = (
        (Permission.CASES_RUN, "today"),
        (Permission.CASES_ASSIGN, "cases"),
        (Permission.SUPPORT_GIVE, "support_now"),
        (Permission.SUPPORT_COORDINATE, "support_rota"),
        (Permission.SITE_SET_UP, "people"),
    )

    def get(self, request: HttpRequest) -> HttpResponse:
        for permission, name in self.PLACES:
            if access.can(self.viewer, permission):
                return self.go(name)
        if len(self.viewer.rooms) == 1:
            return self.go("room", next(iter(self.viewer.rooms)))
        return self.go("rooms") if self.viewer.rooms else self.render()


class Message(Home):
    """Where the link in a call for peer support leads. On a phone's lock screen the address says nothing."""

    PLACES = (
        (Permission.SUPPORT_GIVE, "support_now"),
        (Permission.SUPPORT_COORDINATE, "support_now"),
        *Home.PLACES,
    )


class Leave(Page):
    """Sign out, empty what the browser holds, and go to a page that says nothing."""

    who = ANYONE

    def post(self, request: HttpRequest) -> HttpResponse:
        logout(request)
        return alerts.empty_browser(self.go("left"), self.viewer)


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
