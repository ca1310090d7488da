"""A site with its staff, and rate limits that start from nothing in each test."""

from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from healing import ids
from healing.models import Site, User
from healing.roles import Role
from tests.factories.cases import make_site
from tests.healing.people import make_colleague


@pytest.fixture(autouse=True)
def own_counters(settings: LazySettings) -> None:
    settings.CACHES = {"default": settings.CACHES["default"] | {"KEY_PREFIX": str(ids.new())}}


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
