"""The only source of public ids, tokens and spoken codes. Nothing is counted, so nothing tells a volume or an order."""

import secrets
import uuid

from django.utils.crypto import salted_hmac

CODE_DIGITS = 6
CLEAR_LETTERS = "CDFGHJKMNPQRTVWXY2346789"  # none looks like another, and they spell no word


def new() -> uuid.UUID:
    """128 random bits (a version 4 UUID would hold only 122)."""
    return uuid.UUID(bytes=secrets.token_bytes(16))


def token() -> str:
    """128 random bits as text, for what must not be told apart or come twice."""
    return secrets.token_urlsafe(16)


def spoken_code() -> str:
    """Six digits that a person can tell another on the phone."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def token_of(row: uuid.UUID, purpose: str) -> str:
    """A 128-bit secret that belongs to one row. Whoever has the programme's key can make it again: it is not kept."""
    return fingerprint(str(row), purpose)[:32]


def reference() -> str:
    """A short name that can be read out, like K7M-4QX."""
    letters = [secrets.choice(CLEAR_LETTERS) for _ in range(6)]
    return f"{''.join(letters[:3])}-{''.join(letters[3:])}"


def fingerprint(secret: str, purpose: str) -> str:
    """What is stored in place of a token or a code."""
    return salted_hmac(f"healing.{purpose}", secret, algorithm="sha256").hexdigest()
