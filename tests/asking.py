"""What a page asks of the database."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

NOT_ASKING = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")


def asked(client: Client, address: str) -> list[str]:
    """The statements behind one page, without those that only mark where a transaction could go back to."""
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
    assert response.status_code == 200, response.status_code
    return [query["sql"] for query in captured if not query["sql"].startswith(NOT_ASKING)]
