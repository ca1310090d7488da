"""Looks for what somebody told in every place where the running product keeps anything."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2 import sql
from redis import Redis

from tests.journeys.stack import Stack

TABLES = "select schemaname, tablename from pg_tables where schemaname not in ('pg_catalog', 'information_schema')"
SEALED = """select coalesce(sum(octet_length(contact) + octet_length(name)), 0)
  + (select count(*) from support.support_key key join support.support_request held on key.holder = held.id)
  + (select count(*) from support.support_page) from support.support_request"""
READ = {"string": "get", "list": "lrange", "set": "smembers", "hash": "hgetall", "zset": "zrange"}
SPAN = {"list": (0, -1), "zset": (0, -1)}
NOT_KEPT = {"static"}


def places(here: Stack) -> dict[str, str]:
    """Everything that is stored, by the place where it is: each table, each key in Valkey, each file."""
    return dict([*tables(here), *keys(here), *files(here)])


def found(told: Iterable[str], kept: dict[str, str]) -> dict[str, list[str]]:
    """Where any of it can be read, as it was told or as bytes. Between words and digits anything may stand."""
    known = {text: re.compile(rf"{loosely(text)}|{text.encode().hex()}", re.IGNORECASE) for text in told}
    hits = {where: [text for text, like in known.items() if like.search(all_)] for where, all_ in kept.items()}
    return {where: texts for where, texts in hits.items() if texts}


def loosely(text: str) -> str:
    parts = re.findall(r"[^\W\d_]+|\d", text)
    return r"[\W_]{0,3}".join(map(re.escape, parts))


def sealed(here: Stack) -> int:
    """How much of people is held under a key, and how many calls about them: bytes and rows."""
    tied = [("support", f"support_{name}") for name in ("request", "key", "page")]
    with unwalled(here, *tied) as cursor:
        cursor.execute(SEALED)
        return cursor.fetchone()[0]


def tables(here: Stack) -> Iterator[tuple[str, str]]:
    with unwalled(here) as cursor:
        cursor.execute(TABLES)
        names = cursor.fetchall()
    for name in names:
        with unwalled(here, name) as cursor:
            table = sql.Identifier(*name)
            cursor.execute(sql.SQL("select coalesce(string_agg(one::text, chr(10)), '') from {} one").format(table))
            yield f"table {name[1]}", cursor.fetchone()[0]


@contextmanager
def unwalled(here: Stack, *names: tuple[str, str]) -> Iterator[Any]:
    """As the owner, for whom the walls of these tables are taken down in a transaction that is not kept."""
    connection = psycopg2.connect(here.env["DATABASE_OWNER_URL"])
    try:
        with connection.cursor() as cursor:
            for name in names:
                cursor.execute(sql.SQL("alter table {} no force row level security").format(sql.Identifier(*name)))
            yield cursor
    finally:
        connection.rollback()
        connection.close()


def keys(here: Stack) -> Iterator[tuple[str, str]]:
    valkey: Any = Redis.from_url(here.env["REDIS_URL"])
    for key in valkey.scan_iter():
        kind = valkey.type(key).decode()
        if kind in READ:
            kept = getattr(valkey, READ[kind])(key, *SPAN.get(kind, ()))
            yield f"key {key.decode(errors='replace')}", f"{key!r} {kept!r}"


def files(here: Stack) -> Iterator[tuple[str, str]]:
    root = Path(here.env["VAR_DIR"])
    for file in root.rglob("*"):
        if file.is_file() and file.relative_to(root).parts[0] not in NOT_KEPT:
            yield f"file {file.relative_to(root)}", file.read_bytes().decode(errors="replace")
