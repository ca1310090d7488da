"""Whom a newcomer can be in the demo."""

import time
from dataclasses import dataclass
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.utils.translation import gettext_lazy as _

DOMAIN = "demo.example"
PERIOD = 30  # seconds for which an authenticator app shows one code

PARTICIPANTS = (
    ("patient", _("A patient, with a page of her own")),
    ("family", _("A family member, with a page of their own")),
    ("hcw", _("A healthcare worker, with a page of their own")),
    ("supporter", _("Somebody who comes along, with a guest page")),
)
STAFF = (
    ("facilitator", _("Facilitator: prepares and holds conversations")),
    ("lead", _("Lead: names facilitators and looks after waiting")),
    ("admin", _("Administrator: people, roles and set-up, and no case")),
    ("privacy", _("Privacy officer: checks the record of who looked")),
    ("peer", _("Peer supporter: is there for colleagues")),
    ("coordinator", _("Coordinator of peer support: keeps the rota")),
)


@dataclass(frozen=True)
class SignIn:
    email: str
    words: Any
    code: str = ""  # what their authenticator app shows now


def participants() -> list[SignIn]:
    return [SignIn(f"{name}@{DOMAIN}", words) for name, words in PARTICIPANTS]


def staff() -> list[SignIn]:
    codes = codes_now()
    return [SignIn(email := f"{name}@{DOMAIN}", words, codes.get(email, "")) for name, words in STAFF]


def codes_now() -> dict[str, str]:
    apps = Authenticator.objects.filter(type=Authenticator.Type.TOTP, user__email__endswith=f"@{DOMAIN}")
    counter = int(time.time()) // PERIOD
    open_secret = get_adapter().decrypt
    return {
        app.user.email: format_hotp_value(hotp_value(open_secret(app.data["secret"]), counter))
        for app in apps.select_related("user")
    }
