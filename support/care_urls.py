"""Help for yourself, under support/care/."""

from django.urls import path

from support.views.care import CarePage

urlpatterns = [
    path("", CarePage.as_view(template="support/care/index.html"), name="support_care"),
    path("returning/", CarePage.as_view(template="support/care/returning.html"), name="support_returning"),
    path("tiers/", CarePage.as_view(template="support/care/tiers.html"), name="support_tiers"),
    path("leaders/", CarePage.as_view(template="support/care/leaders.html"), name="support_leaders"),
]
