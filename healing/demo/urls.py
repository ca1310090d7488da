from django.urls import path

from healing.demo import pages

urlpatterns = [
    path("", pages.Welcome.as_view(), name="demo"),
    path("mail/", pages.Mail.as_view(), name="demo_mail"),
    path("mail/<slug:ident>/", pages.Message.as_view(), name="demo_message"),
    path("clock/", pages.Clock.as_view(), name="demo_clock"),
]
