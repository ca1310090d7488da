"""The house of peer support, read from PostgreSQL's own catalogue: who may come in, and that no story fits anywhere.

That no conversation can be written down is a matter of types here, not of policy.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from healing.roles import Role
from tests.conftest import become
from tests.factories.cases import as_role, make_staff
from tests.factories.peers import coordinating

pytestmark = pytest.mark.django_db

TABLES = {model._meta.db_table for model in apps.get_app_config("support").get_models()}
WEB, WORKER = HOUSE = ("healing_support", "healing_support_worker")
OUTSIDE = ("healing_web", "healing_worker")
MAY_READ = {  # of the other house: what makes a letter and a list of supporters
    "healing_user": {"id", "name", "email", "is_active"},
    "healing_membership": {"user_id", "site_id", "role", "ended_at"},
    "healing_site": None,
    "healing_holiday": None,
    "healing_legalnotice": None,
}
MAY_CHANGE = {  # where not every column may be updated
    "support_away": "starts_at ends_at",
    "support_load": "accepted",
    "support_page": "outcome",
    "support_shift": "supporter_id",
    "support_supporter": "unit_id profession languages capacity listed backup agreed_on joined_on ended_on",
    "support_swap": "state",
}
PLAIN = {"uuid", "date", "timestamp with time zone", "boolean", "smallint", "integer"}
NO_CODES = {  # the columns of text or bytes that hold more than a code, and why
    "support_unit.name": "a ward's name, written by the coordinator",
    "support_supporter.last_turn": "whose turn was longest ago: a number that outgrows an integer",
}
SEALED = {  # sealed text is held to a length in bytes that has room for an address or a first name
    *("support_request.contact", "support_request.name", "support_channel.address", "support_reminder.address"),
    "support_key.wrapped",
}
MOST_BYTES = 1140  # a browser's own address for messages; the others are shorter
FORBIDDEN = {"text", "json", "jsonb", "xml", "ARRAY", "character", "numeric", "tsvector", "hstore"}
WORDS_OF_A_CASE = ("case", "participant", "event", "meeting", "harm", "incident", "patient", "reference")


def rows(sql: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def columns() -> list[tuple[str, str, str, int | None]]:
    """Table, column, type and the longest text that fits."""
    with as_role("healing_owner"):  # the catalogue shows each role only what it may use
        return rows(
            """select table_name, column_name, data_type, character_maximum_length
               from information_schema.columns where table_schema = 'support' order by 1, 2"""
        )


def checks() -> dict[str, str]:
    """Table by table, all that its rows are checked for."""
    found = rows(
        """select c.relname, string_agg(pg_get_constraintdef(k.oid), ' and ')
           from pg_constraint k join pg_class c on c.oid = k.conrelid
           where k.contype = 'c' and c.relnamespace = 'support'::regnamespace group by 1"""
    )
    return dict(found)


def free_text() -> dict[str, str]:
    """Columns in which words could be kept, and their types."""
    wrong, checked = {}, checks()
    for table, column, kind, longest in columns():
        name = f"{table}.{column}"
        if kind in PLAIN or name in NO_CODES and kind not in FORBIDDEN:
            continue
        check = checked.get(table, "")
        coded = kind == "character varying" and longest and longest <= 200 and _only_codes(column, check)
        short = kind == "bytea" and name in SEALED and f"octet_length({column})" in check
        if not coded and not short:
            wrong[name] = kind
    return wrong


def _only_codes(column: str, check: str) -> bool:
    """A list of codes (`= ANY`, or `IN` of one), or a pattern that is anchored at both ends and takes no blank."""
    quoted = (f"({column})::text", f'("{column}")::text')
    listed = any(f"{name} = ANY" in check for name in quoted)
    patterns = [part.split("'")[1] for name in quoted for part in check.split(f"{name} ~ ")[1:]]
    return listed or any(one[0] + one[-1] == "^$" and " " not in one and "." not in _outside(one) for one in patterns)


def _outside(pattern: str) -> str:
    """A pattern without its brackets, in which a dot is a dot."""
    text, depth = "", 0
    for letter in pattern:
        depth += {"[": 1, "]": -1}.get(letter, 0)
        text += letter if depth == 0 else ""
    return text


def test_it_is_a_schema_of_its_own_and_all_of_it_is_there() -> None:
    support = "(select oid from pg_namespace where nspname = 'support')"
    tables = rows(f"select relname from pg_class where relnamespace = {support} and relkind = 'r'")
    others = rows(f"select relname from pg_class where relnamespace = {support} and relkind not in ('r', 'i', 't')")
    elsewhere = rows(f"select relname from pg_class where relname like 'support%%' and relnamespace <> {support}")

    assert {name for (name,) in tables} == TABLES
    assert elsewhere == []
    assert others == [], "no view, no sequence: a number that counts up tells how many there were"


def test_every_table_forces_row_security_for_the_two_roles_of_the_house() -> None:
    open_tables = rows("""select relname from pg_class where relnamespace = 'support'::regnamespace and relkind = 'r'
                          and not (relrowsecurity and relforcerowsecurity)""")
    for_whom = rows("select tablename, policyname, roles::text[] from pg_policies where schemaname = 'support'")

    assert open_tables == []
    assert {table for table, _, _ in for_whom} == TABLES
    assert [(table, name) for table, name, roles in for_whom if not set(roles) <= set(HOUSE)] == []


def test_no_policy_reads_another_table_or_lets_everything_through_to_the_web() -> None:
    """A predicate over columns of the same row: what another transaction changes meanwhile cannot be raced."""
    policies = rows("""select tablename, policyname, roles::text[], coalesce(qual, '') || coalesce(with_check, '')
                       from pg_policies where schemaname = 'support'""")
    texts = {(table, name): text for table, name, roles, text in policies if WEB in roles}

    assert [key for key, text in texts.items() if " FROM " in text] == []
    assert [key for key, text in texts.items() if text.strip("()") in ("true", "truetrue")] == []


@pytest.mark.parametrize("role", OUTSIDE)
def test_who_works_with_cases_cannot_look_in(role: str) -> None:
    assert rows("select has_schema_privilege(%s, 'support', 'usage, create')", role) == [(False,)]
    for table in TABLES:
        with as_role("healing_owner"):
            may = rows(
                """select has_table_privilege(%s, %s, 'select, insert, update, delete, truncate, references, trigger'),
                          has_any_column_privilege(%s, %s, 'select, insert, update, references')""",
                *(role, f"support.{table}") * 2,
            )
        assert may == [(False, False)], table
        with transaction.atomic(), as_role(role):
            answer = refused(f"select * from {table}")
        assert answer.startswith(f'relation "{table}" does not exist')


def refused(sql: str, *values: Any) -> str:
    try:
        with transaction.atomic():
            rows(sql, *values)
    except DatabaseError as error:
        return str(error).splitlines()[0]
    return "done"


@pytest.mark.parametrize("role", HOUSE)
def test_who_is_inside_can_read_no_case(role: str) -> None:
    found = rows(
        """select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
           where c.relkind in ('r', 'p', 'v', 'm') and not a.attisdropped
             and c.relnamespace not in ('support'::regnamespace, 'pg_catalog'::regnamespace, 'pg_toast'::regnamespace,
                                        'information_schema'::regnamespace)
             and has_column_privilege(%s, c.oid, a.attnum, 'select')""",
        role,
    )
    changed = rows(
        """select c.relname from pg_class c
           where c.relkind in ('r', 'p', 'v', 'm') and c.relnamespace = 'public'::regnamespace
             and (has_table_privilege(%s, c.oid, 'insert, update, delete, truncate, references, trigger')
                  or has_any_column_privilege(%s, c.oid, 'insert, update, references'))""",
        *(role, role),
    )
    by_table: dict[str, set[str]] = {}
    for table, column in found:
        by_table.setdefault(table, set()).add(column)

    assert by_table.keys() == MAY_READ.keys()
    assert [table for table, named in MAY_READ.items() if named and by_table[table] != named] == []
    assert changed == []


@pytest.mark.parametrize("role", HOUSE)
def test_nobody_signs_in_as_a_role_of_the_house_and_none_bypasses(role: str) -> None:
    attributes = "rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication"

    assert rows(f"select {attributes} from pg_roles where rolname = %s", role) == [(False,) * 6]
    assert rows("select count(*) from pg_class where relowner = %s::regrole", role) == [(0,)]
    assert rows("select has_schema_privilege(%s, 'support', 'create')", role) == [(False,)]
    assert rows("select has_schema_privilege(%s, 'public', 'create')", role) == [(False,)]


def test_a_role_of_the_house_is_put_on_and_never_inherited() -> None:
    """As `bin/roles.sql` gives them: the web puts on one, the worker the other, neither has it by itself."""
    members = rows(
        """select m.roleid::regrole::text, m.member::regrole::text, m.inherit_option, m.admin_option
           from pg_auth_members m where m.member in ('healing_web'::regrole, 'healing_worker'::regrole)
             or m.member in ('healing_support'::regrole, 'healing_support_worker'::regrole) order by 1"""
    )

    assert members == [(WEB, "healing_web", False, False), (WORKER, "healing_worker", False, False)]
    assert rows("select bool_or(rolinherit) from pg_roles where rolname = any (%s)", list(OUTSIDE)) == [(False,)]


def test_no_key_leads_from_one_house_to_the_other() -> None:
    crossing = rows(
        """select a.relname, b.relname from pg_constraint k
             join pg_class a on a.oid = k.conrelid join pg_class b on b.oid = k.confrelid
           where k.contype = 'f' and a.relnamespace <> b.relnamespace"""
    )

    assert {target for _, target in crossing} == {"healing_site"}
    assert {table for table, _ in crossing} <= TABLES


def test_a_row_that_names_a_supporter_and_a_site_names_the_supporter_s_site() -> None:
    """Else somebody who may write at one site could write about, or shift, the colleagues of another."""
    named = {table for table, column, *_ in columns() if column == "supporter_id"}
    carry = named & {table for table, column, *_ in columns() if column == "site_id"}
    tied = rows(
        """select c.relname from pg_constraint k
           join pg_class c on c.oid = k.conrelid join pg_class f on f.oid = k.confrelid
           where k.convalidated and k.contype = 'f' and f.relname = 'support_supporter'
             and pg_get_constraintdef(k.oid) like 'FOREIGN KEY (site_id, supporter_id) REFERENCES %%(site_id, id)%%'"""
    )

    assert {table for (table,) in tied} == carry
    assert len(carry) == 7


def test_no_column_names_what_a_case_is_known_by() -> None:
    names = [f"{table}.{column}" for table, column, _, _ in columns()]
    named = [name for name in names if any(word in name.partition(".")[2] for word in WORDS_OF_A_CASE)]

    assert named == []


def test_ids_in_common_are_those_of_sites_and_of_accounts_that_give_support() -> None:
    """Whoever asks signed in is known by a column of another name, and by nothing once the request has ended."""
    with as_role("healing_owner"):
        by_house = rows(
            """select table_schema = 'support', column_name from information_schema.columns
               where data_type = 'uuid' and (table_schema = 'support' or table_name ~ '^(cases|facilitation)_')"""
        )
    inside, outside = ({name for here, name in by_house if here is house} for house in (True, False))

    assert inside & outside == {"id", "site_id", "user_id"}
    assert [table for table, column, _, _ in columns() if column == "user_id"] == ["support_supporter"]


def test_what_may_be_changed_is_named_column_by_column() -> None:
    granted = rows(
        """select c.relname, string_agg(a.attname::text, ' ' order by a.attnum)
           from pg_class c join pg_attribute a on a.attrelid = c.oid
           where c.relkind = 'r' and a.attnum > 0 and c.relnamespace = 'support'::regnamespace
             and not has_table_privilege(%s, c.oid, 'update') and has_column_privilege(%s, c.oid, a.attnum, 'update')
           group by 1""",
        *(WEB, WEB),
    )

    assert {table: set(named.split()) for table, named in granted} == {
        table: set(named.split()) for table, named in MAY_CHANGE.items()
    }


HELD_TO = {  # what no single column's check says, and what would have to be taken out of it
    "support_request_closed_keeps_no_time": "asked_at begin_at page_until claimed_at reply_at escalated_at in_target",
    "support_request_erased_keeps_nobody": "asker unit_id avoid_id prefer_id supporter_id reach_by answer people",
    "support_request_three_contacts": "contacts",
    "support_request_words_are_hashed": "words_hash",
}


@pytest.mark.parametrize("name", HELD_TO)
def test_what_must_be_gone_is_held_to_by_the_table(name: str) -> None:
    found = rows("select pg_get_constraintdef(oid) from pg_constraint where conname = %s and convalidated", name)

    assert found
    assert [column for column in HELD_TO[name].split() if not re.search(rf"\b{column}\b", found[0][0])] == []


def test_what_was_deleted_leaves_the_disk_soon() -> None:
    found = rows("select relname, reloptions from pg_class where relnamespace = 'support'::regnamespace")
    vacuumed = {name for name, options in found if "autovacuum_vacuum_threshold=0" in (options or [])}

    assert vacuumed == {f"support_{table}" for table in ("request", "key", "page", "due", "effect", "reminder")}


def test_inside_only_those_who_give_support_are_known(site: Any) -> None:
    """Who runs cases or sets the site up is nobody's to know in this house."""
    for role in Role:
        make_staff(site, role)
    with coordinating(make_staff(site, Role.COORDINATOR)):
        seen = rows("select distinct role from healing_membership")

    assert {role for (role,) in seen} == {Role.PEER_SUPPORTER, Role.COORDINATOR}


