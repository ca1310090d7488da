"""Sign-in's pages, where the ones of allauth would tell who has an account, or would let staff in too easily."""

import time
from typing import Any

from allauth.account import views
from allauth.account.adapter import get_adapter
from allauth.account.internal.stagekit import stash_login
from allauth.core import ratelimit
from allauth.mfa.adapter import get_adapter as get_second_factor_adapter
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from healing import accounts, alerts, ids
from healing.models import User
from healing.sites import VisitedRequest


class OurSite:
    """The name and phone on a page are the site's, not the address's."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)  # type: ignore[misc]
        context.pop("site", None)
        return context


class SignIn(OurSite, views.LoginView):
    pass


class Inactive(OurSite, views.AccountInactiveView):
    pass


class SecondStep(OurSite, AuthenticateView):
    pass


class RequestCode(OurSite, views.RequestLoginCodeView):
    """Known or not: the same page, and one message to the address."""

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        if form._user is None:
            say_there_is_no_code(form.cleaned_data["email"])
        return response


class ConfirmCode(OurSite, views.ConfirmLoginCodeView):
    """Typing the code. A new code starts the twenty minutes again and counts against the same limits."""

    def get_form(self, form_class: Any = None) -> Any:
        if self._process.user is None:
            User.objects.filter(pk=ids.new()).first()  # as many questions as for an address that is known
        return super().get_form(form_class)

    def _resend_form_valid(self, form: Any) -> HttpResponse:
        state = self._process.state
        if not ratelimit.consume(self.request, action="request_login_code", key=state["email"]):
            messages.error(self.request, accounts.TRY_LATER)
            return redirect(self.passthrough_next_url(reverse("account_confirm_login_code")))
        state["at"] = self.stage.login.initiated_at = time.time()
        response = super()._resend_form_valid(form)
        if self._process.user is None:
            state["code"] = ""  # there is nobody whom a lucky guess could sign in
            stash_login(self.request, self.stage.login)
            say_there_is_no_code(state["email"])
        return response


def say_there_is_no_code(email: str) -> None:
    get_adapter().send_mail("account/email/unknown_account", email, {})


class SignOut(views.LogoutView):
    """The browser forgets what it holds."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        return alerts.empty_browser(super().post(*args, **kwargs), self.request.viewer)


class NewPassword(views.PasswordSetView):
    """Staff choose a password, the first or another one. Their second step stands in for the old one."""

    template_name = "account/password_change.html"

    def dispatch(self, request: VisitedRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not accounts.shown_lately(request):
            return accounts.step_up(request)
        return super(views.PasswordSetView, self).dispatch(request, *args, **kwargs)

    def get_default_success_url(self) -> str:
        messages.success(self.request, _("Your new password is saved."))
        return reverse("mfa_index")


class RemovePasskey(RemoveWebAuthnView):
    def form_valid(self, form: Any) -> HttpResponse:
        adapter = get_second_factor_adapter()
        if not adapter.can_delete_authenticator(self.object):
            messages.error(self.request, adapter.error_messages["cannot_delete_authenticator"])
            return redirect(self.get_success_url())
        return super().form_valid(form)
