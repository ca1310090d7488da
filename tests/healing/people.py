"""Staff and others who sign in for real: by code, by password and with an authenticator app."""

import re
import time
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.core import mail
from django.test import Client
from django.urls import reverse

from healing import access
from healing.models import Membership, Site, User
from healing.roles import Role
from tests.factories.cases import as_role

PASSWORD = "a long and quiet evening"


def make_colleague(site: Site, *roles: Role, email: str = "sam@hospital.example", app: bool = True) -> User:
    """Somebody who works here. With `app`, they have an authenticator app with a real secret."""
    user = User.objects.create_user(email, PASSWORD, name="Sam Reed")
    with as_role("healing_worker"), access.opened("site", site.pk):
        Membership.objects.bulk_create(Membership(user=user, site=site, role=role) for role in roles)
    if app:
        secret = get_adapter().encrypt(generate_totp_secret())
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": secret})
    return user


def app_code(user: User) -> str:
    """What the authenticator app shows now."""
    sealed = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP).data["secret"]
    return code_of(get_adapter().decrypt(sealed))


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def mailed_code() -> str:
    return re.search(r"^Your code is (\d{6})$", mail.outbox[-1].body, re.MULTILINE)[1]


def ask_for_code(client: Client, email: str, **extra: Any) -> Any:
    return client.post(reverse("account_request_login_code"), {"email": email}, **extra)


def sign_in_by_code(client: Client, email: str) -> Any:
    ask_for_code(client, email)
    return client.post(reverse("account_confirm_login_code"), {"code": mailed_code()})


def sign_in_by_password(client: Client, email: str, password: str = PASSWORD) -> Any:
    return client.post(reverse("account_login"), {"login": email, "password": password})


def show_app_code(client: Client, user: User) -> Any:
    return client.post(reverse("mfa_authenticate"), {"code": app_code(user)})
