"""Lifecycles are tables; one function moves along them and writes down every move."""

from typing import Any

import pytest

from cases.models import Case
from healing import transitions
from healing.errors import IllegalMove
from healing.lifecycle import Lifecycle
from healing.models import AuditEvent, StatusChange
from healing.roles import Role
from tests.factories.cases import make_case, make_site, make_staff, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    sam = make_staff(make_site(), Role.FACILITATOR)
    made = make_case(sam)
    made.sam = sam
    return made


def changes(case: Any) -> list[tuple[str, str, str]]:
    with opened(case.sam) as viewer:
        rows = StatusChange.objects.visible_to(viewer).filter(subject=case.pk).order_by("at")
        return [(row.from_status, row.to_status, row.why) for row in rows]


def test_a_move_is_written_down_with_who_and_why(case: Any) -> None:
    with opened(case.sam) as viewer:
        transitions.move(case, "mapped", by=viewer, why="both_sides")
        [change] = StatusChange.objects.visible_to(viewer)
        recorded = AuditEvent.objects.visible_to(viewer).filter(verb="case.mapped", actor=case.sam.pk)
        assert recorded.count() == 1

    assert (case.status, change.by, changes(case)) == ("mapped", case.sam.pk, [("opened", "mapped", "both_sides")])


def test_moving_to_where_it_is_does_nothing(case: Any) -> None:
    with opened(case.sam) as viewer:
        for _ in range(2):
            transitions.move(case, "mapped", by=viewer)

    assert len(changes(case)) == 1


def test_a_move_that_the_table_does_not_allow_changes_nothing(case: Any) -> None:
    with opened(case.sam) as viewer:
        with pytest.raises(IllegalMove):
            transitions.move(case, "held", by=viewer)
        assert Case.objects.visible_to(viewer).get().status == "opened"

    assert changes(case) == []


def test_what_counts_is_the_row_and_not_an_old_copy_of_it(case: Any) -> None:
    with opened(case.sam) as viewer:
        old = Case.objects.visible_to(viewer).get()
        transitions.move(case, "mapped", by=viewer)
        transitions.move(old, "preparing", by=viewer)

    assert [to for _, to, _ in changes(case)] == ["mapped", "preparing"]


def test_fields_of_the_new_status_come_along(case: Any) -> None:
    with opened(case.sam) as viewer:
        at = case.opened_at
        transitions.move(case, "closed", by=viewer, closed_at=at, close_reason="needs")
        assert Case.objects.visible_to(viewer).get().close_reason == "needs"

    assert (case.closed_at, case.close_reason) == (at, "needs")


def test_a_table_can_be_drawn() -> None:
    table = Lifecycle("door", {"open": {"shut"}, "shut": {"open", "locked"}, "locked": set()})

    assert table.allows("shut", "locked")
    assert not table.allows("locked", "open")
    assert table.as_mermaid().splitlines()[1:] == [
        "    open --> shut",
        "    shut --> locked",
        "    shut --> open",
    ]
