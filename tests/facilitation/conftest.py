from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from tests.conftest import become
from tests.factories.meetings import Ready, make_ready
from tests.mail_sink import Sink, listening

OURS = {"healing", "cases", "facilitation", "support"}


@pytest.fixture
def ready(db: None) -> Ready:
    """Maria (family) and Rana (staff) lack nothing for meeting in person."""
    return make_ready()


@pytest.fixture
def letters(settings: Any) -> Iterator[Sink]:
    with listening(settings) as sink:
        yield sink


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Rows that are really committed, so that several connections see them. Everything is emptied afterwards."""
    with django_db_blocker.unblock():
        yield
        become("healing_owner")
        tables = [model._meta.db_table for model in apps.get_models() if model._meta.app_label in OURS]
        append_only = ("healing_auditevent", "healing_statuschange")
        with connection.cursor() as cursor:
            for switch in ("disable", "enable"):
                cursor.execute(";".join(f"alter table {table} {switch} trigger user" for table in append_only))
                if switch == "disable":
                    cursor.execute(f"truncate {', '.join(tables)} cascade")
        become("healing_web")
