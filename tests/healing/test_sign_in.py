"""Ways in: a code for participants; for staff always a second step, however the session began."""

import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

from healing.account_urls import ACCOUNT_PAGES
from healing.models import Due, Site, User
from healing.roles import Role
from tests.factories.cases import as_role, give_roles, signed_in
from tests.healing.people import (
    PASSWORD,
    app_code,
    ask_for_code,
    code_of,
    mailed_code,
    make_colleague,
    show_app_code,
    sign_in_by_code,
    sign_in_by_password,
)

pytestmark = pytest.mark.django_db


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_a_participant_signs_in_with_a_code(browser: Client, site: Site, somebody: User) -> None:
    response = sign_in_by_code(browser, "Maria@Home.example")

    assert response.url == reverse("home")
    assert is_in(browser)
    assert mail.outbox[0].subject == "Your code"


def test_the_page_for_the_code_helps_the_phone_fill_it_in(browser: Client, site: Site, somebody: User) -> None:
    ask_for_code(browser, somebody.email)

    page = browser.get(reverse("account_confirm_login_code")).content.decode()

    assert 'autocomplete="one-time-code"' in page
    assert 'inputmode="numeric"' in page
    assert site.phone in page


def test_a_code_works_once(site: Site, somebody: User, browser: Client) -> None:
    sign_in_by_code(browser, somebody.email)
    code = mailed_code()
    other = Client()
    ask_for_code(other, somebody.email)

    response = other.post(reverse("account_confirm_login_code"), {"code": code if code != mailed_code() else "000000"})

    assert response.status_code == 200
    assert not is_in(other)


@pytest.mark.parametrize(("minutes", "enters"), [(19, True), (21, False)])
def test_a_code_works_for_twenty_minutes(
    minutes: int, enters: bool, browser: Client, site: Site, somebody: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask_for_code(browser, somebody.email)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 60 * minutes)

    browser.post(reverse("account_confirm_login_code"), {"code": mailed_code()})

    assert is_in(browser) is enters


def test_a_new_code_has_its_own_twenty_minutes(
    browser: Client, site: Site, somebody: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    ask_for_code(browser, somebody.email)
    monkeypatch.setattr(time, "time", lambda: now + 18 * 60)
    browser.post(reverse("account_confirm_login_code"), {"action": "resend"})
    monkeypatch.setattr(time, "time", lambda: now + 36 * 60)

    browser.post(reverse("account_confirm_login_code"), {"code": mailed_code()})

    assert len(mail.outbox) == 2
    assert is_in(browser)


def test_three_wrong_codes_end_it(browser: Client, site: Site, somebody: User) -> None:
    ask_for_code(browser, somebody.email)
    wrong = f"{(int(mailed_code()) + 1) % 10**6:06}"
    for _ in range(3):
        browser.post(reverse("account_confirm_login_code"), {"code": wrong})

    browser.post(reverse("account_confirm_login_code"), {"code": mailed_code()})

    assert not is_in(browser)


def test_an_inactive_account_gets_no_code(browser: Client, site: Site, somebody: User) -> None:
    User.objects.update(is_active=False)

    ask_for_code(browser, somebody.email)

    assert "We have no code for it" in mail.outbox[0].body


def test_staff_sign_in_with_password_and_app(browser: Client, administrator: User) -> None:
    response = sign_in_by_password(browser, administrator.email)
    assert response.url == reverse("mfa_authenticate")
    assert not is_in(browser)

    show_app_code(browser, administrator)

    assert is_in(browser)
    assert browser.get(reverse("home")).url == reverse("people")


def test_a_mailed_code_does_not_spare_staff_the_second_step(browser: Client, administrator: User) -> None:
    response = sign_in_by_code(browser, administrator.email)

    assert response.url == reverse("mfa_authenticate")
    assert not is_in(browser)
    assert browser.get(reverse("home")).status_code == 302


def test_an_app_code_works_once(administrator: User) -> None:
    code = app_code(administrator)
    entered = []
    for client in (Client(), Client()):
        sign_in_by_password(client, administrator.email)
        client.post(reverse("mfa_authenticate"), {"code": code})
        entered.append(is_in(client))

    assert entered == [True, False]


def test_staff_without_a_second_step_reach_only_its_set_up(browser: Client, site: Site) -> None:
    sam = make_colleague(site, Role.ADMINISTRATOR, app=False)
    sign_in_by_code(browser, sam.email)
    assert is_in(browser)

    for name in ("home", "people", "site_set_up", "account_change_password", "mfa_view_recovery_codes", "mfa_index"):
        assert browser.get(reverse(name)).url == reverse("mfa_activate_totp"), name
    assert browser.get(reverse("left")).status_code == 200


def set_up_app(client: Client) -> Any:
    page = client.get(reverse("mfa_activate_totp"))
    if page.status_code == 302:  # they have a password: it is asked for first
        client.post(page.url, {"password": PASSWORD})
        page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    return client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})


def test_setting_up_the_app_opens_the_house_once_it_was_shown(
    browser: Client, site: Site, django_capture_on_commit_callbacks: Any
) -> None:
    sam = make_colleague(site, Role.ADMINISTRATOR, app=False)
    sign_in_by_code(browser, sam.email)

    with django_capture_on_commit_callbacks(execute=True):
        set_up_app(browser)
    asked = browser.get(reverse("people"))
    browser.post(asked.url, {"code": app_code(sam)})

    assert asked.url.startswith(reverse("mfa_reauthenticate"))
    assert browser.get(reverse("people")).status_code == 200
    assert "secret" in Authenticator.objects.get(user=sam, type="totp").data
    with as_role("healing_worker"):
        assert Due._base_manager.filter(kind="account.changed", subject=sam.pk).exists()


