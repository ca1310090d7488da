"""Servers of your own: the three database addresses, given or made."""

import secrets
from urllib.parse import SplitResult, quote, unquote, urlsplit

from .accounts import own
from .postgres import ADDRESSES, ROLES, ROLES_SQL, TEST_OWNER, psql
from .software import Software, site_packages
from .trouble import Trouble

MAY_MAKE_ROLES = "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"


def addresses(given: dict[str, str], kept: dict[str, str], *, for_tests: bool) -> dict[str, str]:
    """All three as given, or made by the role in DATABASE_URL when that role may make roles."""
    wanted = {name: given[name] for name in ADDRESSES.values() if name in given}
    if len(wanted) == len(ADDRESSES):
        return wanted
    admin = urlsplit(given["DATABASE_URL"])
    if len(wanted) > 1 or _ask(admin, MAY_MAKE_ROLES) != "t":
        raise Trouble(
            "Set three addresses: DATABASE_URL for the role healing_web, DATABASE_WORKER_URL for healing_worker and "
            "DATABASE_OWNER_URL for healing_owner; or DATABASE_URL alone, for a role that may make these three."
        )
    passwords = {role: _password(kept.get(ADDRESSES[role], "")) for role in ROLES}
    _ask(admin, ROLES_SQL.read_text(), {f"{role.upper()}_PASSWORD": word for role, word in passwords.items()})
    if for_tests:
        _ask(admin, TEST_OWNER)
    return {ADDRESSES[role]: _as_role(admin, name, passwords[role]) for role, name in ROLES.items()}


def _password(kept_address: str) -> str:
    return urlsplit(kept_address).password or secrets.token_urlsafe(24)


def _as_role(address: SplitResult, role: str, password: str) -> str:
    return address._replace(netloc=f"{role}:{password}@{_host(address)}").geturl()


def _ask(address: SplitResult, text: str, passwords: dict[str, str] | None = None) -> str:
    secret = {"PGPASSWORD": unquote(address.password)} if address.password else {}  # kept out of the process list
    user = f"{quote(unquote(address.username))}@" if address.username else ""
    url = address._replace(netloc=user + _host(address)).geturl()
    return psql(Software(site_packages()), ["-d", url], text, own(), secret | (passwords or {}))


def _host(address: SplitResult) -> str:
    return address.netloc.rpartition("@")[2]
