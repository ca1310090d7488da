"""Each of the two locks holds by itself: both show the same rows, and PostgreSQL alone refuses what is forged."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from cases.actions import cases, harm_events, invitations
from cases.models import Case, HarmEvent, Participant
from healing import access, audit, clock, due
from healing.models import Site, User
from healing.roles import Role
from tests.factories import cases as make
from tests.walls.house import House, build_house

PROTECTED = {  # peer support is another house: its locks are tried in tests/support/test_each_lock_of_support.py
    model._meta.db_table: model
    for model in apps.get_models()
    if hasattr(model, "visible_rows") and model._meta.app_label != "support"
}


@dataclass
class Locked:
    """A house, everybody who may look at it (the arguments of `access.opened`), and the ids that a forger knows."""

    who: dict[str, tuple[str, Any]]
    ids: dict[str, Any]


@pytest.fixture(scope="module")
def locked(django_db_setup: None, django_db_blocker: Any) -> Iterator[Locked]:
    """Built once: what each test does is taken back, and the house at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield furnished(build_house())
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def taken_back(locked: Locked, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def furnished(house: House) -> Locked:
    users = {name: client.session.get("_auth_user_id") for name, client in house.clients.items()}
    who: dict[str, tuple[str, Any]] = {name: ("user", user) for name, user in users.items() if user}
    who |= {"nobody": ("nobody", ""), "invited": ("invitation", invitations.token_hash(house.values["token"]))}
    with access.opened(*who["outsider"]) as outsider, access.opened(*who["lead"]) as lead:
        site, elsewhere = Site.objects.get(pk=min(lead.lead_sites)), Site.objects.get(pk=min(outsider.event_sites))
        case = Case.objects.visible_to(lead).get(pk=house.values["case"])
        for verb in ("site.changed", "site.holiday_added"):  # the site's chain is there, and somebody has added to it
            audit.record(by=lead, verb=verb, subject=site)
    with access.opened(*who["facilitator"]) as sam:
        event, harm = (
            HarmEvent.objects.visible_to(sam).get(pk=house.values["event"]),
            {"cultural": False, "spiritual": False},
        )
        harm_events.grade(by=sam, event=event, physical="severe", psychological="severe", **harm)
    who["lead elsewhere"] = ("user", make.make_staff(elsewhere, Role.LEAD).pk)
    who["stepped back"] = ("user", stepped_back(site, case, who["lead"]).pk)
    with make.as_role("healing_worker"):
        while due.tick():
            pass
    due.plan("account.changed", subject=users["lead"], at=clock.now(), key="of nobody's case", case=None)
    return Locked(who, {**ids_of(house, who), "site": site.pk, "elsewhere": elsewhere.pk})


def stepped_back(site: Site, case: Case, lead: tuple[str, Any]) -> User:
    """A facilitator of this site whom the lead named, and who stepped back."""
    user = make.make_staff(site, Role.FACILITATOR)
    with access.opened(*lead) as viewer:
        named = cases.assign(by=viewer, case=case, user=user)
    with make.opened(user) as viewer:
        cases.step_back(by=viewer, assignment=named)
    return user


def ids_of(house: House, who: dict[str, tuple[str, Any]]) -> dict[str, Any]:
    ids = {name.replace(" ", "_"): ref for name, (_, ref) in who.items()}
    ids |= {"case": house.values["case"], "maria": house.values["room"]}
    for name, room in (("other side", "rana"), ("stranger", "joan")):
        with access.opened(*who[name]) as viewer:
            ids[room] = min(viewer.rooms)
    with access.opened(*who["outsider"]) as viewer:
        ids["own_case"] = min(viewer.cases)
    return ids


def seen_in_sql(table: str) -> set[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"select id from {table}")
        return {row for (row,) in cursor.fetchall()}


def row_security_off(table: str) -> None:
    with make.as_role("healing_owner"), connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute(f"alter table {table} no force row level security")
        cursor.execute(f"alter table {table} disable row level security")


@pytest.mark.parametrize("table", sorted(PROTECTED))
def test_either_lock_shows_the_same_rows(table: str, locked: Locked) -> None:
    by_postgres, by_django = {}, {}
    for name, kind in locked.who.items():
        with access.opened(*kind):
            by_postgres[name] = seen_in_sql(table)
    row_security_off(table)
    for name, kind in locked.who.items():
        with access.opened(*kind) as viewer:
            by_django[name] = set(PROTECTED[table].objects.visible_to(viewer).values_list("pk", flat=True))

    assert by_postgres == by_django
    assert any(by_django.values()), "nothing is compared when nothing is there"
    assert by_django["nobody"] == set()
    assert seen_in_sql(table) - by_django["outsider"], "there is something that is not for everybody"


ASSIGN = """insert into cases_assignment (id, case_id, site_id, user_id, since, opened, independent_at)
            values (gen_random_uuid(), %(case)s, """
ROOM_ROW = "(id, case_id, participant_id, {}) values (gen_random_uuid(), %(own_case)s, %(maria)s, {})"
AUDIT = """insert into healing_auditevent (id, stream, number, at, actor_role, verb, subject, detail, digest,
             case_id, participant_id, actor)
           values (gen_random_uuid(), %({})s, 9999, now(), 'lead', 'x', 'x', '', '', """
POLICY, COLUMN, TIE, TAKEN, UNSEEN = "row-level security", "permission denied", "foreign key", "duplicate key", "0 rows"


def in_marias_room(table: str, columns: str, values: str) -> str:
    """A row with a case of one's own and a room of another."""
    return f"insert into {table} {ROOM_ROW.format(columns, values)}"


FORGED = {
    # Who works in a case
    "take a case of another site": ("outsider", ASSIGN + "%(elsewhere)s, %(outsider)s, now(), false, now())", POLICY),
    "open a case of another site": ("outsider", ASSIGN + "%(elsewhere)s, %(outsider)s, now(), true, now())", TAKEN),
    "open a case once more": ("stepped back", ASSIGN + "%(site)s, %(stepped_back)s, now(), true, now())", TAKEN),
    "name somebody to a case elsewhere": (
        "lead elsewhere",
        ASSIGN + "%(elsewhere)s, %(outsider)s, now(), false, null)",
        TIE,
    ),
    "declare independence for her": ("lead", ASSIGN + "%(site)s, %(outsider)s, now(), false, now())", POLICY),
    "name a colleague without the lead": (
        "facilitator",
        ASSIGN + "%(site)s, %(outsider)s, now(), false, null)",
        POLICY,
    ),
    "come back after stepping back": (
        "stepped back",
        "update cases_assignment set ended_at = null, independent_at = now()",
        UNSEEN,
    ),
    "take her assignment to another case": (
        "outsider",
        "update cases_assignment set case_id = %(case)s, site_id = %(site)s",
        COLUMN,
    ),
    "move a case to another site": ("facilitator", "update cases_case set site_id = %(elsewhere)s", TIE),
    "add a person under another site": (
        "outsider",
        """insert into cases_participant (id, case_id, site_id, guide_id, side, part, name, language, pause_reason,
             created_at) values (gen_random_uuid(), %(own_case)s, %(site)s, %(outsider)s, 'staff', 'hcw', '', 'en', '',
             now())""",
        TIE,
    ),
    # Into a room of another case
    "publish a notice": (
        "outsider",
        in_marias_room("cases_notice", "code, version, published_at", "'no_news_yet', '1', now()"),
        TIE,
    ),
    "deliver words": (
        "outsider",
        in_marias_room(
            "cases_delivery", "consent_id, from_side, words, offered_at", "gen_random_uuid(), 'staff', '', now()"
        ),
        TIE,
    ),
    "book a conversation": (
        "outsider",
        in_marias_room(
            "facilitation_attendance",
            "meeting_id, status, form, starts_at, minutes, place, people, published_at",
            "gen_random_uuid(), 'booked', 'video', now(), 90, '', '', now()",
        ),
        TIE,
    ),
    "say yes for her": (
        "outsider",
        in_marias_room(
            "cases_consent",
            "purpose, form, to_side, status, words, changed_at",
            "'meet', 'video', '', 'given', '', now()",
        ),
        TIE,
    ),
    "invite into her room": (
        "outsider",
        in_marias_room(
            "cases_invitation",
            "token_hash, code_hash, wrong_codes, created_by, created_at, expires_at",
            "'h', 'c', 0, %(outsider)s, now(), now()",
        ),
        TIE,
    ),
    "send her a letter": (
        "outsider",
        in_marias_room(
            "healing_due",
            "kind, key, subject, due_at, state, attempts, created_at",
            "'notice.letter', 'forged', %(maria)s, now(), 'pending', 0, now()",
        ),
        TIE,
    ),
    "write in her record": ("outsider", AUDIT.format("maria") + "%(own_case)s, %(maria)s, %(outsider)s)", TIE),
    "say yes in a case that is not hers": (
        "stranger",
        """insert into cases_consent (id, case_id, participant_id, purpose, form, to_side, status, words, changed_at)
           values (gen_random_uuid(), %(case)s, %(joan)s, 'meet', 'video', '', 'given', '', now())""",
        TIE,
    ),
    # What is not one's own to change
    "go over to another case": ("participant", "update cases_participant set case_id = %(own_case)s", COLUMN),
    "go over to the other side": ("participant", "update cases_participant set side = 'staff'", COLUMN),
    "move a conversation": ("participant", "update facilitation_attendance set starts_at = now()", COLUMN),
    "change a promise": ("participant", "update facilitation_promise set promise = ''", COLUMN),
    "move a follow-up": ("participant", "update facilitation_followup set due_on = now()", COLUMN),
    "say that the other side wrote it": ("participant", "update cases_delivery set from_side = 'harmed'", COLUMN),
    "make an invitation last": ("invited", "update cases_invitation set expires_at = now() + interval '9 y'", COLUMN),
    "give a key to somebody else": ("participant", "update healing_datakey set holder = %(rana)s", COLUMN),
    "turn a letter into another": ("participant", "update healing_due set kind = 'appointment.letter'", COLUMN),
    "say that something left": (
        "facilitator",
        """insert into healing_effect (id, key, due, case_id, participant_id, state, at)
           values (gen_random_uuid(), 'forged', gen_random_uuid(), %(case)s, %(maria)s, 'done', now())""",
        COLUMN,
    ),
    "forget that something left": ("facilitator", "delete from healing_effect", COLUMN),
    # The record, due work and accounts
    "write in the site's record as nobody": ("nobody", AUDIT.format("site") + "null, null, null)", POLICY),
    "write in the site's record as her": ("participant", AUDIT.format("site") + "null, null, %(facilitator)s)", POLICY),
    "write in her own record as another": (
        "participant",
        AUDIT.format("maria") + "%(case)s, %(maria)s, %(facilitator)s)",
        POLICY,
    ),
    "cut the record as nobody": ("nobody", "update healing_auditstream set length = 0, head = ''", UNSEEN),
    "take back what is due as nobody": ("nobody", "update healing_due set state = 'void'", UNSEEN),
    "take back what is due to staff": (
        "participant",
        "update healing_due set state = 'void' where case_id is null",
        UNSEEN,
    ),
    "remove an account": ("participant", "delete from healing_user", COLUMN),
    "give herself a role": (
        "facilitator",
        """insert into healing_membership (id, user_id, site_id, role, since)
           values (gen_random_uuid(), %(facilitator)s, %(site)s, 'lead', now())""",
        POLICY,
    ),
}


def outcome(sql: str, ids: dict[str, Any]) -> str:
    """What PostgreSQL answers, at the latest when the transaction would be committed."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, ids)
            changed = cursor.rowcount
            cursor.execute("set constraints all immediate")
            return f"{changed} rows"
    except DatabaseError as error:
        return str(error).splitlines()[0]


@pytest.mark.parametrize("what", FORGED)
def test_postgres_alone_refuses(what: str, locked: Locked) -> None:
    who, sql, reason = FORGED[what]
    with access.opened(*locked.who[who]):
        assert reason in outcome(sql, locked.ids)


def test_the_worker_gives_no_role_without_a_site_s_context(locked: Locked) -> None:
    _, sql, reason = FORGED["give herself a role"]
    with make.as_role("healing_worker"), access.opened("worker"):
        assert reason in outcome(sql, locked.ids)


def test_nobody_facilitates_the_case_that_holds_their_own_room(locked: Locked) -> None:
    rana = User.objects.get(pk=locked.who["other side"][1])
    make.give_roles(rana, Site.objects.get(pk=locked.ids["site"]), Role.FACILITATOR)
    with access.opened(*locked.who["lead"]) as lead:
        cases.assign(by=lead, case=Case.objects.visible_to(lead).get(pk=locked.ids["case"]), user=rana)
    with make.opened(rana) as viewer, connection.cursor() as cursor:
        cursor.execute("update cases_assignment set independent_at = now()")
        fresh = access.reopened(viewer)

        assert cursor.rowcount == 1
        assert fresh.cases == frozenset()
        assert {room.pk for room in Participant.objects.visible_to(fresh)} == {locked.ids["rana"]}


def test_every_row_of_a_room_is_tied_to_the_room_s_case(locked: Locked) -> None:
    with connection.cursor() as cursor:
        cursor.execute("""select table_name from information_schema.columns where table_schema = 'public'
                            and column_name in ('case_id', 'participant_id') group by 1 having count(*) = 2""")
        both = {table for (table,) in cursor.fetchall()}
        cursor.execute("""select conrelid::regclass::text from pg_constraint
                          where contype = 'f' and confrelid = 'cases_participant'::regclass
                            and cardinality(conkey) = 2 and condeferrable and condeferred""")
        tied = {table for (table,) in cursor.fetchall()}

    assert len(both) > 15
    assert both == tied


def test_the_tests_put_on_the_web_s_role(locked: Locked) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        assert cursor.fetchone() == ("healing_web",)
