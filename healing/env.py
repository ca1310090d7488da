"""Typed readers of the environment: a missing or malformed setting stops the program with a sentence.

Every secret NAME may be given as a file instead: NAME_FILE holds its path. While the embedded services run, their
addresses and secrets lie in a small file that is read when DATABASE_URL is not set.
"""

import base64
import binascii
import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
READ: set[str] = set()  # every name asked for, so that a test can hold the documentation against it


def load_local(path: Path) -> None:
    """Take KEY=value lines of the embedded services' file, unless the environment says otherwise."""
    if "DATABASE_URL" in os.environ or not path.exists():
        return
    for line in path.read_text().splitlines():
        name, sign, value = line.partition("=")
        if sign and not name.startswith("#"):
            os.environ.setdefault(name.strip(), value.strip())


def text(name: str, default: str | None = None) -> str:
    READ.add(name)
    if path := os.environ.get(f"{name}_FILE"):
        return _in_file(f"{name}_FILE", path)
    value = os.environ.get(name, default)
    if value is None or (default is None and not value):
        raise ImproperlyConfigured(f"Set {name}. See .env.example for what it means.")
    return value


def _in_file(name: str, path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError:
        raise ImproperlyConfigured(f"{name} names {path}, which cannot be read.") from None


def secret(name: str) -> str:
    value = text(name)
    if len(value) < 50:
        raise ImproperlyConfigured(f"{name} must have at least 50 characters: openssl rand -base64 48")
    return value


def address(name: str, default: str | None = None) -> str:
    """An address on the web; empty where that is the default."""
    value = text(name, default)
    if value and not value.startswith(("https://", "http://")):
        raise ImproperlyConfigured(f"{name} is {value!r}. Write it as https://your.address")
    return value


def flag(name: str, default: bool = False) -> bool:
    value = text(name, "1" if default else "0")
    if value not in ("0", "1"):
        raise ImproperlyConfigured(f"{name} is {value!r}. Use 1 for yes or 0 for no.")
    return value == "1"


def number(name: str, default: int) -> int:
    value = text(name, str(default))
    if not value.isdigit():
        raise ImproperlyConfigured(f"{name} is {value!r}. Use a whole number.")
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def json_object(name: str) -> dict[str, Any]:
    """Names and values of a part that reads its own settings. What was given may be a secret, so it is not repeated."""
    try:
        value = json.loads(text(name, "{}"))
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise ImproperlyConfigured(f'{name} must be one JSON object, written as {{"NAME": "value"}}.')
    return value


def choice(name: str, choices: tuple[str, ...], default: str) -> str:
    value = text(name, default)
    if value not in choices:
        raise ImproperlyConfigured(f"{name} is {value!r}. Use one of: {', '.join(choices)}.")
    return value


def key(name: str, default: str | None = None) -> bytes:
    """32 random bytes, written in base64; none where the default is empty."""
    value = text(name, default)
    return _key_bytes(name, value) if value else b""


def keyring(name: str) -> dict[str, bytes]:
    """Keys by their id, newest first: `k2:BASE64,k1:BASE64`."""
    pairs = [pair.partition(":") for pair in words(name, text(name))]
    if not pairs or not all(sign for _, sign, _ in pairs):
        raise ImproperlyConfigured(f"{name} must be written as k1:BASE64, with a comma between keys.")
    ring = {key_id: _key_bytes(f"{name} {key_id}", value) for key_id, _, value in pairs}
    if len(ring) < len(pairs):
        raise ImproperlyConfigured(f"{name} names a key twice. Give each an id of its own.")
    return ring


def _key_bytes(name: str, value: str) -> bytes:
    try:
        raw = base64.b64decode(value, validate=True)
    except binascii.Error:
        raw = b""
    if len(raw) != 32:
        raise ImproperlyConfigured(f"{name} must be 32 random bytes in base64: openssl rand -base64 32")
    return raw


def database(name: str) -> dict[str, Any]:
    """A PostgreSQL address: postgresql://user:password@host:port/name, or ?host=/socket/folder."""
    url = urlsplit(text(name))
    if url.scheme not in ("postgresql", "postgres"):
        raise ImproperlyConfigured(f"{name} must start with postgresql:// (no other engine is supported).")
    try:
        port = str(url.port or "")
    except ValueError:
        raise ImproperlyConfigured(f"{name} has a port that is not a number.") from None
    query = dict(parse_qsl(url.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": query.pop("host", "") or unquote(url.hostname or ""),
        "PORT": port,
        "OPTIONS": dict(query),
    }
