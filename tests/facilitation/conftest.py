from collections.abc import Iterator
from typing import Any

import pytest

from tests.factories.meetings import Ready, make_ready
from tests.mail_sink import Sink, listening


@pytest.fixture
def ready(db: None) -> Ready:
    """Maria (family) and Rana (staff) lack nothing for meeting in person."""
    return make_ready()


@pytest.fixture
def letters(settings: Any) -> Iterator[Sink]:
    with listening(settings) as sink:
        yield sink
