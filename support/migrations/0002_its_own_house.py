"""A schema of its own, which the roles of the cases cannot look into, and two roles that can read no case."""

from functools import partial

from django.db import migrations

from healing.rls import ids_in as ids_in_setting
from healing.rls import one_key, protect, tie

ROLES = ("healing_support", "healing_support_worker")
ALL = ("select", "insert", "update", "delete")
TABLES = (
    *("unit", "supporter", "lead", "exclusion", "competence", "channel", "away", "load", "shift", "swap"),
    *("request", "key", "page", "alarm", "encounter", "reminder", "due", "effect"),
)
MOST_CONTACT, MOST_NAME = 228, 148  # bytes: 28 for the seal, the rest for an address or a first name, not for a story
KIND, IDS, SHORT_NAME = "^support[.][a-z_]+", "[A-Za-z0-9_:-]+$", "^[A-Za-z0-9._-]+$"
CHECKS = {
    "request": f"octet_length(contact) <= {MOST_CONTACT} and octet_length(name) <= {MOST_NAME} "
    "and (status <> 'erased' or octet_length(contact) + octet_length(name) = 0)",
    "channel": f"octet_length(address) <= {5 * MOST_CONTACT}",
    "reminder": f"octet_length(address) <= {MOST_CONTACT}",
    "key": f"octet_length(wrapped) <= 60 and master_key ~ '{SHORT_NAME}'",
    "due": f"kind ~ '{KIND}$' and key ~ '{KIND}:{IDS}'",
    "effect": f"key ~ '{KIND}:{IDS}'",
    "unit": f"slug ~ '{SHORT_NAME}'",
}

ROLES_FIRST = """
do $$ begin
  if not exists (select from pg_roles where rolname = 'healing_support_worker') then
    raise exception 'Peer support has two database roles of its own. Run bin/roles.sql as a superuser first.';
  end if;
end $$
"""
MOVE = ";\n".join(
    [
        "create schema support",
        *(f"alter table support_{table} set schema support" for table in TABLES),
        f"grant usage on schema support to {', '.join(ROLES)}",
        *(
            f"alter table support.support_{table} add constraint support_{table}_holds_no_story check ({check})"
            for table, check in CHECKS.items()
        ),
        # What was deleted leaves the disk within about a minute, not when a fifth of the table has changed.
        *(
            f"alter table support.support_{table} set (autovacuum_vacuum_threshold = 0, "
            "autovacuum_vacuum_scale_factor = 0)"
            for table in ("request", "key", "page", "due", "effect", "reminder")
        ),
    ]
)
OUTSIDE = f"""
grant select (id, name, email, is_active) on healing_user to {", ".join(ROLES)};
grant select on healing_site, healing_holiday, healing_legalnotice to {", ".join(ROLES)};
grant select (user_id, site_id, role, ended_at) on healing_membership to {", ".join(ROLES)};
create policy healing_membership_support on healing_membership for select to {", ".join(ROLES)}
  using (role in ('peer', 'coordinator'));
"""
FUNCTIONS = """
create function enter_support(
  house_role text, who uuid, give_roles text[], coordinate_roles text[], out supporters uuid[], out coordinated uuid[]
) language plpgsql as $$
-- The way into peer support: puts on its role, and opens what this person may see there for this transaction only.
declare sites uuid[];
begin
  perform set_config('role', house_role, true), set_config('support.supporters', '{}', true);
  select coalesce(array_agg(one.id), '{}'), coalesce(array_agg(one.site_id), '{}') into supporters, sites
    from support.support_supporter one
    where one.user_id = who and one.ended_on is null
      and exists (select from public.healing_membership part
                  where part.user_id = who and part.site_id = one.site_id and part.ended_at is null
                    and part.role = any (give_roles));
  select coalesce(array_agg(part.site_id), '{}') into coordinated
    from public.healing_membership part
    where part.user_id = who and part.ended_at is null and part.role = any (coordinate_roles);
  perform set_config('support.person', coalesce(who::text, ''), true), set_config('support.words', '', true),
          set_config('support.held', '', true), set_config('support.alarm', '', true),
          set_config('support.supporters', supporters::text, true),
          set_config('support.sites', sites::text, true), set_config('support.coordinated', coordinated::text, true);
end $$;

create function leave_support(role_before text) returns void language sql as $$
-- Nothing of the visit is left, and the role before is on again.
  select set_config('support.' || name, '', true)
    from unnest(array['person', 'words', 'held', 'alarm', 'supporters', 'sites', 'coordinated']) as name;
  select set_config('role', role_before, true)
$$;

create function hold_in_support(what text, value text) returns boolean language plpgsql as $$
-- Shows reply words, or takes a request, a reminder or an alarm in hand. Only what this visitor sees can be taken, and
-- no request about which they are only asked.
declare allowed boolean := what = 'words';
begin
  if what = 'held' then
    allowed := exists (select from support.support_reminder where id = value::uuid)
      or exists (select from support.support_request one where one.id = value::uuid
        and (one.status <> 'waiting' or one.supporter_id is null
             or one.supporter_id <> all (current_setting('support.supporters')::uuid[])));
  elsif what = 'alarm' then
    allowed := exists (select from support.support_request where alarm = value::uuid);
  end if;
  if allowed then
    perform set_config('support.' || what, value, true);
  end if;
  return coalesce(allowed, false);
end $$;
"""


def ids_in(column: str, setting: str) -> str:
    return ids_in_setting(column, setting).replace("healing.", "support.")


