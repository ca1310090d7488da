"""Sessions in the database, sealed: a pending sign-in holds an address and a code, and nobody reads them there."""

import base64
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as PlainStore
from django.contrib.sessions.models import Session
from django.utils.encoding import force_str

NONCE = 12


class SessionStore(PlainStore):
    """A session whose key is gone, or that was changed, is an empty one: its owner signs in again."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def encode(self, session_dict: dict[str, Any]) -> str:
        master, nonce = next(iter(settings.FIELD_KEYS)), os.urandom(NONCE)
        sealed = AESGCM(settings.FIELD_KEYS[master]).encrypt(nonce, self.serializer().dumps(session_dict), b"session")
        return f"{master}:{base64.b64encode(nonce + sealed).decode()}"

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        master, _, body = force_str(session_data).partition(":")
        try:
            raw = base64.b64decode(body)
            opened = AESGCM(settings.FIELD_KEYS[master]).decrypt(raw[:NONCE], raw[NONCE:], b"session")
        except (KeyError, ValueError, InvalidTag):
            return {}
        return self.serializer().loads(opened)
