"""The pages of sign-in that exist, and who may use each. What is not here does not exist: sign-up above all."""

from allauth.account import views as account
from allauth.mfa.base import views as second_step
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.urls import path

from healing import account_views as ours
from healing.pages import ANYONE, SIGNED_IN

STAFF = "staff"

PAGES = [  # (address, view, name, who)
    ("login/", ours.SignIn.as_view(), "account_login", ANYONE),
    ("login/code/", ours.RequestCode.as_view(), "account_request_login_code", ANYONE),
    ("login/code/confirm/", ours.ConfirmCode.as_view(), "account_confirm_login_code", ANYONE),
    ("login/passkey/", passkeys.login_webauthn, "mfa_login_webauthn", ANYONE),
    ("login/second-step/", ours.SecondStep.as_view(), "mfa_authenticate", ANYONE),
    ("inactive/", ours.Inactive.as_view(), "account_inactive", ANYONE),
    ("logout/", ours.SignOut.as_view(), "account_logout", SIGNED_IN),
    ("password/", ours.NewPassword.as_view(), "account_change_password", STAFF),
    ("again/password/", account.reauthenticate, "account_reauthenticate", STAFF),
    ("again/", second_step.reauthenticate, "mfa_reauthenticate", STAFF),
    ("again/passkey/", passkeys.reauthenticate_webauthn, "mfa_reauthenticate_webauthn", STAFF),
    ("second-step/", second_step.index, "mfa_index", STAFF),
    ("second-step/app/", totp.activate_totp, "mfa_activate_totp", STAFF),
    ("second-step/app/off/", totp.deactivate_totp, "mfa_deactivate_totp", STAFF),
    ("second-step/recovery-codes/", recovery_codes.view_recovery_codes, "mfa_view_recovery_codes", STAFF),
    ("second-step/recovery-codes/new/", recovery_codes.generate_recovery_codes, "mfa_generate_recovery_codes", STAFF),
    ("second-step/recovery-codes/file/", recovery_codes.download_recovery_codes, "mfa_download_recovery_codes", STAFF),
    ("second-step/passkeys/", passkeys.list_webauthn, "mfa_list_webauthn", STAFF),
    ("second-step/passkeys/new/", passkeys.add_webauthn, "mfa_add_webauthn", STAFF),
    ("second-step/passkeys/<int:pk>/", passkeys.edit_webauthn, "mfa_edit_webauthn", STAFF),
    ("second-step/passkeys/<int:pk>/remove/", ours.RemovePasskey.as_view(), "mfa_remove_webauthn", STAFF),
]
ACCOUNT_PAGES: dict[str, str] = {name: who for _, _, name, who in PAGES}
# What a member of staff may open before this session has shown a second step.
BEFORE_SECOND_STEP = frozenset(name for name, who in ACCOUNT_PAGES.items() if who != STAFF) | {
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_activate_totp",
    "mfa_add_webauthn",
}

urlpatterns = [path(address, view, name=name) for address, view, name, _ in PAGES]
