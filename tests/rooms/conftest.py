from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from tests.rooms.visiting import furnished, visitor


@pytest.fixture
def house(db: None) -> SimpleNamespace:
    return furnished()


@pytest.fixture
def maria(house: SimpleNamespace) -> SimpleNamespace:
    return visitor(house.maria)


@pytest.fixture
def ben(house: SimpleNamespace) -> SimpleNamespace:
    return visitor(house.ben)


@pytest.fixture
def sql(db: None) -> Callable[..., list[Any]]:
    """What the database by itself lets the open context read."""

    def read(statement: str, *values: Any) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall()

    return read
