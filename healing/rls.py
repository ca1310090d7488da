"""The second lock: row-level security, written as data and turned into SQL for migrations.

The context lives in settings local to the transaction, opened by one SQL function (`open_context`). A policy is one
inline predicate over columns of the row itself, and reads the context once, as `(select …)`: a policy that called a
function for every row would be hundreds of times slower.
"""

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

GRANTS = {"select": "select", "insert": "insert", "update": "update", "delete": "delete"}


def protect(
    table: str,
    *,
    select: str,
    insert: str | None = None,
    update: str | None = None,
    delete: str | None = None,
    worker: str | None = None,
) -> migrations.RunSQL:
    """Force row-level security on a table, with one policy per command. A command without a predicate is not granted.

    `worker` is a predicate that holds for the worker's role in addition, for rows it must find before it has a context.
    """
    predicates = {"select": select, "insert": insert, "update": update, "delete": delete}
    granted = ", ".join(command for command, predicate in predicates.items() if predicate)
    sql = [
        f"alter table {table} enable row level security",
        f"alter table {table} force row level security",
        f"grant {granted} on {table} to healing_web, healing_worker",
    ]
    for command, predicate in predicates.items():
        if predicate:
            sql.append(f"create policy {table}_{command} on {table} for {command} {_clause(command, predicate)}")
            if worker:
                sql.append(
                    f"create policy {table}_{command}_worker on {table} for {command} to healing_worker "
                    + _clause(command, worker)
                )
    return migrations.RunSQL(";\n".join(sql), reverse_sql=migrations.RunSQL.noop)


def open_to_all_roles(table: str, commands: str = "select, insert, update, delete") -> migrations.RunSQL:
    """A table without row-level security: it must stand, with its reason, on the list in the catalogue test."""
    return migrations.RunSQL(
        f"grant {commands} on {table} to healing_web, healing_worker", reverse_sql=migrations.RunSQL.noop
    )


def _clause(command: str, predicate: str) -> str:
    using = f"using ({predicate})" if command != "insert" else ""
    check = f" with check ({predicate})" if command in ("insert", "update") else ""
    return using + check
