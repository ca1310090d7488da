"""Pages in the house of peer support: while one is made, the database can read no case."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from healing import access
from healing.pages import ANYONE, FormPage, Page
from healing.roles import Permission
from support import house
from support.house import Visitor


class SupportPage(Page):
    """For somebody who has signed in."""

    viewer: Visitor

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        outside = self.request.viewer
        with house.entered(self.comes_as(outside)) as self.request.viewer:
            response = super().dispatch(request, *args, **kwargs)
        self.request.viewer = outside
        return response

    def comes_as(self, viewer: access.Viewer) -> access.Viewer:
        return viewer


class PublicPage(SupportPage):
    """For everybody, without signing in. Whoever is signed in comes as nobody: the page is the same for all."""

    who = ANYONE
    before_second_step = True

    def comes_as(self, viewer: access.Viewer) -> access.Viewer:
        return access.NOBODY


class GivingPage(SupportPage):
    """For supporters."""

    who = Permission.SUPPORT_GIVE


class RotaPage(SupportPage):
    """For those who look after the rota. They never see a request."""

    who = Permission.SUPPORT_COORDINATE


class PublicFormPage(PublicPage, FormPage):
    pass


class GivingFormPage(GivingPage, FormPage):
    pass


class RotaFormPage(RotaPage, FormPage):
    pass