def test_every_column_is_a_code_a_number_or_a_day() -> None:
    assert free_text() == {}


def test_only_ids_days_and_a_few_texts_are_not_codes() -> None:
    """The exceptions are there, so that none outlives what it was for."""
    there = {f"{table}.{column}" for table, column, _, _ in columns()}

    assert there >= NO_CODES.keys() | SEALED


NOTES = [
    "text",
    "varchar(500)",
    "varchar(20)",
    "varchar",
    "jsonb",
    "text[]",
    "bytea",
    "varchar(20) check (note <> '')",
    "varchar(20) check (note ~ '^[a-z ]+$')",
    "varchar(20) check (note ~ 'a')",
    "varchar(20) check (note ~ '^.*$')",
    "bytea check (octet_length(note) < 100)",
]


@pytest.mark.parametrize("kind", NOTES)
def test_a_place_for_a_story_would_be_found(kind: str) -> None:
    with planted(f"alter table support.support_request add column note {kind}"):
        assert set(free_text()) == {"support_request.note"}


def test_a_length_that_is_no_longer_held_to_would_be_found() -> None:
    with planted("alter table support.support_request drop constraint support_request_holds_no_story"):
        assert set(free_text()) == {"support_request.contact", "support_request.name"}


@contextmanager
def planted(*mistakes: str) -> Iterator[None]:
    """The schema with a mistake in it, as its owner sees it. Taken back, the role with it."""
    with transaction.atomic():
        become("healing_owner")
        for sql in mistakes:
            done(sql)
        yield
        transaction.set_rollback(True)


