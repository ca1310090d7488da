"""The record of who did and who looked: only ever added to, and every tampering is found and named."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from healing import access, audit, clock
from healing.models import AuditEvent, AuditStream, Site, User
from tests.factories.cases import as_role, make_site

pytestmark = pytest.mark.django_db


@pytest.fixture
def chains(site: Site, administrator: User) -> tuple[Site, Site]:
    """Two sites with five events each."""
    other = make_site()
    with access.opened("user", administrator.pk) as viewer:
        for number in range(5):
            for place in (site, other):
                audit.record(by=viewer, verb="site.changed", subject=place, detail=f"field{number}")
    run("set constraints all immediate")  # as if it had been committed
    return site, other


@contextmanager
def tampering() -> Iterator[None]:
    """Somebody with the owner's rights takes the triggers off, and puts them on again."""
    tables = ("healing_auditevent", "healing_statuschange")
    with as_role("healing_owner"), connection.cursor() as cursor:
        cursor.execute("alter table healing_auditevent no force row level security")
        for table in tables:
            cursor.execute(f"alter table {table} disable trigger user")
        yield
        for table in tables:
            cursor.execute(f"alter table {table} enable trigger user")
        cursor.execute("alter table healing_auditevent force row level security")


def run(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def verified() -> str:
    """What the command says, as the role that runs it."""
    said = StringIO()
    with as_role("healing_worker"):
        try:
            call_command("verify_audit", stdout=said)
        except CommandError as error:
            said.write(str(error))
    return said.getvalue()


def test_whole_chains_hold(chains: tuple[Site, Site]) -> None:
    assert verified() == "All 2 chains hold, 10 events in all.\n"


def test_a_chain_holds_whatever_zone_an_act_was_told_in(site: Site, administrator: User) -> None:
    with (
        access.opened("user", administrator.pk) as viewer,
        clock.pinned(clock.now().astimezone(ZoneInfo("Asia/Tokyo"))),
    ):
        audit.record(by=viewer, verb="site.changed", subject=site)

    assert verified() == "All 1 chains hold, 1 events in all.\n"


def test_many_are_recorded_at_once_each_in_its_own_chain(site: Site, administrator: User) -> None:
    others = [make_site() for _ in range(30)]
    with access.opened("user", administrator.pk) as viewer:
        audit.record(by=viewer, verb="site.changed", subject=site)
        with CaptureQueriesContext(connection) as for_one:
            audit.record_many(by=viewer, verb="site.read", subjects=[site])
        with CaptureQueriesContext(connection) as for_many:
            audit.record_many(by=viewer, verb="site.read", subjects=[site, site, *others])
        with CaptureQueriesContext(connection) as for_none:
            audit.record_many(by=viewer, verb="site.read", subjects=[])

    assert [len(asked) for asked in (for_none, for_one, for_many)] == [0, 4, 4]
    assert verified() == "All 31 chains hold, 34 events in all.\n"


def test_a_broken_chain_ends_with_an_error(chains: tuple[Site, Site]) -> None:
    with tampering():
        run("delete from healing_auditevent where number = 2")

    with as_role("healing_worker"), pytest.raises(CommandError, match="2 of 2 chains"):
        call_command("verify_audit", stdout=StringIO())


def swap(site: Site) -> None:
    run("update healing_auditevent set number = 99 where stream = %s and number = 2", site.pk)
    run("update healing_auditevent set number = 2 where stream = %s and number = 3", site.pk)
    run("update healing_auditevent set number = 3 where stream = %s and number = 99", site.pk)


def cut_with_head(site: Site) -> None:
    """The end goes, and the head is set to what the last event that stays says of itself."""
    run("delete from healing_auditevent where stream = %s and number > 3", site.pk)
    run(
        """update healing_auditstream set length = 3,
             head = (select digest from healing_auditevent e where e.stream = healing_auditstream.id and number = 3)
           where id = %s""",
        site.pk,
    )


def move(site: Site) -> None:
    other = Site.objects.exclude(pk=site.pk).get()
    run("update healing_auditevent set number = 6 where stream = %s and number = 5", site.pk)
    run("update healing_auditevent set stream = %s where stream = %s and number = 5", site.pk, other.pk)


def statement(sql: str) -> Callable[[Site], None]:
    """One statement on the first site's chain."""
    return lambda site: run(sql, site.pk)


TAMPERINGS: list[tuple[Callable[[Site], None], str]] = [
    (statement("update healing_auditevent set actor = null where stream = %s and number = 3"), "event 3 was"),
    (
        statement("update healing_auditevent set at = now() where stream = %s and number = 1"),
        "event 1 was",
    ),
    (statement("update healing_auditevent set detail = 'x' where stream = %s and number = 5"), "event 5 was"),
    (statement("delete from healing_auditevent where stream = %s and number = 2"), "event 2 is missing"),
    (statement("delete from healing_auditevent where stream = %s and number = 1"), "event 1 is missing"),
    (statement("delete from healing_auditevent where stream = %s and number > 3"), "events 4 to 5 are missing"),
    (statement("delete from healing_auditevent where stream = %s"), "all 5 events are gone"),
    (statement("delete from healing_auditstream where id = %s"), "its head is gone"),
    (cut_with_head, "its head does not belong to event 3"),
    (swap, "event 2 was changed"),
    (move, "event 5 was changed"),
]


@pytest.mark.parametrize(("tamper", "found"), TAMPERINGS, ids=[found for _, found in TAMPERINGS])
def test_every_tampering_is_found_and_named(
    tamper: Callable[[Site], None], found: str, chains: tuple[Site, Site]
) -> None:
    with tampering(), as_role("healing_owner"):
        run("alter table healing_auditstream no force row level security")
        tamper(chains[0])
        run("alter table healing_auditstream force row level security")

    said = verified()

    assert f"chain {chains[0].pk}: " in said
    assert found in said


def test_what_is_added_while_the_check_runs_breaks_nothing(chains: tuple[Site, Site], administrator: User) -> None:
    with as_role("healing_worker"), access.opened("worker") as worker:
        heads = {head.pk: head for head in AuditStream.objects.all()}
    with access.opened("user", administrator.pk) as viewer:
        audit.record(by=viewer, verb="site.changed", subject=chains[0], detail="later")
    with as_role("healing_worker"), access.opened("worker") as worker:
        events = AuditEvent.objects.visible_to(worker).filter(stream=chains[0].pk).order_by("number")

        assert audit._first_break(iter(events), heads[chains[0].pk]) == ""


@pytest.mark.parametrize("role", ["healing_web", "healing_worker", "healing_owner"])
@pytest.mark.parametrize("table", ["healing_auditevent", "healing_statuschange"])
@pytest.mark.parametrize("command", ["update {} set id = id", "delete from {}", "truncate {}"])
def test_no_role_changes_what_was_recorded(role: str, table: str, command: str, chains: tuple[Site, Site]) -> None:
    """The owner has no policy either: even without row-level security its changes are refused."""
    with as_role("healing_owner"):
        run("alter table healing_auditevent no force row level security")
        run("alter table healing_statuschange no force row level security")
        run(
            """insert into healing_statuschange (id, kind, subject, case_id, from_status, to_status, why, at)
               values (gen_random_uuid(), 'x', gen_random_uuid(), gen_random_uuid(), 'a', 'b', '', now())"""
        )

    with (
        as_role(role),
        pytest.raises(DatabaseError, match="only ever added to|permission denied"),
        transaction.atomic(),
    ):
        run(command.format(table))


def test_the_record_holds_ids_and_codes_only(chains: tuple[Site, Site], administrator: User) -> None:
    with as_role("healing_worker"), access.opened("worker") as worker:
        text = "\n".join(str(vars(event)) for event in AuditEvent.objects.visible_to(worker))

    assert administrator.email not in text
    assert administrator.name not in text
    assert chains[0].name not in text
