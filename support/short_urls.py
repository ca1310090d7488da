"""The short address that is printed on a ward's poster, under s/."""

from django.urls import path

from support.views.asking import Ask

urlpatterns = [path("<slug:slug>/", Ask.as_view(), name="support_short")]
