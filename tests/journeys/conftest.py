"""The real thing: gunicorn, a Celery worker and beat with a database of their own, and headless Chromium in front."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.journeys.person import Person
from tests.journeys.stack import Stack, running

PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
def stack(tmp_path_factory: Any, worker_id: str) -> Iterator[Stack]:
    with running(f"journeys_{worker_id}_{os.getpid()}", tmp_path_factory.mktemp("var")) as here:
        yield here


@pytest.fixture
def someone(stack: Stack, chromium: Browser) -> Iterator[Callable[..., Person]]:
    """`someone(phone=True, javascript=False)`: a new person with a browser of their own. Troubles fail the test."""
    people: list[Person] = []

    def enter(*, phone: bool = False, javascript: bool = True, dark: bool = False, inspector: Any = None) -> Person:
        context = chromium.new_context(
            viewport=PHONE if phone else DESKTOP,
            has_touch=phone,
            java_script_enabled=javascript,
            color_scheme="dark" if dark else "light",
            base_url=stack.url,
        )
        context.set_default_timeout(10_000)
        people.append(Person(context, stack.url, inspector))
        return people[-1]

    yield enter
    troubles = [trouble for person in people for trouble in person.troubles]
    for person in people:
        person.context.close()
    assert troubles == []
