"""What the tests of the coordinator's pages share."""

import re
from datetime import date
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')
NAMES = re.compile(r"'[^']*'|\d+(\.\d+)?")


def words(page: Any) -> str:
    """What a person reads, without the markup."""
    main = re.search(r"<main.*?</main>", page.text, re.DOTALL)
    assert main, page.text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main.group())).strip()


def seen(client: Client, url: str) -> tuple[str, list[str]]:
    """A page as it is, byte by byte but for the form's token, and what it asked the database."""
    with CaptureQueriesContext(connection) as asked:
        page = client.get(url)
    assert page.status_code == 200, page.text
    return TOKEN.sub("", page.text), [NAMES.sub("?", query["sql"]) for query in asked.captured_queries]


def day_parts(name: str, day: date) -> dict[str, Any]:
    return {f"{name}_0": day.day, f"{name}_1": day.month, f"{name}_2": day.year}
