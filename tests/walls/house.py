"""A house with something in every room, and one client for each role: so that when nothing is seen, there was something."""

import re
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from healing import ids

NOISE = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"')
# Looking is recorded, a session is kept, and a check-in that was opened is marked as read.
MAY_CHANGE = {"healing_auditevent", "healing_auditstream", "django_session", "facilitation_response"}


@dataclass
class House:
    clients: dict[str, Client]
    roles: dict[str, frozenset[str]]
    values: dict[str, Any]  # what the addresses' arguments stand for

    def address(self, name: str, missing: bool = False) -> str:
        arguments = {key: self.values[key] for key in arguments_of(name)}
        if missing:
            arguments |= {key: ids.new() for key in arguments if key in ("room", "case", "person")}
        return reverse(name, kwargs=arguments)

    def ask(self, client: Client, method: str, address: str) -> Any:
        """One request whose effects are taken back, so that every role meets the same house."""
        with transaction.atomic():
            response = getattr(client, method)(address)
            transaction.set_rollback(True)
        return response

    def seen(self, client: Client, address: str) -> tuple[int, dict[str, str], bytes, int]:
        with CaptureQueriesContext(connection) as queries:
            response = client.get(address)
        return response.status_code, dict(response.headers), NOISE.sub(b"", response.content), len(queries)


def arguments_of(name: str) -> list[str]:
    [(_, names)] = get_resolver().reverse_dict.getlist(name)[0][0][:1]
    return list(names)


def changes() -> dict[str, int]:
    """How many rows this transaction has written so far, by table, as PostgreSQL counts them."""
    with connection.cursor() as cursor:
        cursor.execute("select relname, n_tup_ins + n_tup_upd + n_tup_del from pg_stat_xact_user_tables")
        return {table: count for table, count in cursor.fetchall() if table not in MAY_CHANGE}
