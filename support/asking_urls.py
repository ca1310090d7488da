"""Asking for a peer and reading the answer, under support/. Reply words travel in the body of a form, never here."""

from django.urls import path

from support.views import asking, mine, replying

urlpatterns = [
    path("", asking.Ask.as_view(), name="support_ask"),
    path("at/<slug:slug>/", asking.Ask.as_view(), name="support_here"),
    path("someone-else/", asking.Refer.as_view(), name="support_refer"),
    path("team/", asking.Team.as_view(), name="support_team"),
    path("reply/", replying.Reply.as_view(), name="support_reply"),
    path("mine/", mine.Mine.as_view(), name="support_mine"),
]
