"""The sign-in library's pages, filled with invented people."""

from datetime import date
from types import SimpleNamespace

from allauth.account.forms import (
    ChangePasswordForm,
    ConfirmLoginCodeForm,
    LoginForm,
    ReauthenticateForm,
    RequestLoginCodeForm,
)
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm
from django import forms
from django.template.loader import render_to_string


class Key(SimpleNamespace):
    def __str__(self) -> str:
        return "Master key"


PASSKEY = {
    "creation_options": {
        "publicKey": {
            "rp": {"id": "front.test", "name": "Lakeside Hospital"},
            "user": {"id": "AQ", "name": "sam@example.org", "displayName": "Sam"},
            "challenge": "AQID",
            "pubKeyCredParams": [{"type": "public-key", "alg": alg} for alg in (-7, -257)],
            "authenticatorSelection": {},
        }
    }
}
KEYS = [Key(pk=1, created_at=date(2026, 3, 3), last_used_at=None)]
CODES = SimpleNamespace(get_unused_codes=["12345678", "87654321"], generate_codes=range(10))


class AddPasskeyForm(forms.Form):
    """Stands in for the library's own, which wants a person who is signed in."""

    name = forms.CharField(required=False, initial="Master key")
    passwordless = forms.BooleanField(label="Passwordless", required=False, help_text="Sign in with this key alone.")
    credential = forms.JSONField(widget=forms.HiddenInput)


class TotpForm(ActivateTOTPForm):
    secret = "ABCD EFGH"

    def __init__(self) -> None:
        forms.Form.__init__(self)


def pages(site: dict) -> dict[str, str]:
    code = ConfirmLoginCodeForm(code="123456")
    sent = {"verify_form": code, "email": "maria@example.org", "can_resend": True, "cancel_url": "/in/"}
    everything = {"MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"], "PASSKEY_LOGIN_ENABLED": True}
    keys = {"totp": KEYS[0], "webauthn": KEYS, "recovery_codes": CODES}
    other_way = [{"url": "/2fa/", "description": "Use your authenticator app"}]
    step = {"form": AuthenticateForm(user=None), "webauthn_form": AuthenticateWebAuthnForm(user=None), "js_data": {}}
    contents = {
        "login": ("account/login", {"form": LoginForm()}),
        "login-error": ("account/login", {"form": LoginForm({})}),
        "code-request": ("account/request_login_code", {"form": RequestLoginCodeForm()}),
        "code": ("account/confirm_login_code", sent),
        "password-change": ("account/password_change", {"form": ChangePasswordForm(user=None)}),
        "logout": ("account/logout", {}),
        "again": (
            "account/reauthenticate",
            {"form": ReauthenticateForm(user=None), "reauthentication_alternatives": other_way},
        ),
        "second-step": ("mfa/authenticate", step),
        "second-steps": ("mfa/index", {"authenticators": keys, "is_mfa_enabled": True}),
        "totp": ("mfa/totp/activate_form", {"form": TotpForm(), "totp_svg": DefaultMFAAdapter().build_totp_svg("x")}),
        "codes": (
            "mfa/recovery_codes/index",
            {"unused_codes": ["12345678"], "total_count": 10, "can_view_codes": True},
        ),
        "passkeys": ("mfa/webauthn/authenticator_list", {"authenticators": KEYS}),
        "no-passkeys": ("mfa/webauthn/authenticator_list", {"authenticators": []}),
        "passkey-add": ("mfa/webauthn/add_form", {"form": AddPasskeyForm(), "js_data": PASSKEY}),
    }
    shared = {
        "site": site,
        "csrf_token": "token",
        "request_login_code_url": "/code/",
        "login_url": "/in/",
        **everything,
    }
    return {name: render_to_string(f"{page}.html", shared | context) for name, (page, context) in contents.items()}