def done(sql: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def nothing_else_needed(table: str, column: str) -> list[str]:
    """So that a row can be written with this column alone, by the owner."""
    needed = rows(
        """select attname from pg_attribute where attrelid = (select oid from pg_class where relname = %s)
           and attnotnull and attnum > 0 and not attisdropped and attname not in ('id', %s)""",
        *(table, column),
    )
    free = [f'alter table support.{table} alter column "{name}" drop not null' for (name,) in needed]
    return [f"alter table support.{table} no force row level security", *free]


def answer(table: str, column: str, value: Any) -> str:
    """What PostgreSQL says to a row with this value."""
    try:
        with transaction.atomic():
            done(f'insert into support.{table} (id, "{column}") values (gen_random_uuid(), %s)', value)
    except DatabaseError as error:
        return str(error).splitlines()[0]
    return "written"


PATTERNED = ("language", "languages", "words_hash", "slug", "key", "kind", "master_key")
CODED = sorted(
    (model._meta.db_table, field.column, str(next((key for key, _ in field.flatchoices), "")))
    for model in apps.get_app_config("support").get_models()
    for field in model._meta.local_fields
    if field.choices or field.column in PATTERNED
)


@pytest.mark.parametrize(("table", "column", "code"), CODED)
def test_the_database_takes_codes_and_nothing_else(table: str, column: str, code: str) -> None:
    with planted(*nothing_else_needed(table, column)):
        stories = ["She is sad.", "case 4\n"] + ["Ann"] * (column not in ("slug", "master_key"))
        answers = [answer(table, column, story) for story in stories]

        assert [one for one in answers if "violates check constraint" not in one and "too long" not in one] == []
        assert not code or answer(table, column, code) == "written"


@pytest.mark.parametrize("name", sorted(SEALED))
def test_no_letter_fits_where_an_address_is_sealed(name: str) -> None:
    table, column = name.split(".")
    with planted(*nothing_else_needed(table, column)):
        assert "violates check constraint" in answer(table, column, b"x" * (MOST_BYTES + 1))
        assert answer(table, column, b"x" * 50) == "written"
