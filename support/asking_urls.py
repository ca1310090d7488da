"""Asking for a peer and reading the answer, under support/. Reply words travel in the body of a form, never here."""

from django.urls import path

from support.views import asking, mine, replying

urlpatterns = [
    path("", asking.Ask.as_view(), name="support_ask"),
    path("at/<slug:slug>/", asking.Ask.as_view(), name="support_here"),
    path("someone-else/", asking.Refer.as_view(), name="support_refer"),
    path("team/", asking.Team.as_view(), name="support_team"),
    path("reply/", replying.Reply.as_view(), name="support_reply"),
    path("reply/time/", replying.Time.as_view(), name="support_time"),
    path("reply/contact/", replying.Contact.as_view(), name="support_contact"),
    path("reply/answer/", replying.Say.as_view(), name="support_say"),
    path("reply/other/", replying.Other.as_view(), name="support_other"),
    path("reply/cancel/", replying.Cancel.as_view(), name="support_cancel"),
    path("reply/rate/", replying.Rate.as_view(), name="support_rate"),
    path("reply/remind/", replying.Remind.as_view(), name="support_remind"),
    path("mine/", mine.Mine.as_view(), name="support_mine"),
    path("mine/time/", mine.Time.as_view(), name="support_mine_time"),
    path("mine/contact/", mine.Contact.as_view(), name="support_mine_contact"),
    path("mine/answer/", mine.Say.as_view(), name="support_mine_say"),
    path("mine/other/", mine.Other.as_view(), name="support_mine_other"),
    path("mine/cancel/", mine.Cancel.as_view(), name="support_mine_cancel"),
    path("mine/rate/", mine.Rate.as_view(), name="support_mine_rate"),
]
