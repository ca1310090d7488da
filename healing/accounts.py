"""Sign-in is allauth's; these are the few things that are ours: who may, which mail, and secrets sealed at rest."""

import base64
import os
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.http import HttpRequest

from healing import ids, mail
from healing.sites import site_for

MAILS = {
    "account/email/login_code": ("code", "code"),
    "account/email/unknown_account": ("no_account", "code"),
    "account/email/password_reset_key": ("password_reset", "code"),
}


class AccountAdapter(DefaultAccountAdapter):
    """People come in by invitation only, and every mail is one of ours."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        template, subject = MAILS.get(template_prefix, ("account_changed", "message"))
        words = {name: context[name] for name in ("code", "password_reset_url") if name in context}
        message = mail.build(template, subject=subject, to=email, site=site_for(self.request), **words)
        mail.hand_over(message, key=ids.token())


class SecondFactorAdapter(DefaultMFAAdapter):
    """The secret of an authenticator app is sealed under the newest master key."""

    def encrypt(self, text: str) -> str:
        master = next(iter(settings.FIELD_KEYS))
        nonce = os.urandom(12)
        sealed = AESGCM(settings.FIELD_KEYS[master]).encrypt(nonce, text.encode(), b"mfa")
        return f"{master}:{base64.b64encode(nonce + sealed).decode()}"

    def decrypt(self, encrypted_text: str) -> str:
        master, _, body = encrypted_text.partition(":")
        raw = base64.b64decode(body)
        return AESGCM(settings.FIELD_KEYS[master]).decrypt(raw[:12], raw[12:], b"mfa").decode()

    def _get_site_name(self) -> str:
        return site_for(self.request).name
