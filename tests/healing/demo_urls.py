"""Every address, and those that exist only in the demo."""

from django.urls import include, path

from healing.urls import urlpatterns as everywhere

urlpatterns = [*everywhere, path("demo/", include("healing.demo.urls"))]