def test_a_session_from_before_the_second_step_does_not_slip_in(site: Site) -> None:
    """Somebody who reads the mailbox signed in by code; then the owner sets up the app elsewhere."""
    sam = make_colleague(site, Role.ADMINISTRATOR, app=False)
    thief, owner = Client(), Client()
    sign_in_by_code(thief, sam.email)
    sign_in_by_code(owner, sam.email)
    set_up_app(owner)

    assert thief.get(reverse("people")).url.startswith(reverse("mfa_reauthenticate"))


def test_somebody_who_is_given_a_role_is_asked_from_then_on(browser: Client, site: Site) -> None:
    sam = make_colleague(site, app=False)
    sign_in_by_code(browser, sam.email)
    give_roles(sam, site, Role.ADMINISTRATOR)

    assert browser.get(reverse("home")).url == reverse("mfa_activate_totp")


def test_the_last_second_step_stays(browser: Client, administrator: User) -> None:
    sign_in_by_password(browser, administrator.email)
    show_app_code(browser, administrator)
    asked = browser.get(reverse("mfa_deactivate_totp"))
    browser.post(asked.url, {"password": PASSWORD})

    page = browser.post(reverse("mfa_deactivate_totp"))

    assert Authenticator.objects.filter(user=administrator, type="totp").exists()
    assert "Add another second step" in page.content.decode()


def test_the_last_passkey_stays(site: Site) -> None:
    sam = make_colleague(site, Role.ADMINISTRATOR, app=False)
    key = Authenticator.objects.create(user=sam, type="webauthn", data={"name": "Key"})
    client = signed_in(sam)
    session = client.session
    session["account_authentication_methods"] += [{"method": "mfa", "at": time.time(), "reauthenticated": True}]
    session.save()

    client.post(reverse("mfa_remove_webauthn", args=[key.pk]))

    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_a_participant_has_no_page_for_a_second_step(browser: Client, site: Site, somebody: User) -> None:
    sign_in_by_code(browser, somebody.email)

    for name, who in ACCOUNT_PAGES.items():
        if who == "staff" and not name.endswith(("edit_webauthn", "remove_webauthn")):
            assert browser.get(reverse(name)).status_code == 403, name


def test_staff_choose_a_new_password_after_a_fresh_second_step(browser: Client, administrator: User) -> None:
    sign_in_by_password(browser, administrator.email)
    show_app_code(browser, administrator)
    new = "another long and quiet evening"

    browser.post(reverse("account_change_password"), {"password1": new, "password2": new})

    administrator.refresh_from_db()
    assert administrator.check_password(new)
    assert administrator.password.startswith("argon2")
    assert browser.get(reverse("mfa_index")).status_code == 200


def test_a_new_password_asks_again_who_it_is(administrator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client, new = signed_in(administrator), "another long and quiet evening"
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 11 * 60)

    asked = client.post(reverse("account_change_password"), {"password1": new, "password2": new})

    administrator.refresh_from_db()
    assert asked.url.startswith(reverse("mfa_reauthenticate"))
    assert not administrator.check_password(new)


def test_a_new_password_ends_the_other_sessions(administrator: User) -> None:
    other, here = signed_in(administrator), signed_in(administrator)
    new = "another long and quiet evening"

    here.post(reverse("account_change_password"), {"password1": new, "password2": new})

    assert here.get(reverse("mfa_index")).status_code == 200
    assert other.get(reverse("mfa_index")).url.startswith(reverse("account_login"))


NOT_HERE = [
    "account_signup",
    "account_email",
    "account_confirm_email",
    "account_reset_password",
    "account_set_password",
]


def test_only_the_listed_pages_of_sign_in_exist() -> None:
    names = {str(name) for name in get_resolver().reverse_dict}

    assert {name for name in names if name.startswith(("account_", "mfa_"))} == set(ACCOUNT_PAGES)
    for name in NOT_HERE:
        with pytest.raises(NoReverseMatch):
            reverse(name)


def test_nobody_signs_up(browser: Client, site: Site) -> None:
    assert browser.get("/accounts/signup/").status_code == 404
    sign_in_by_password(browser, "new@home.example")
    ask_for_code(browser, "new@home.example")

    assert not User.objects.exists()


@pytest.mark.parametrize("name", ["leave", "account_logout"])
def test_leaving_empties_the_browser(name: str, administrator: User) -> None:
    client = signed_in(administrator)

    response = client.post(reverse(name))

    assert response.headers["Clear-Site-Data"] == '"*"'
    assert not is_in(client)


@pytest.mark.parametrize("name", ["leave", "account_logout"])
def test_a_supporter_is_still_called_on_their_device_when_they_have_left(name: str, site: Site) -> None:
    client = signed_in(make_colleague(site, Role.PEER_SUPPORTER, email="tom@hospital.example"))

    response = client.post(reverse(name))

    assert response.headers["Clear-Site-Data"] == '"cache", "cookies"'


def test_signing_out_is_asked_on_get(administrator: User) -> None:
    client = signed_in(administrator)

    client.get(reverse("account_logout"))
    client.get(reverse("leave"))

    assert is_in(client)
