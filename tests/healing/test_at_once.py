"""Two at the same moment, each in a transaction of their own that really commits."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from healing import access, audit
from healing.errors import HealingError
from healing.models import AuditEvent, Membership, Site, User
from healing.roles import Role
from healing.set_up import actions
from tests.factories.cases import as_role, make_site
from tests.healing.people import make_colleague

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def site(committed: None) -> Site:
    return make_site()


def at_once(*acts: Callable[[], None]) -> list[Exception]:
    """Let them all start together; what went wrong in each."""
    together, failed = threading.Barrier(len(acts)), []

    def run(act: Callable[[], None]) -> None:
        try:
            together.wait()
            act()
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failed


def test_two_writers_make_one_chain(site: Site) -> None:
    """The second waits for the first instead of writing the same number."""
    sam = make_colleague(site, Role.ADMINISTRATOR)

    def write() -> None:
        for _ in range(10):
            with access.opened("user", sam.pk) as viewer:
                audit.record(by=viewer, verb="site.changed", subject=site)

    failed = at_once(*[write] * 4)

    with as_role("healing_worker"), access.opened("worker") as worker:
        assert failed == []
        assert list(audit.breaks(worker)) == []
        assert AuditEvent.objects.visible_to(worker).filter(stream=site.pk).count() == 40


@pytest.mark.parametrize("attempt", range(5))
def test_two_administrators_cannot_end_each_other(attempt: int, site: Site) -> None:
    pair = [make_colleague(site, Role.ADMINISTRATOR, email=f"{name}@hospital.example") for name in ("sam", "lee")]
    with as_role("healing_worker"), access.opened("worker") as worker:
        held = {role.user_id: role for role in Membership.objects.visible_to(worker)}

    def ends(who: User, whose: User) -> Callable[[], None]:
        def act() -> None:
            with access.opened("user", who.pk) as viewer:
                actions.end_role(by=viewer, held=held[whose.pk])

        return act

    failed = at_once(ends(pair[0], pair[1]), ends(pair[1], pair[0]))

    with as_role("healing_worker"), access.opened("worker") as worker:
        assert Membership.objects.visible_to(worker).filter(ended_at=None).count() == 1
    assert all(isinstance(error, HealingError) for error in failed)
    assert len(failed) == 1


@pytest.mark.parametrize("attempt", range(5))
def test_two_sites_cannot_take_one_address(attempt: int, site: Site) -> None:
    """Whoever comes second is told whose it is."""
    pair = [make_site(name="Hillside"), make_site(name="Seaside")]

    def takes(one: Site) -> Callable[[], None]:
        keeper = make_colleague(one, Role.ADMINISTRATOR, email=f"{one.name}@hospital.example".lower())

        def act() -> None:
            with access.opened("user", keeper.pk) as viewer:
                actions.change_site(by=viewer, site=one, host="shared.example")

        return act

    (failed,) = at_once(*[takes(one) for one in pair])

    holder = Site.objects.get(host="shared.example")
    assert isinstance(failed, HealingError)
    assert str(failed) == f"People find {holder.name} at this address. Choose another one."
