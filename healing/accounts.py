"""Sign-in is allauth's; these are the few things that are ours: who may, which mail, and secrets sealed at rest."""

import base64
import os
import time
from typing import Any
from urllib.parse import urlencode

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from healing import clock, due, ids, mail
from healing.errors import KeyMissing
from healing.models import User
from healing.sites import VisitedRequest, site_for

MAILS = {"account/email/login_code": "code", "account/email/unknown_account": "no_account"}
MAIL_AWAY = _("We could not send the message just now. Wait a minute and ask again, or call us.")
TRY_LATER = _("That was too many tries in a short time. Wait a few minutes, then try again, or call us.")
WORDS = {
    "email_password_mismatch": _("The email address and the password do not belong together. Check both."),
    "incorrect_code": _("That is not the code. Check the newest message or your app, and type it again."),
    "incorrect_password": _("That is not your password. Check it and type it again."),
    "too_many_login_attempts": TRY_LATER,
    "rate_limited": TRY_LATER,
}
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class AccountAdapter(DefaultAccountAdapter):
    """People come in by invitation only, and every mail is one of ours."""

    error_messages = DefaultAccountAdapter.error_messages | WORDS

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A code, or the message that there is none: handed over at once, since somebody waits for it."""
        words = {"code": context["code"]} if "code" in context else {}
        message = mail.build(MAILS[template_prefix], subject="code", to=email, site=site_for(self.request), **words)
        try:
            mail.hand_over(message, key=ids.token())
        except (mail.NotTaken, OSError) as error:
            said = {"sentence": MAIL_AWAY, "back_url": reverse("start")}
            page = render(self.request, "problem.html", said, status=503)
            raise ImmediateHttpResponse(page) from error

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """A way to sign in was added, changed or removed: its owner hears of it, whoever did it."""
        due.plan("account.changed", subject=user.pk, at=clock.now(), key=f"account.changed:{ids.new()}", case=None)

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """What to mend is said; "you have signed in" is not."""
        if message:
            super().add_message(request, level, message=message)


class SecondFactorAdapter(DefaultMFAAdapter):
    """The secret of an authenticator app is sealed under the newest master key; staff keep at least one second step."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": WORDS["incorrect_code"],
        "cannot_delete_authenticator": _("Add another second step before you turn off this one."),
    }

    def encrypt(self, text: str) -> str:
        master = next(iter(settings.FIELD_KEYS))
        nonce = os.urandom(12)
        sealed = AESGCM(settings.FIELD_KEYS[master]).encrypt(nonce, text.encode(), b"mfa")
        return f"{master}:{base64.b64encode(nonce + sealed).decode()}"

    def decrypt(self, encrypted_text: str) -> str:
        master, _sign, body = encrypted_text.partition(":")
        raw = base64.b64decode(body)
        try:
            return AESGCM(settings.FIELD_KEYS[master]).decrypt(raw[:12], raw[12:], b"mfa").decode()
        except (KeyError, InvalidTag):
            raise KeyMissing from None

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        others = Authenticator.objects.filter(user=authenticator.user_id, type__in=FACTORS)
        return others.exclude(pk=authenticator.pk).exists()

    def _get_site_name(self) -> str:
        return site_for(self.request).name


def reseal_secrets(authenticator: Authenticator) -> bool:
    """Put a second step's secrets under the newest master key; False when they are already."""
    adapter, newest = SecondFactorAdapter(), f"{next(iter(settings.FIELD_KEYS))}:"
    old = {name: text for name, text in authenticator.data.items() if name in ("secret", "seed")}
    if all(text.startswith(newest) for text in old.values()):
        return False
    authenticator.data |= {name: adapter.encrypt(adapter.decrypt(text)) for name, text in old.items()}
    authenticator.save(update_fields=["data"])
    return True


def showed_second_step(request: HttpRequest) -> bool:
    """Whether this very session has shown a second step, however it began."""
    return any(record["method"] == "mfa" for record in get_authentication_records(request, request.user))


def second_step(request: HttpRequest) -> HttpResponseRedirect:
    """Where staff go before anything else: to show their second step, or to set one up."""
    types = set(Authenticator.objects.filter(user=request.user).values_list("type", flat=True))
    if Authenticator.Type.TOTP in types:
        return _and_back("mfa_reauthenticate", request)
    if Authenticator.Type.WEBAUTHN in types:
        return _and_back("mfa_reauthenticate_webauthn", request)
    return HttpResponseRedirect(reverse("mfa_activate_totp"))


def shown_lately(request: VisitedRequest) -> bool:
    """Signed in, or shown again that it is them, a few minutes ago: staff with their second step."""
    enough = {"mfa"} if request.viewer.roles else {"code", "password"}
    times = [record["at"] for record in get_authentication_records(request, request.user) if record["method"] in enough]
    return time.time() - max(times, default=0) < app_settings.REAUTHENTICATION_TIMEOUT


def step_up(request: VisitedRequest) -> HttpResponseRedirect:
    """Ask once more who it is, then come back to this page. Nothing that was posted is kept meanwhile."""
    if request.viewer.roles:
        return second_step(request)
    logout(request)
    return _and_back("account_request_login_code", request)


def _and_back(name: str, request: HttpRequest) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse(name)}?{urlencode({'next': request.path})}")
