"""The second lock: row-level security, written as data and turned into SQL for migrations.

The context lives in settings local to the transaction, opened by one SQL function (`open_context`). A policy is one
inline predicate over columns of the row itself, and reads the context once, as `(select …)`: a policy that called a
function for every row would be hundreds of times slower.
"""

from collections.abc import Collection

from django.db import migrations

USER = "(select nullif(current_setting('healing.user', true), '')::uuid)"
INVITED_ROOM = "(select nullif(current_setting('healing.invited_room', true), '')::uuid)"
INVITATION = "(select nullif(current_setting('healing.invitation', true), ''))"
DOOR = "(select nullif(current_setting('healing.door', true), '')::uuid)"


def ids_in(column: str, setting: str) -> str:
    """True when the column is among the context's ids: of rooms, cases, event_sites, lead_sites or people_sites."""
    return f"{column} = any ((select nullif(current_setting('healing.{setting}', true), '')::uuid[])::uuid[])"


WORKBENCH = ids_in("case_id", "cases")
ROOM = f"({ids_in('participant_id', 'rooms')} or {WORKBENCH})"
# A draft stays in its room: the workbench sees it once it has been sent.
SENT = f"({ids_in('participant_id', 'rooms')} or ({WORKBENCH} and sent_at is not null))"

ROLES = ("healing_web", "healing_worker")
BOTH = ", ".join(ROLES)


def protect(
    table: str,
    *,
    select: str,
    insert: str | None = None,
    update: str | None = None,
    delete: str | None = None,
    updated: str | None = None,
    update_columns: Collection[str] = (),
    worker: Collection[str] = (),
    roles: tuple[str, str] = ROLES,
) -> migrations.RunSQL:
    """Force row-level security on a table, with one policy per command. A command without a predicate is not granted.

    `updated` is what a row must be after an update, where that differs from what it was. `update_columns` are the only
    ones that may be updated. `worker` are the commands that the worker's role may use on every row, also before it has
    a context. `roles` are those of the house that the table is in: the web's and the worker's.
    """
    predicates = {"select": select, "insert": insert, "update": update, "delete": delete}
    sql = [f"alter table {table} enable row level security", f"alter table {table} force row level security"]
    for command, predicate in predicates.items():
        if predicate or command in worker:
            columns = f" ({', '.join(update_columns)})" if command == "update" and update_columns else ""
            sql.append(f"grant {command}{columns} on {table} to {', '.join(roles) if predicate else roles[1]}")
        policy = f"on {table} for {command}"
        if predicate:
            sql.append(f"create policy {table}_{command} {policy} {_to(roles)}{_clause(command, predicate, updated)}")
        if command in worker:
            sql.append(f"create policy {table}_{command}_worker {policy} to {roles[1]} {_clause(command, 'true')}")
    return migrations.RunSQL(";\n".join(sql), reverse_sql=migrations.RunSQL.noop)


def one_key(table: str, columns: str) -> migrations.RunSQL:
    """What `tie` points at: columns that together name one row."""
    return migrations.RunSQL(f"alter table {table} add unique ({columns})", reverse_sql=migrations.RunSQL.noop)


def tie(table: str, columns: str, to: str) -> migrations.RunSQL:
    """Ids that a row carries together belong together, whoever writes it: a room to its case, a case to its site."""
    return migrations.RunSQL(
        f"alter table {table} add foreign key ({columns}) references {to} deferrable initially deferred",
        reverse_sql=migrations.RunSQL.noop,
    )


def tie_rooms(*tables: str) -> list[migrations.RunSQL]:
    return [tie(table, "case_id, participant_id", "cases_participant (case_id, id)") for table in tables]


def open_to_all_roles(table: str, commands: str = "select, insert, update, delete") -> migrations.RunSQL:
    """A table without row-level security: it must stand, with its reason, on the list in the catalogue test."""
    return migrations.RunSQL(f"grant {commands} on {table} to {BOTH}", reverse_sql=migrations.RunSQL.noop)


def _to(roles: tuple[str, str]) -> str:
    """The first house's policies name no role. In another house a grant by mistake to somebody else opens nothing."""
    return "" if roles == ROLES else f"to {', '.join(roles)} "


def _clause(command: str, predicate: str, updated: str | None = None) -> str:
    using = f"using ({predicate})" if command != "insert" else ""
    after = updated if command == "update" and updated else predicate
    check = f" with check ({after})" if command in ("insert", "update") else ""
    return using + check
