"""What every row in the house of peer support has in common."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any

from django.db import models

from healing import access
from healing.protected import Protected
from support import house

Codes = list[tuple[str, Any]]


class Housed(Protected):
    class Meta:
        abstract = True

    @classmethod
    def for_worker(cls) -> AbstractContextManager[access.Viewer]:
        return house.entered_by_worker()


def code(codes: Codes, **options: Any) -> "models.CharField[str, str]":
    """A column that holds one of these codes and nothing else; `only` makes the database refuse the rest."""
    return models.CharField(max_length=20, choices=codes, **options)


def only(table: str, **columns: Codes) -> list[models.BaseConstraint]:
    """One constraint for each column of codes. A column that may be blank has "" among its codes."""
    return [
        models.CheckConstraint(condition=models.Q(**{f"{name}__in": keys(codes)}), name=f"{table}_{name}_is_a_code")
        for name, codes in columns.items()
    ]


def keys(codes: Iterable[tuple[str, Any]]) -> list[str]:
    return [key for key, _ in codes]


BLANK: Codes = [("", "")]
EVERYBODY = models.Q()
NOBODY = models.Q(pk=None)
