"""Row-level security of cases, and the one function that opens a viewer's context."""

from django.db import migrations

from healing.rls import (
    DOOR,
    INVITATION,
    INVITED_ROOM,
    ROOM,
    USER,
    WORKBENCH,
    ids_in,
    one_key,
    protect,
    tie,
    tie_rooms,
)

EVENTS = ids_in("site_id", "event_sites")
LEADS = ids_in("site_id", "lead_sites")
PARTICIPANT = f"({ids_in('id', 'rooms')} or {WORKBENCH} or id = {INVITED_ROOM})"
DELIVERY = f"({ROOM} or consent_id = {DOOR})"
BY_TOKEN = f"(token_hash = {INVITATION} or {WORKBENCH})"
# One row per case is its opener's own. Everybody else is named by a lead, and declares independence before she sees it.
NAMED = f"(({EVENTS} and user_id = {USER} and opened) or ({LEADS} and not opened and independent_at is null))"
ROOMS = ("safecontact", "invitation", "notice", "consent", "consentdecision", "delivery")

CONTEXT = """
create function open_context(
  kind text, ref text, run_roles text[], event_roles text[], lead_roles text[], people_roles text[],
  out who uuid, out rooms uuid[], out cases uuid[], out event_sites uuid[], out lead_sites uuid[],
  out people_sites uuid[], out invited_room uuid, out held text[]
) language plpgsql as $$
-- Opens what a viewer may see, for this transaction only. Opening `nobody` closes it.
begin
  rooms := '{}'; cases := '{}'; event_sites := '{}'; lead_sites := '{}'; people_sites := '{}'; held := '{}';
  perform set_config('healing.' || name, '', true)
    from unnest(array['user', 'rooms', 'cases', 'event_sites', 'lead_sites', 'people_sites', 'invitation',
                      'invited_room', 'door']) as name;
  if kind in ('case', 'site', 'worker') and current_user = 'healing_web' then
    raise insufficient_privilege using message = 'only the worker opens a context that is nobody''s';
  end if;
  if kind = 'user' then
    who := ref;
    perform set_config('healing.user', ref, true);
    select coalesce(array_agg(id), '{}') into rooms from cases_participant where user_id = who;
    select coalesce(array_agg(case_id), '{}') into cases
      from cases_assignment standing
      where user_id = who and ended_at is null and independent_at is not null
        and not exists (select from cases_participant own where own.case_id = standing.case_id and own.user_id = who)
        and exists (select from healing_membership part
                    where part.user_id = who and part.site_id = standing.site_id and part.ended_at is null
                      and part.role = any (run_roles));
    select coalesce(array_agg(distinct site_id) filter (where role = any (event_roles)), '{}'),
           coalesce(array_agg(distinct site_id) filter (where role = any (lead_roles)), '{}'),
           coalesce(array_agg(distinct site_id) filter (where role = any (people_roles)), '{}'),
           coalesce(array_agg(site_id || ':' || role), '{}')
      into event_sites, lead_sites, people_sites, held
      from healing_membership where user_id = who and ended_at is null;
  elsif kind = 'invitation' then
    perform set_config('healing.invitation', ref, true);
    select participant_id into invited_room from cases_invitation
      where token_hash = ref and used_at is null and revoked_at is null;
  elsif kind = 'case' then
    cases := array[ref::uuid];
  elsif kind = 'site' then
    event_sites := array[ref::uuid]; lead_sites := event_sites; people_sites := event_sites;
  end if;
  perform set_config('healing.rooms', rooms::text, true), set_config('healing.cases', cases::text, true),
          set_config('healing.event_sites', event_sites::text, true),
          set_config('healing.lead_sites', lead_sites::text, true),
          set_config('healing.people_sites', people_sites::text, true),
          set_config('healing.invited_room', coalesce(invited_room::text, ''), true);
end $$;

create function open_door(consent uuid) returns void language sql as $$
-- Lets one consent's deliveries be reached from its author's room, to close them; an empty one shuts it again.
  select set_config('healing.door', coalesce(consent::text, ''), true)
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial"), ("healing", "0003_framework_tables")]

    operations = [
        *(
            protect(f"cases_{table}", select=EVENTS, insert=EVENTS, update=EVENTS, delete=EVENTS)
            for table in ("importbatch", "importrow")
        ),
        protect("cases_harmevent", select=EVENTS, insert=EVENTS, update=EVENTS),
        protect("cases_harmgrade", select=EVENTS, insert=EVENTS),
        protect(
            "cases_case",
            select=f"({ids_in('id', 'cases')} or {LEADS})",
            insert=f"({EVENTS} or {LEADS})",
            update=f"({ids_in('id', 'cases')} or {LEADS})",
        ),
        protect("cases_caseevent", select=WORKBENCH, insert=WORKBENCH, delete=WORKBENCH),
        protect(
            "cases_assignment",
            select=f"(user_id = {USER} or {WORKBENCH} or {LEADS})",
            insert=NAMED,
            update=f"(user_id = {USER} and ended_at is null)",
            updated=f"(user_id = {USER})",
            update_columns=("independent_at", "ended_at"),
        ),
        protect(
            "cases_participant",
            select=f"({PARTICIPANT} or user_id = {USER})",
            insert=WORKBENCH,
            update=PARTICIPANT,
            update_columns=("user_id", "name", "guide_id", "language", "paused_at", "pause_reason", "left_at"),
        ),
        protect("cases_safecontact", select=f"({ROOM} or participant_id = {INVITED_ROOM})", insert=ROOM, update=ROOM),
        protect(
            "cases_invitation",
            select=BY_TOKEN,
            insert=WORKBENCH,
            update=BY_TOKEN,
            update_columns=("used_at", "revoked_at", "wrong_codes"),
        ),
        protect("cases_notice", select=ROOM, insert=WORKBENCH),
        protect("cases_consent", select=ROOM, insert=ROOM, update=ROOM),
        protect("cases_consentdecision", select=ROOM, insert=ROOM),
        protect(
            "cases_delivery",
            select=DELIVERY,
            insert=WORKBENCH,
            update=DELIVERY,
            update_columns=("words", "offered_at", "received_at", "not_wanted_at", "closed_at"),
        ),
        one_key("cases_case", "id, site_id"),
        one_key("cases_participant", "case_id, id"),
        tie("cases_assignment", "case_id, site_id", "cases_case (id, site_id)"),
        tie("cases_participant", "case_id, site_id", "cases_case (id, site_id)"),
        *tie_rooms(*(f"cases_{table}" for table in ROOMS)),
        *tie_rooms(*(f"healing_{table}" for table in ("due", "effect", "datakey", "auditevent", "auditstream"))),
        migrations.RunSQL(CONTEXT, reverse_sql=migrations.RunSQL.noop),
    ]
