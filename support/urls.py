"""Peer support's addresses, under support/. None of them leads to a case."""

from django.urls import include, path

urlpatterns = [
    path("", include("support.asking_urls")),
    path("", include("support.giving_urls")),
    path("", include("support.coordinating_urls")),
    path("care/", include("support.care_urls")),
]
