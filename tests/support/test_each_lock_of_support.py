"""Each of the two locks of peer support holds by itself, held against one table of who sees what."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from healing import access, ids
from healing.errors import HealingError
from support import house
from support.actions import asking, closing, giving
from support.models import Request
from tests.factories.cases import as_role
from tests.factories.peers import working
from tests.support.full_house import MODELS, FullHouse, build_full_house

KEEPER = "coordinator"
EVERYBODY_SEES = ["support_unit", "support_supporter", "support_lead", "support_away", "support_shift"]
NEEDED = {f"{name} COM13" for name in ("tom", "una", "idle", "elsewhere", "ann")}  # tells who can be on call
NOBODY_SEES = ["support_due", "support_effect"]  # before something is taken
OWN = {name: {name} for name in ("tom", "una", "idle", "elsewhere")}
SEEN: dict[str, dict[str, set[str]]] = {  # whoever is not named sees nothing
    "support_request": {
        **{words: {words} for words in ("first", "second", "over")},
        "facilitator": {"third"},
        "tom": {"first"},
        "una": {"second"},
    },
    "support_page": {"tom": {"first tom"}, "una": {"first una", "second una"}},
    "support_key": OWN,
    "support_alarm": {KEEPER: {"alarm"}},
    "support_encounter": {KEEPER: {"encounter"}},
    "support_channel": {"tom": {"tom"}},
    "support_exclusion": {"tom": {"tom"}},
    "support_competence": {"tom": {"tom COM06"}, KEEPER: {"tom COM06"}},
    "support_load": {"tom": {"tom"}, "una": {"una"}, KEEPER: {"tom", "una", "ann"}},
    "support_swap": dict.fromkeys(("tom", "una", "idle"), {"tom"}),
    "support_reminder": {"over": {"letter"}},
    **{table: {} for table in NOBODY_SEES},
}
TAKEN = {  # what somebody can reach once they have taken what they see
    ("first", "first"): {"support_key": {"first"}, "support_page": {"first tom", "first una"}},
    ("second", "second"): {"support_key": {"second"}, "support_page": {"second una"}},
    ("facilitator", "third"): {"support_key": {"third"}},
    ("tom", "first"): {"support_key": {"tom", "first"}, "support_page": {"first tom", "first una"}},
    ("over", "letter"): {"support_key": {"letter"}, "support_reminder": {"letter"}},
}


@pytest.fixture(scope="module")
def full(django_db_setup: None, django_db_blocker: Any) -> Iterator[FullHouse]:
    """Built once: what each test does is taken back, and the house at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build_full_house()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def taken_back(full: FullHouse, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def expected(table: str, who: str, full: FullHouse) -> set[str]:
    if table in EVERYBODY_SEES:
        with working():
            return full.names(seen_in_sql(table))
    return SEEN[table].get(who, set()) | (NEEDED if table == "support_competence" else set())


def seen_in_sql(table: str) -> set[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"select id from support.{table}")
        return {row for (row,) in cursor.fetchall()}


def row_security_off(table: str) -> None:
    with as_role("healing_owner"), connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute(f"alter table support.{table} no force row level security")
        cursor.execute(f"alter table support.{table} disable row level security")


@pytest.mark.parametrize("table", sorted(MODELS))
def test_with_the_first_lock_off_postgres_shows_each_their_own(table: str, full: FullHouse) -> None:
    seen = {}
    for who in full.everybody:
        with full.come_in(who):
            seen[who] = full.names(seen_in_sql(table))

    assert seen == {who: expected(table, who, full) for who in full.everybody}


@pytest.mark.parametrize("table", sorted(MODELS))
def test_with_the_second_lock_off_the_querysets_show_the_same(table: str, full: FullHouse) -> None:
    hoped = {who: expected(table, who, full) for who in full.everybody}
    row_security_off(table)
    seen = {}
    for who in full.everybody:
        with full.come_in(who) as by:
            seen[who] = full.names(MODELS[table].objects.visible_to(by).values_list("pk", flat=True))
            everything = full.names(seen_in_sql(table))

    assert seen == hoped
    assert everything, "nothing is compared when nothing is there"


@pytest.mark.parametrize(("who", "what"), TAKEN)
def test_what_is_taken_can_be_reached_by_either_lock(who: str, what: str, full: FullHouse) -> None:
    tables = ["support_key", "support_page", "support_reminder", "support_due", "support_effect"]
    seen: dict[str, dict[str, set[str]]] = {"sql": {}, "django": {}}
    with full.come_in(who) as by:
        house.take(by, full.id_of(what))
        for table in tables:
            seen["sql"][table] = full.names(seen_in_sql(table))
            seen["django"][table] = full.names(MODELS[table].objects.visible_to(by).values_list("pk", flat=True))

    assert seen["sql"] == seen["django"]
    for table in ("support_key", "support_page", "support_reminder"):
        assert seen["sql"][table] == TAKEN[who, what].get(table, set()), table
    for table in NOBODY_SEES:
        assert seen["sql"][table] <= {what}, table


def test_nobody_takes_what_they_do_not_see_nor_a_contact_before_saying_yes(full: FullHouse) -> None:
    held = {}
    for who in full.everybody:
        for what in ("first", "second", "third", "over", "letter", "tom"):
            with full.come_in(who) as by:
                house.take(by, full.id_of(what))
                if "held" in by.holds:
                    held[who, what] = by.holds["held"]

    assert held.keys() == TAKEN.keys() | {("over", "over")}
    assert ("una", "second") not in held


@pytest.mark.parametrize("who", ["nobody", "una", "idle", "coordinator", "facilitator", "admin"])
def test_nobody_opens_the_contact_of_a_request_that_is_not_theirs(who: str, full: FullHouse) -> None:
    """Also not by writing the setting by hand, as long as the row itself is out of reach."""
    with full.come_in(who) as by:
        found = Request.objects.visible_to(by).filter(pk=full.id_of("first"))
        assert not found.exists()
        with connection.cursor() as cursor:
            cursor.execute("select contact from support_request where id = %s", [full.id_of("first")])
            assert cursor.fetchall() == []


def test_without_a_context_the_role_of_the_house_sees_nothing(full: FullHouse) -> None:
    with access.opened("nobody"), as_role("healing_support"):
        assert {table: seen_in_sql(table) for table in MODELS} == {table: set() for table in MODELS}


@pytest.mark.parametrize("role", ["healing_web", "healing_worker"])
@pytest.mark.parametrize("table", sorted(MODELS))
def test_as_themselves_web_and_worker_find_no_such_table(table: str, role: str, full: FullHouse) -> None:
    with access.opened("user", full.users["tom"]), as_role(role):
        assert f'relation "{table}" does not exist' in outcome(f"select * from {table}", {})
        assert "permission denied for schema support" in outcome(f"select * from support.{table}", {})


@pytest.mark.parametrize(
    "table",
    [
        "cases_case",
        "cases_participant",
        "facilitation_meeting",
        "healing_auditevent",
        "healing_datakey",
        "healing_due",
        "healing_effect",
        "django_session",
    ],
)
def test_inside_no_case_can_be_read(table: str, full: FullHouse) -> None:
    for who in ("nobody", "facilitator", "tom"):
        with full.come_in(who):
            assert "permission denied" in outcome(f"select * from {table}", {})


def test_each_changes_the_requests_that_they_see_and_no_other(full: FullHouse) -> None:
    changed = {}
    for who in full.everybody:
        with full.come_in(who):
            changed[who] = outcome("update support_request set contacts = contacts", {})

    assert changed == {who: f"{len(expected('support_request', who, full))} rows" for who in full.everybody}


POLICY, COLUMN, UNSEEN = "row-level security", "permission denied", "0 rows"
FORGED = {
    "ask in another's name": (
        "nobody",
        "insert into support_request (id, asker) values (gen_random_uuid(), %(tom_user)s)",
        POLICY,
    ),
    "ask under words that were not shown": (
        "first",
        "insert into support_request (id, words_hash) values (gen_random_uuid(), repeat('a', 64))",
        POLICY,
    ),
    "put a request to sleep": ("tom", "delete from support_request", COLUMN),
    "take a request over": ("idle", "update support_request set supporter_id = %(idle)s", UNSEEN),
    "give a request to whom it is not with": (
        "tom",
        "update support_request set supporter_id = %(una)s where id = %(first)s",
        POLICY,
    ),
    "call somebody": ("tom", "insert into support_page (id) values (gen_random_uuid())", COLUMN),
    "answer for a colleague": (
        "una",
        "update support_page set outcome = 'passed' where supporter_id = %(tom)s",
        UNSEEN,
    ),
    "move a page": ("una", "update support_page set until = now()", COLUMN),
    "make a key for a request": (
        "una",
        """insert into support_key (id, holder, wrapped, master_key)
                  values (gen_random_uuid(), %(second)s, '', 'k')""",
        POLICY,
    ),
    "destroy another's key": ("una", "delete from support_key where holder = %(tom)s", UNSEEN),
    "put a key under another": ("tom", "update support_key set wrapped = ''", COLUMN),
    "raise an alarm": (
        "second",
        "insert into support_alarm (id, site_id) values (gen_random_uuid(), %(site)s)",
        COLUMN,
    ),
    "take an alarm away from the coordinator's page": (KEEPER, "delete from support_alarm", UNSEEN),
    "take an alarm away as nobody": ("nobody", "delete from support_alarm", UNSEEN),
    "have learnt something": (
        "tom",
        "insert into support_competence (id, site_id, supporter_id) values (gen_random_uuid(), %(site)s, %(tom)s)",
        POLICY,
    ),
    "be next": ("tom", "update support_supporter set last_turn = 0", COLUMN),
    "be somebody else": ("tom", "update support_supporter set user_id = %(tom_user)s", COLUMN),
    "end a colleague": ("tom", "update support_supporter set ended_on = now() where id = %(una)s", UNSEEN),
    "make oneself a supporter": (
        "facilitator",
        "insert into support_supporter (id, site_id) values (gen_random_uuid(), %(site)s)",
        POLICY,
    ),
    "make a supporter at another site": (
        KEEPER,
        "insert into support_supporter (id, site_id) values (gen_random_uuid(), %(elsewhere_site)s)",
        POLICY,
    ),
    "plan a shift oneself": (
        "tom",
        "insert into support_shift (id, site_id) values (gen_random_uuid(), %(site)s)",
        POLICY,
    ),
    "plan a shift elsewhere": (
        KEEPER,
        "insert into support_shift (id, site_id) values (gen_random_uuid(), %(elsewhere_site)s)",
        POLICY,
    ),
    "give one's shift to whom it is not offered": (
        "tom",
        "update support_shift set supporter_id = %(idle)s where supporter_id = %(tom)s",
        POLICY,
    ),
    "lengthen a shift": ("tom", "update support_shift set ends_at = now() + interval '9 days'", COLUMN),
    "offer a colleague's shift": (
        "una",
        "insert into support_swap (id, offered_by_id) values (gen_random_uuid(), %(tom)s)",
        POLICY,
    ),
    "offer a shift to somebody else": ("tom", "update support_swap set to_id = %(idle)s", COLUMN),
    "send a colleague away": (
        "una",
        "insert into support_away (id, site_id, supporter_id) values (gen_random_uuid(), %(site)s, %(tom)s)",
        POLICY,
    ),
    "keep a colleague from being called": (
        "una",
        "insert into support_exclusion (id, site_id, supporter_id) values (gen_random_uuid(), %(site)s, %(tom)s)",
        POLICY,
    ),
    "say for whom a supporter is not called": (
        KEEPER,
        "insert into support_exclusion (id, site_id, supporter_id) values (gen_random_uuid(), %(site)s, %(tom)s)",
        POLICY,
    ),
    "have a colleague called all the same": ("una", "delete from support_exclusion", UNSEEN),
    "move what a colleague said": (KEEPER, "update support_exclusion set unit_id = unit_id", COLUMN),
    "be called less": ("tom", "update support_load set pages = 0", COLUMN),
    "count for a colleague": ("una", "update support_load set accepted = 9 where supporter_id = %(tom)s", UNSEEN),
    "change what was counted": (KEEPER, "update support_encounter set people = 9", COLUMN),
    "hear a colleague's messages": (
        "una",
        "insert into support_channel (id, supporter_id) values (gen_random_uuid(), %(tom)s)",
        POLICY,
    ),
    "drop a colleague's device": ("una", "delete from support_channel", UNSEEN),
    "say that a message left": ("tom", "insert into support_effect (id) values (gen_random_uuid())", COLUMN),
    "stop what is due": ("tom", "delete from support_due", UNSEEN),
    "hold up what is due": ("tom", "update support_due set due_at = now() + interval '9 days'", COLUMN),
    "have somebody's letter": ("first", "update support_reminder set address = ''", UNSEEN),
    "rename a ward": ("tom", "update support_unit set name = 'x'", UNSEEN),
    "read a password": ("tom", "select password from healing_user", COLUMN),
    "give oneself a role": ("tom", "insert into healing_membership (id) values (gen_random_uuid())", COLUMN),
}


def outcome(sql: str, values: dict[str, Any]) -> str:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
            return f"{cursor.rowcount} rows"
    except DatabaseError as error:
        return str(error).splitlines()[0]


@pytest.mark.parametrize("what", FORGED)
def test_postgres_alone_refuses_to(what: str, full: FullHouse) -> None:
    who, sql, reason = FORGED[what]
    named = ("tom", "una", "idle", "first", "second")
    values = {name: full.id_of(name) for name in named} | {"site": full.site.pk, "tom_user": full.users["tom"]}
    values["elsewhere_site"] = ids.new()
    with full.come_in(who):
        assert reason in outcome(sql, values)


@pytest.mark.parametrize("who", ["una", "idle", "coordinator", "facilitator", "admin", "nobody"])
def test_no_act_reaches_a_request_of_somebody_else(who: str, full: FullHouse) -> None:
    with full.come_in("tom") as by:
        first = Request.objects.visible_to(by).get()
    acts = [
        lambda by: giving.reached(by=by, request=first),
        lambda by: giving.hand_on(by=by, request=first),
        lambda by: closing.close(by=by, request=first, outcome="supported"),
        lambda by: asking.cancel(by=by, request=first),
        lambda by: asking.change_contact(by=by, request=first, reach_by="phone", contact="07700 900999"),
    ]
    for act in acts:
        with pytest.raises(HealingError), full.come_in(who) as by:
            act(by)
    with full.come_in("tom") as by:
        assert Request.objects.visible_to(by).get().status == "claimed"


def test_whoever_asked_does_nothing_in_the_supporter_s_place(full: FullHouse) -> None:
    with full.come_in("tom") as by:
        first = Request.objects.visible_to(by).get()
    acts = [
        lambda by: giving.reached(by=by, request=first),
        lambda by: giving.hand_on(by=by, request=first),
        lambda by: closing.close(by=by, request=first, outcome="supported"),
    ]
    for act in acts:
        with pytest.raises(HealingError), full.come_in("first") as by:
            act(by)
