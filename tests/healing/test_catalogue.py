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


def test_nothing_runs_with_its_owner_s_rights() -> None:
    assert rows("select proname from pg_proc where prosecdef and pronamespace = 'public'::regnamespace") == []
