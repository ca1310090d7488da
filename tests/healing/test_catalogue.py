"""The second lock, read from PostgreSQL's own catalogue: every table is protected, or stands here with its reason."""

import pytest
from django.apps import apps
from django.db import connection

OPEN = {
    "django_migrations": "which migrations ran; no person in it",
    "django_content_type": "names of models",
    "django_session": "read before anybody is known; holds a session key and ids",
    "auth_permission": "unused; comes with the framework",
    "auth_group": "unused; comes with the framework",
    "auth_group_permissions": "unused; comes with the framework",
    "account_emailaddress": "unused and empty; comes with sign-in",
    "account_emailconfirmation": "unused; comes with sign-in",
    "mfa_authenticator": "sign-in reads it before the context is open; secrets are sealed",
    "healing_user": "sign-in reads it before anybody is known; leads to no case",
    "healing_site": "public: name, colours, phone",
    "healing_holiday": "public: days off",
    "healing_legalnotice": "public: legal notices",
    "healing_heartbeat": "when a worker was last seen",
}
MAY_CHANGE = {
    "cases_assignment": "independent_at ended_at",
    "cases_participant": "user_id name guide_id language paused_at pause_reason left_at",
    "cases_invitation": "used_at revoked_at wrong_codes",
    "cases_delivery": "words offered_at received_at not_wanted_at closed_at",
    "facilitation_attendance": "status",
    "facilitation_promise": "status",
    "facilitation_followup": "status sent_at",
    "healing_auditstream": "length head",
    "healing_datakey": "wrapped master_key destroyed_at",
    "healing_due": "state lease_until attempts done_at due_at",
    "healing_effect": "state looked_at",
    "healing_membership": "ended_at",
}
pytestmark = pytest.mark.django_db


def rows(sql: str) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def test_every_table_is_protected_or_on_the_list_with_a_reason() -> None:
    tables = rows(
        """select c.relname, c.relrowsecurity and c.relforcerowsecurity
           from pg_class c join pg_namespace n on n.oid = c.relnamespace
           where c.relkind in ('r', 'p', 'v', 'm')
             and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')"""
    )

    assert {name for name, forced in tables if not forced} == set(OPEN)


def test_every_protected_model_has_a_table_with_row_security() -> None:
    protected = {model._meta.db_table for model in apps.get_models() if hasattr(model, "visible_rows")}

    assert protected & set(OPEN) == set()


def test_neither_role_could_bypass_and_neither_owns_a_table() -> None:
    roles = rows(
        """select rolname, rolsuper, rolbypassrls,
                  exists (select from pg_class where relowner = pg_roles.oid and relkind = 'r')
           from pg_roles where rolname in ('healing_web', 'healing_worker') order by 1"""
    )

    assert roles == [("healing_web", False, False, False), ("healing_worker", False, False, False)]


def test_no_policy_calls_a_function_for_each_row() -> None:
    """A policy may use current_setting only inside `(select …)`, which PostgreSQL evaluates once."""
    for table, text in rows("select tablename, coalesce(qual, '') || ' ' || coalesce(with_check, '') from pg_policies"):
        outside = text
        while "( SELECT" in outside:
            start = outside.index("( SELECT")
            depth, end = 0, start
            for end in range(start, len(outside)):
                depth += {"(": 1, ")": -1}.get(outside[end], 0)
                if depth == 0:
                    break
            outside = outside[:start] + outside[end + 1 :]
        assert "current_setting" not in outside, f"{table}: {text}"


def test_what_may_be_changed_is_named_column_by_column() -> None:
    """Where a participant or whoever holds a link may change a row, and where a row's ids decide who sees it."""
    granted = rows(
        """select c.relname, string_agg(a.attname::text, ' ')
           from pg_class c join pg_attribute a on a.attrelid = c.oid
           where c.relkind = 'r' and a.attnum > 0 and not has_table_privilege('healing_web', c.oid, 'update')
             and has_column_privilege('healing_web', c.oid, a.attnum, 'update')
           group by 1"""
    )

    named = {table: set(columns.split()) for table, columns in MAY_CHANGE.items()}
    assert {table: set(columns.split()) for table, columns in granted} == named


def test_the_web_removes_no_account_and_says_of_nothing_that_it_left() -> None:
    may = "has_table_privilege('healing_web', '{}', '{}')".format
    asked = [("healing_user", "delete"), ("healing_effect", "insert"), ("healing_effect", "delete")]

    assert rows("select " + ", ".join(may(*one) for one in asked)) == [(False, False, False)]


def test_nothing_runs_with_its_owner_s_rights() -> None:
    assert rows("select proname from pg_proc where prosecdef and pronamespace = 'public'::regnamespace") == []
