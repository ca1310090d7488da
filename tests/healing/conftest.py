"""A site with its staff, and rate limits that start from nothing in each test."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client

from healing import ids
from healing.models import Site, User
from healing.roles import Role
from tests.factories.cases import as_role, make_site
from tests.healing.people import make_colleague


@pytest.fixture(autouse=True)
def own_counters(settings: LazySettings) -> None:
    settings.CACHES = {"default": settings.CACHES["default"] | {"KEY_PREFIX": str(ids.new())}}


KEPT = ("django_migrations", "django_content_type", "auth_permission")


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Rows are really committed; the owner takes them out afterwards, from the record too."""
    with django_db_blocker.unblock():
        yield
        with as_role("healing_owner"), connection.cursor() as cursor:
            tables = [table for table in connection.introspection.table_names() if table not in KEPT]
            for table in tables:
                cursor.execute(f"alter table {table} disable trigger user")
            cursor.execute(f"truncate {', '.join(tables)} cascade")
            for table in tables:
                cursor.execute(f"alter table {table} enable trigger user")


@pytest.fixture
def site(db: None) -> Site:
    return make_site()


@pytest.fixture
def administrator(site: Site) -> User:
    return make_colleague(site, Role.ADMINISTRATOR, email="admin@hospital.example")


@pytest.fixture
def browser() -> Client:
    return Client()


@pytest.fixture
def somebody(db: None) -> Any:
    """A participant's account: an address, no password, no role."""
    return User.objects.create_user("maria@home.example")
