"""Ways in, in a real browser: a code from the mail, the app's code, and a passkey that replaces both."""

import re
from typing import Any

import pytest

from tests.journeys.acts import staff_sign_in

KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.mark.parametrize("javascript", [True, False])
def test_a_participant_signs_in_with_a_code_from_the_mail(someone: Any, javascript: bool) -> None:
    patient = someone(phone=True, javascript=javascript)
    patient.open("/accounts/login/code/").write("Email", "patient@demo.example").press("Send me a code")
    patient.sees("Enter the code we sent you")

    patient.open("/demo/mail/").press("Your code")
    code = re.search(r"Your code is (\d{6})", patient.page.inner_text("main"))[1]
    patient.open("/accounts/login/code/confirm/").write("Code", code).press("Go on")

    assert "/room" in patient.page.url


def test_staff_sign_in_without_javascript(stack: Any, someone: Any) -> None:
    admin = someone(javascript=False)
    staff_sign_in(admin, "admin", stack.password)

    admin.sees("People and roles")


def test_a_passkey_opens_everything_by_itself(stack: Any, someone: Any) -> None:
    lead = someone()
    lead.url = stack.url.replace("127.0.0.1", "localhost")  # a passkey belongs to a name
    devices = lead.context.new_cdp_session(lead.page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    staff_sign_in(lead, "privacy", stack.password)

    lead.open("/accounts/second-step/passkeys/new/")
    if "again" in lead.page.url:
        lead.write("Password", stack.password).press("Go on")
    lead.page.get_by_role("checkbox").check()
    lead.press("Add the passkey")
    lead.page.wait_for_url("**/second-step/**")
    lead.open("/accounts/logout/").press("Sign out")
    lead.open("/accounts/login/").press("Use a passkey")
    lead.page.wait_for_url(lambda url: "login" not in url)

    lead.open("/accounts/second-step/").sees("See your passkeys")


def test_the_record_of_all_this_holds(stack: Any) -> None:
    assert re.search(r"All \d+ chains hold, \d+ events in all\.", stack.manage("verify_audit"))
    assert re.search(r"\d+ done\.", stack.manage("tick"))
    assert "are now under" in stack.manage("rotate_keys")
