"""bin/secrets: every key and password that docker-compose.yml asks for, each in a file of its own."""

import secrets

from .accounts import own
from .local_env import GENERATED
from .places import ROOT, private_folder
from .postgres import ADDRESSES, ROLES
from .trouble import run

FOLDER = ROOT / "secrets"
SERVER_KEYS = ("SECRET_KEY", "AUDIT_KEY", "FIELD_KEYS", "VAPID_KEY")


def main() -> None:
    run(_main)


def _main() -> int:
    """Files that are there stay as they are: a lost key is lost data."""
    private_folder(FOLDER, own())
    made = [name for name, value in _values().items() if _write(name, value)]
    print(f"Made in {FOLDER}: {', '.join(made)}" if made else f"Nothing to make: {FOLDER} has everything.")
    print("Keep a copy of field_keys and audit_key in another safe place: without them the records cannot be read.")
    return 0


def _values() -> dict[str, str]:
    values = {name.lower(): GENERATED[name]() for name in SERVER_KEYS}
    values["postgres_password"] = secrets.token_urlsafe(24)
    for role, name in ROLES.items():
        password = _read(f"{role}_password") or secrets.token_urlsafe(24)
        values[f"{role}_password"] = password
        values[ADDRESSES[role].lower()] = f"postgresql://{name}:{password}@postgres/healing"
    return values


def _read(name: str) -> str:
    path = FOLDER / name
    return path.read_text().strip() if path.exists() else ""


def _write(name: str, value: str) -> bool:
    """The folder keeps others out; the file itself must be readable inside the container, under another account."""
    path = FOLDER / name
    if path.exists():
        return False
    path.write_text(value + "\n")
    path.chmod(0o644)
    return True
