from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from healing import clock
from healing.models import Site
from tests.factories.cases import make_site
from tests.mail_sink import Sink, listening


@pytest.fixture
def site(db: None) -> Site:
    return make_site()


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    with listening(settings) as server:
        yield server


@pytest.fixture
def time() -> Iterator[Any]:
    """A clock that stands still until it is moved."""
    with time_machine.travel(clock.now().replace(microsecond=0), tick=False) as traveller:
        yield traveller
