"""Generated settings of one installation, kept in local.env, so that manage.py works in a shell as well."""

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path

INHERITED = ("HOME", "LANG", "LOGNAME", "PATH", "TERM", "TMPDIR", "TZ", "USER")


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


GENERATED: dict[str, Callable[[], str]] = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(50),
    "AUDIT_KEY": _key,
    "FIELD_KEYS": lambda: f"k1:{_key()}",
    "VAPID_KEY": _key,
    "DEMO_PASSWORD": lambda: secrets.token_urlsafe(12),
}


def clean_environment() -> dict[str, str]:
    """What a server may inherit: nothing that changes where it listens or how it speaks (PG*, LC_*, secrets)."""
    return {name: os.environ[name] for name in INHERITED if name in os.environ} | {"LC_ALL": "C"}


def read(folder: Path) -> dict[str, str]:
    try:
        lines = (folder / "local.env").read_text().splitlines()
    except FileNotFoundError:
        return {}
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def write(folder: Path, settings: dict[str, str]) -> None:
    """Replace the file whole, readable by its owner only."""
    unfinished = folder / "local.env.new"
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write("# Written by bin/demo or bin/test at each start. The keys are made once and kept.\n")
        file.writelines(f"{name}={value}\n" for name, value in settings.items())
    unfinished.replace(folder / "local.env")


def with_generated(settings: dict[str, str]) -> dict[str, str]:
    """Add each key that is not there yet."""
    return {name: make() for name, make in GENERATED.items() if name not in settings} | settings
