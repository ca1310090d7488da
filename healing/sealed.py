"""Sealed text: what people say, and how to reach them, encrypted with one data key per person.

AES-256-GCM. Each value is bound to its table, row and column, so it opens nowhere else. The data key is wrapped by a
master key that has an id; destroying the data key is what erasing a person means. A missing key raises.
"""

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.apps import apps
from django.conf import settings
from django.core import checks
from django.core.exceptions import FieldError
from django.db import models

from healing import access, clock
from healing.errors import KeyMissing
from healing.models.keys import DataKey, WrappedKey

NONCE = 12
if TYPE_CHECKING:
    Stored = models.TextField[str, str]  # bytes in the table; whoever uses a row reads and writes text
else:
    Stored = models.BinaryField


class SealedTextField(Stored):
    """Text at rest as ciphertext. `holder` names the attribute with the id of the person whose key seals it.

    `keys` is the model in which that key is kept.
    """

    db_index: bool  # the stubs leave it out

    def __init__(
        self, *args: Any, holder: str = "participant_id", keys: str = "healing.DataKey", **kwargs: Any
    ) -> None:
        self.holder, self.keys = holder, keys
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", b"")
        kwargs.setdefault("editable", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"holder": self.holder, "keys": self.keys}

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _Words(self))

    def pre_save(self, model_instance: models.Model, add: bool) -> bytes:
        value = model_instance.__dict__[self.attname]
        return value if isinstance(value, bytes) else self.seal(model_instance, value)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if isinstance(value, str):
            raise FieldError(f"{self.name} is sealed: save the row instead of updating the column")
        return super().get_db_prep_save(value, connection)

    def get_lookup(self, lookup_name: str) -> Any:
        raise FieldError(f"{self.name} is sealed and cannot be searched")

    def value_to_string(self, obj: models.Model) -> str:
        raise FieldError(f"{self.name} is sealed and is not dumped")

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        found = super().check(**kwargs)
        if self.db_index or self.unique:
            found.append(checks.Error("sealed text cannot be indexed", obj=self))
        return found

    def seal(self, row: models.Model, words: str) -> bytes:
        if not words:
            return b""
        nonce = os.urandom(NONCE)
        return nonce + AESGCM(self._key(row)).encrypt(nonce, words.encode(), self._place(row))

    def unseal(self, row: models.Model, stored: bytes) -> str:
        if not stored:
            return ""
        try:
            return AESGCM(self._key(row)).decrypt(stored[:NONCE], stored[NONCE:], self._place(row)).decode()
        except InvalidTag:
            raise KeyMissing from None

    def _key(self, row: models.Model) -> bytes:
        return key_of(getattr(row, self.holder), apps.get_model(self.keys))

    def _place(self, row: models.Model) -> bytes:
        return f"{self.model._meta.db_table}|{row.pk}|{self.column}".encode()


class _Words:
    """Opens the stored bytes when the words are first asked for."""

    def __init__(self, field: SealedTextField) -> None:
        self.field = field

    def __get__(self, row: models.Model | None, owner: Any = None) -> Any:
        if row is None:
            return self
        name = self.field.attname
        if name not in row.__dict__:
            row.refresh_from_db(fields=[name])
        value = row.__dict__[name]
        if isinstance(value, bytes | memoryview):
            value = row.__dict__[name] = self.field.unseal(row, bytes(value))
        return value

    def __set__(self, row: models.Model, value: Any) -> None:
        row.__dict__[self.field.attname] = bytes(value) if isinstance(value, memoryview) else value


def create_key(holder: UUID, keys: type[WrappedKey] = DataKey, **place: Any) -> None:
    """Give somebody their own data key, under the newest master key. `place` are the key row's other columns."""
    raw = AESGCM.generate_key(256)
    master = next(iter(settings.FIELD_KEYS))
    keys.objects.create(holder=holder, wrapped=_wrap(raw, master, holder), master_key=master, **place)
    access.current().keys[holder] = raw


def key_of(holder: UUID, keys: type[WrappedKey] = DataKey) -> bytes:
    opened = access.current().keys
    if holder not in opened:
        unlock([holder], keys)
    if holder not in opened:
        raise KeyMissing
    return opened[holder]


def unlock(holders: Iterable[UUID], keys: type[WrappedKey] = DataKey) -> None:
    """Open several people's keys with one query, before a list shows their words."""
    viewer = access.current()
    wanted = set(holders) - viewer.keys.keys()
    if wanted:
        for key in keys.objects.visible_to(viewer).filter(holder__in=wanted).exclude(wrapped=b""):
            viewer.keys[key.holder] = _unwrap(bytes(key.wrapped), key.master_key, key.holder)


def destroy_key(holder: UUID) -> None:
    """Nothing sealed with this key can be read again, by anybody."""
    viewer = access.current()
    DataKey.objects.visible_to(viewer).filter(holder=holder).update(wrapped=b"", destroyed_at=clock.now())
    viewer.keys.pop(holder, None)


def rewrap(key: WrappedKey) -> None:
    """Put a data key under the newest master key. The words themselves stay as they are."""
    master = next(iter(settings.FIELD_KEYS))
    raw = _unwrap(bytes(key.wrapped), key.master_key, key.holder)
    key.wrapped, key.master_key = _wrap(raw, master, key.holder), master
    key.save(update_fields=["wrapped", "master_key"])


def _wrap(raw: bytes, master: str, holder: UUID) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(settings.FIELD_KEYS[master]).encrypt(nonce, raw, str(holder).encode())


def _unwrap(wrapped: bytes, master: str, holder: UUID) -> bytes:
    if master not in settings.FIELD_KEYS:
        raise KeyMissing(f"The master key {master} is not among FIELD_KEYS. Add it, or restore the backup that has it.")
    try:
        return AESGCM(settings.FIELD_KEYS[master]).decrypt(wrapped[:NONCE], wrapped[NONCE:], str(holder).encode())
    except InvalidTag:
        raise KeyMissing(f"The master key {master} does not open this person's key.") from None