def setting(name: str, kind: str = "uuid") -> str:
    return f"(select nullif(current_setting('support.{name}', true), '')::{kind})"


HELD, ALARM, PERSON, WORDS = setting("held"), setting("alarm"), setting("person"), setting("words", "text")
MY_OWN, MY_SITES, COORDINATED = (
    ids_in("supporter_id", "supporters"),
    ids_in("site_id", "sites"),
    ids_in("site_id", "coordinated"),
)
# Somebody has come in by the one way in. The rota, the units and who supports are no secret inside.
INSIDE = "(select coalesce(current_setting('support.supporters', true), '') <> '')"
MINE_OR_COORDINATED = f"({MY_OWN} or {COORDINATED})"
LEARNT = f"({MINE_OR_COORDINATED} or ({INSIDE} and number = 'COM13'))"  # without which nobody is on call
ASKED_OR_WITH_ME = f"(words_hash = {WORDS} or asker = {PERSON} or {MY_OWN} or id = {HELD})"
HELD_OR_MINE = f"(request_id = {HELD} or {MY_OWN})"
SWAPS = (
    f"({ids_in('offered_by_id', 'supporters')} or {ids_in('to_id', 'supporters')} or (to_id is null and {MY_SITES}))"
)
REMINDED = f"(words_hash = {WORDS} or id = {HELD})"

protect_here = partial(protect, worker=ALL, roles=ROLES)


def wall(table: str, **clauses: object) -> migrations.RunSQL:
    return protect_here(f"support_{table}", **clauses)


class Migration(migrations.Migration):
    dependencies = [("support", "0001_initial"), ("healing", "0003_framework_tables")]

    operations = [
        migrations.RunSQL(ROLES_FIRST, reverse_sql=migrations.RunSQL.noop),
        migrations.RunSQL(MOVE, reverse_sql=migrations.RunSQL.noop),
        migrations.RunSQL(OUTSIDE, reverse_sql=migrations.RunSQL.noop),
        migrations.RunSQL(FUNCTIONS, reverse_sql=migrations.RunSQL.noop),
        wall("unit", select=INSIDE, insert=COORDINATED, update=COORDINATED),
        wall(
            "supporter",
            select=INSIDE,
            insert=COORDINATED,
            update=f"({COORDINATED} or {ids_in('id', 'supporters')})",
            update_columns=(
                *("unit_id", "profession", "languages", "capacity", "listed", "backup"),
                *("agreed_on", "joined_on", "ended_on"),
            ),
        ),
        wall("lead", select=INSIDE, insert=COORDINATED, delete=COORDINATED),
        wall("exclusion", select=MY_OWN, insert=MY_OWN, delete=MY_OWN),
        wall("competence", select=LEARNT, insert=COORDINATED, update=COORDINATED, delete=COORDINATED),
        wall("channel", select=MY_OWN, insert=MY_OWN, delete=MY_OWN),
        wall(
            "away",
            select=INSIDE,
            insert=MINE_OR_COORDINATED,
            update=MINE_OR_COORDINATED,
            delete=MINE_OR_COORDINATED,
            update_columns=("starts_at", "ends_at"),
        ),
        wall("load", select=MINE_OR_COORDINATED, update=MY_OWN, update_columns=("accepted",)),
        wall(
            "shift",
            select=INSIDE,
            insert=COORDINATED,
            delete=COORDINATED,
            update=f"({COORDINATED} or {MY_SITES})",
            updated=MINE_OR_COORDINATED,
            update_columns=("supporter_id",),
        ),
        wall(
            "swap",
            select=SWAPS,
            insert=ids_in("offered_by_id", "supporters"),
            update=SWAPS,
            update_columns=("state",),
        ),
        wall(
            "request",
            select=ASKED_OR_WITH_ME,
            insert=f"(words_hash = {WORDS} or asker = {PERSON})",
            update=ASKED_OR_WITH_ME,
        ),
        wall(
            "key",
            select=f"(holder = {HELD} or {ids_in('holder', 'supporters')})",
            insert=f"(holder = {HELD} or {ids_in('holder', 'supporters')})",
            delete=f"(holder = {HELD} or {ids_in('holder', 'supporters')})",
        ),
        wall("page", select=HELD_OR_MINE, update=HELD_OR_MINE, delete=HELD_OR_MINE, update_columns=("outcome",)),
        wall("alarm", select=f"({COORDINATED} or id = {ALARM})", delete=f"id = {ALARM}"),
        wall("encounter", select=COORDINATED, insert=INSIDE),
        wall("reminder", select=REMINDED, insert=REMINDED, update=REMINDED, delete=REMINDED),
        wall("due", select=f"subject = {HELD}", insert=INSIDE, delete=f"subject = {HELD}"),
        wall("effect", select=f"subject = {HELD}", delete=f"subject = {HELD}"),
        migrations.RunSQL(
            f"grant select, insert, update, delete on all tables in schema support to {ROLES[1]}",
            reverse_sql=migrations.RunSQL.noop,
        ),
        # Whoever plans the rota may remove a shift, and sees no swap of it.
        migrations.RunSQL(
            "alter table support_swap add foreign key (shift_id) references support_shift on delete cascade",
            reverse_sql=migrations.RunSQL.noop,
        ),
        one_key("support_supporter", "site_id, id"),
        *(
            tie(f"support_{table}", "site_id, supporter_id", "support_supporter (site_id, id)")
            for table in ("lead", "exclusion", "competence", "away", "load", "shift", "request")
        ),
    ]
