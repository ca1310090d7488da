"""Just the addresses that the shared templates link to."""

from django.http import HttpResponse
from django.urls import include, path


def nothing(request):
    return HttpResponse()


NAMES = ["start", "leave", "help", "privacy", "accessibility", "home", "set_language"]
urlpatterns = [path(f"{name}/", nothing, name=name) for name in NAMES] + [path("accounts/", include("allauth.urls"))]
