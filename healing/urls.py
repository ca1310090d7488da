"""Every address. Apps declare who may use theirs on the page; sign-in's are declared here."""

from django.conf import settings
from django.urls import include, path

from healing import alerts, views

urlpatterns = [
    path("", views.Start.as_view(), name="start"),
    path("home/", views.Home.as_view(), name="home"),
    path("m/", views.Message.as_view(), name="message"),
    path("leave/", views.Leave.as_view(), name="leave"),
    path("left/", views.Plain.as_view(template="left.html"), name="left"),
    path("help/", views.Plain.as_view(template="help.html"), name="help"),
    path("privacy/", views.Plain.as_view(template="privacy.html"), name="privacy"),
    path("accessibility/", views.Plain.as_view(template="accessibility.html"), name="accessibility"),
    path("site/<slug:slug>/theme.css", views.SiteTheme.as_view(), name="site_theme"),
    path("site/<slug:slug>/logo.png", views.SiteLogo.as_view(), name="site_logo"),
    path("accounts/", include("healing.account_urls")),
    path("", include("healing.set_up.urls")),
    path("support/alerts.js", alerts.AlertsWorker.as_view(), name="alerts_worker"),
    path("support/", include("support.urls")),
    path("s/", include("support.short_urls")),
    path("", include("cases.urls")),
    path("", include("facilitation.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("healing.demo.urls")))
