"""Peer support: giving. What a supporter does with what is asked of them, their shifts, and their own record."""

from django.urls import path

from support.views import giving, me, shifts

urlpatterns = [
    path("now/", giving.Now.as_view(), name="support_now"),
    path("requests/<uuid:which>/", giving.OneRequest.as_view(), name="support_request"),
    path("requests/<uuid:which>/accept/", giving.Accept.as_view(), name="support_accept"),
    path("requests/<uuid:which>/pass/", giving.Pass.as_view(), name="support_pass"),
    path("requests/<uuid:which>/keep/", giving.Keep.as_view(), name="support_keep"),
    path("requests/<uuid:which>/reached/", giving.Reached.as_view(), name="support_reached"),
    path("requests/<uuid:which>/answer/", giving.Answer.as_view(), name="support_answer"),
    path("requests/<uuid:which>/refer-on/", giving.ReferOn.as_view(), name="support_refer_on"),
    path("requests/<uuid:which>/hand-on/", giving.HandOn.as_view(), name="support_hand_on"),
    path("requests/<uuid:which>/close/", giving.Close.as_view(), name="support_close"),
    path("session/", giving.TeamSession.as_view(), name="support_session"),
    path("debrief/", giving.Debrief.as_view(), name="support_debrief"),
    path("shifts/", shifts.Shifts.as_view(), name="support_shifts"),
    path("shifts/<uuid:which>/swap/", shifts.OfferSwap.as_view(), name="support_swap_offer"),
    path("swaps/<uuid:which>/take/", shifts.TakeSwap.as_view(), name="support_swap_take"),
    path("swaps/<uuid:which>/leave/", shifts.LeaveSwap.as_view(), name="support_swap_leave"),
    path("swaps/<uuid:which>/withdraw/", shifts.WithdrawSwap.as_view(), name="support_swap_withdraw"),
    path("away/", shifts.GoAway.as_view(), name="support_away"),
    path("away/now/", shifts.GoAwayNow.as_view(), name="support_away_now"),
    path("away/<uuid:which>/end/", shifts.ComeBack.as_view(), name="support_back"),
    path("me/", me.Me.as_view(), name="support_me"),
    path("me/sign/", me.Sign.as_view(), name="support_sign"),
    path("me/ways/", me.NewChannel.as_view(), name="support_channel_new"),
    path("me/ways/<uuid:which>/remove/", me.RemoveChannel.as_view(), name="support_channel_remove"),
]
