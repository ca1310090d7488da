"""Both locks from the start: every table is protected, or opened to all roles with its reason in the catalogue test."""

from django.db import migrations

from healing.rls import INVITED_ROOM, ROOM, USER, WORKBENCH, ids_in, open_to_all_roles, protect

NO_CASE = "(case_id is null and participant_id is null)"
KEYS = f"({ROOM} or holder = {USER} or participant_id = {INVITED_ROOM})"
ROLES_AT_SITE = f"(user_id = {USER} or {ids_in('site_id', 'people_sites')} or {ids_in('site_id', 'lead_sites')})"
# A chain is reached by those who may act or look there, and by due work. The chains without a case hold no party.
CHAIN = f"({ROOM} or participant_id = {INVITED_ROOM} or ({NO_CASE} and {USER} is not null))"
# Whoever adds to the record adds it in their own name.
OWN_ACT = f"({CHAIN} and actor is not distinct from {USER})"

APPEND_ONLY = """
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the record is only ever added to';
end $$;
create trigger append_only before update or delete on healing_auditevent
  for each row execute function refuse_change();
create trigger append_only_whole before truncate on healing_auditevent
  for each statement execute function refuse_change();
create trigger append_only before update or delete on healing_statuschange
  for each row execute function refuse_change();
create trigger append_only_whole before truncate on healing_statuschange
  for each statement execute function refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("healing", "0001_people_record_and_due_work")]

    operations = [
        protect(
            "healing_datakey",
            select=KEYS,
            insert=KEYS,
            update=KEYS,
            update_columns=("wrapped", "master_key", "destroyed_at"),
            worker=("select", "insert", "update"),
        ),
        protect(
            "healing_membership",
            select=ROLES_AT_SITE,
            insert=ids_in("site_id", "people_sites"),
            update=ids_in("site_id", "people_sites"),
            update_columns=("ended_at",),
            worker=("select",),
        ),
        protect("healing_statuschange", select=WORKBENCH, insert=WORKBENCH),
        protect(
            "healing_auditstream",
            select=CHAIN,
            insert=CHAIN,
            update=CHAIN,
            update_columns=("length", "head"),
            worker=("select", "insert", "update"),
        ),
        protect("healing_auditevent", select=ROOM, insert=OWN_ACT, worker=("select", "insert")),
        protect(
            "healing_due",
            select=ROOM,
            insert=f"({ROOM} or {NO_CASE})",
            update=ROOM,
            update_columns=("state", "lease_until", "attempts", "done_at", "due_at"),
            worker=("select", "insert", "update"),
        ),
        protect(
            "healing_effect",
            select=WORKBENCH,
            update=WORKBENCH,
            update_columns=("state", "looked_at"),
            worker=("select", "insert", "update", "delete"),
        ),
        open_to_all_roles("healing_user", "select, insert, update"),
        open_to_all_roles("healing_site"),
        open_to_all_roles("healing_holiday"),
        open_to_all_roles("healing_legalnotice"),
        open_to_all_roles("healing_heartbeat"),
        migrations.RunSQL(APPEND_ONLY, reverse_sql=migrations.RunSQL.noop),
    ]
