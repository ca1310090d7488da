"""Numbers from which nobody can be worked out: seen as somebody sees them who would like to."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from healing.roles import Role
from support.actions.sessions import record
from support.codes import KINDS
from support.models import Encounter, Load, Supporter
from support.queries import waits
from tests.factories.cases import make_site, make_staff, signed_in
from tests.factories.peers import make_supporter, supporting, working
from tests.support.coordinating import seen, words

WAITS = "support_waits"
NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
LAST_QUARTER = date(2026, 8, 3)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def site(db: None) -> Any:
    return make_site()


@pytest.fixture
def grace(site: Any) -> Client:
    return signed_in(make_staff(site, Role.COORDINATOR))


def lines(site: Any, count: int, **codes: Any) -> None:
    fields = {"kind": "self", "outcome": "supported", "minutes_to_reach": 10, "in_target": True} | codes
    fields = {"day": LAST_QUARTER} | fields
    with working():
        Encounter.objects.bulk_create(Encounter(site=site, **fields) for _ in range(count))


def page(grace: Client) -> str:
    return seen(grace, reverse(WAITS))[0]


def shown(grace: Client) -> str:
    return words(grace.get(reverse(WAITS)))


# --- what is shown --------------------------------------------------------------------------------------------------
def test_a_quarter_with_enough_requests_is_told_in_round_numbers(grace: Client, site: Any) -> None:
    lines(site, 19)
    lines(site, 11, kind="referral", minutes_to_reach=42, in_target=False, escalated=True, referral="eap")
    said = shown(grace)

    assert "July to September 2026 Requests about 30" in said
    assert "Half were reached within about 10 minutes" in said
    assert "Nine of ten were reached within about 40 minutes" in said
    assert "Reached within your 30 minutes about 65%" in said
    assert "You were told that somebody waits about 35%" in said
    assert "For myself about 20 For a colleague about 10 For a team Not shown" in said
    assert "Employee assistance about 10 Counsellor or psychologist Not shown" in said


def test_how_they_ended_and_whether_it_met_the_need_is_told(grace: Client, site: Any) -> None:
    lines(site, 20, met_need="yes", met_need_asker="yes")
    lines(site, 10, met_need="partly", met_need_asker="")
    lines(site, 9, outcome="not_reached", in_target=False, minutes_to_reach=None)
    lines(site, 2, outcome="not_wanted", met_need="no", met_need_asker="no")
    said = shown(grace)
    hidden = "Not shown"

    assert f"Reached, and talked with about 30 Could not be reached {hidden} Did not want it {hidden}" in said
    met = f"Yes about 20 Partly about 10 No {hidden} Hard to say {hidden} Nothing was said about 10"
    assert f"The supporters say {met}" in said
    met = f"Yes about 20 Partly {hidden} No {hidden} Hard to say {hidden} Nothing was said about 20"
    assert f"Those who asked say {met}" in said


@pytest.mark.django_db
def test_what_those_say_who_asked_waits_for_the_last_of_them(site: Any) -> None:
    """Until then a single answer could be seen coming. They have fourteen days, and it is counted in the night."""
    keeper = make_staff(site, Role.COORDINATOR)
    lines(site, 39, met_need_asker="yes")
    for day, told in ((datetime(2026, 10, 15, 12, tzinfo=UTC), False), (datetime(2026, 10, 16, 12, tzinfo=UTC), True)):
        with time_machine.travel(day, tick=False):
            browser = signed_in(keeper)
            before = page(browser)
            assert ("Those who asked say" in before) is told
            lines(site, 1, met_need_asker="yes")
            assert page(browser) == before


def test_quarters_with_too_few_are_named_in_one_sentence(grace: Client, site: Any) -> None:
    lines(site, 10)
    said = shown(grace)

    assert said.count("Fewer than 8 requests") == 1
    assert "is shown: April to June 2026; January to March 2026; October to December 2025." in said


def test_the_numbers_come_before_how_they_are_counted(grace: Client, site: Any) -> None:
    lines(site, 30)
    said = shown(grace)

    assert said.index("Requests about 30") < said.index("How we count")
    assert "Requests that were taken back are in none of the numbers." in said
    assert "What was not noted in time counts as not known to be in time." in said
    assert "90th" not in said


def test_the_running_quarter_and_other_sites_are_not_looked_at(grace: Client, site: Any) -> None:
    before = page(grace)
    lines(site, 50, day=date(2026, 10, 1))
    lines(make_site(), 50)

    assert page(grace) == before


@pytest.mark.django_db
def test_a_quarter_ends_at_midnight_on_the_wall() -> None:
    place = make_site(time_zone="America/Toronto")
    keeper = make_staff(place, Role.COORDINATOR)
    lines(place, 10, day=date(2026, 12, 31))
    for now, expected in (
        (datetime(2027, 1, 1, 4, 59, tzinfo=UTC), False),
        (datetime(2027, 1, 1, 5, tzinfo=UTC), True),
    ):
        with time_machine.travel(now, tick=False):
            assert ("October to December 2026 Requests about 10" in shown(signed_in(keeper))) == expected


def test_load_is_told_of_everybody_and_small_numbers_of_nobody(grace: Client, site: Any) -> None:
    lines(site, 30)
    busy, seldom, _never = (make_supporter(site, on_call=False) for _ in range(3))
    load(busy, pages=23, accepted=12)
    load(seldom, pages=7, accepted=1)
    rows = quarter(grace, site).loads

    assert [name for name, _, _ in rows] == ["Sam Reed"] * 3
    assert sorted((pages.number or 0, accepted.number or 0) for _, pages, accepted in rows) == [
        (0, 0),
        (0, 0),
        (25, 10),
    ]


def test_coverage_of_this_and_the_next_week_is_told(grace: Client, site: Any) -> None:
    make_supporter(site)

    assert "This week : nobody is on call in 143 of 168 hours" in shown(grace)
    assert "Next week : nobody is on call in 168 of 168 hours" in shown(grace)


# --- what somebody would like to work out ---------------------------------------------------------------------------
@pytest.mark.parametrize("count", range(8))
def test_below_eight_one_more_or_less_is_the_same_page(grace: Client, site: Any, count: int) -> None:
    tom = make_supporter(site, on_call=False)
    nothing = page(grace)
    load(tom, pages=count * 9, accepted=count * 8)
    lines(site, count, minutes_to_reach=400, in_target=False, escalated=True, kind="team", referral="urgent")

    assert page(grace) == nothing


@pytest.mark.parametrize(
    "one",
    [
        {"kind": "team"},
        {"kind": "debrief"},
        {"referral": "urgent"},
        {"escalated": True},
        {"outcome": "not_reached"},
        {"outcome": "not_wanted"},
        {"met_need": "no"},
        {"met_need_asker": "unsure"},
        {"in_target": False},
        {"in_target": None, "minutes_to_reach": None},
    ],
)
def test_one_person_in_a_small_cell_is_the_same_page_with_or_without(grace: Client, site: Any, one: Any) -> None:
    """The total stays in the same round number: 39 or 40 are both about 40."""
    lines(site, 39)
    before = page(grace)
    lines(site, 1, **one)

    assert page(grace) == before


def test_one_call_more_to_a_supporter_with_few_is_the_same_page(grace: Client, site: Any) -> None:
    lines(site, 30)
    one, other = make_supporter(site, on_call=False), make_supporter(site, on_call=False)
    load(other, pages=30, accepted=20)
    before = page(grace)
    load(one, pages=1, accepted=1)

    assert page(grace) == before


def test_a_single_hidden_number_takes_the_next_smallest_with_it() -> None:
    keys = {key: key for key, _ in KINDS}
    counts = {"self": 40, "referral": 20, "team": 3, "debrief": 9}

    assert numbers(waits.table(keys, counts)) == [40, 20, None, None]
    assert numbers(waits.table(keys, counts | {"debrief": 2})) == [40, 20, None, None]
    assert numbers(waits.table(keys, counts | {"team": 8})) == [40, 20, 10, 10]


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 60), min_size=2))
def test_no_table_hides_exactly_one_number_or_shows_a_small_one(counts: dict[str, int]) -> None:
    cells = waits.table({key: key for key in counts}, counts)
    hidden = [cell for cell in cells if cell.number is None]

    assert len(hidden) != 1
    assert all(cell.number is None or (counts[cell.words] >= 8 and cell.number % 5 == 0) for cell in cells)


@given(st.integers(0, 60), st.integers(0, 60))
def test_a_share_is_shown_only_when_both_sides_are_enough(yes: int, no: int) -> None:
    percent = waits.share([True] * yes + [False] * no).percent

    assert (percent is not None) == (min(yes, no) >= 8)
    assert percent is None or percent % 5 == 0


@pytest.mark.parametrize("count", [8, 19])
def test_the_longest_wait_of_few_is_not_told(grace: Client, site: Any, count: int) -> None:
    lines(site, count - 1)
    lines(site, 1, minutes_to_reach=720)
    found = quarter(grace, site)

    assert (found.median, found.ninetieth) == (10, None)


@pytest.mark.parametrize("query", ["?quarter=2026-10-01", "?from=2026-08-03&to=2026-08-03", "?unit=1", "?kind=team"])
def test_nothing_can_be_chosen(grace: Client, site: Any, query: str) -> None:
    lines(site, 30)

    assert seen(grace, reverse(WAITS) + query)[0] == page(grace)


def load(supporter: Supporter, **counts: int) -> None:
    with working():
        Load.objects.create(supporter=supporter, site=supporter.site, quarter=date(2026, 7, 1), **counts)


def quarter(grace: Client, site: Any) -> waits.Quarter:
    with working() as by:
        return waits.quarters(by, site)[0]


def numbers(cells: list[waits.Cell]) -> list[int | None]:
    return [cell.number for cell in cells]


def test_sessions_that_nobody_asked_for_are_counted_apart(grace: Client, site: Any) -> None:
    """They are no requests: in no total, no share and no table of those."""
    tom, ann = make_supporter(site, on_call=False), make_supporter(site, on_call=False)
    lines(site, 16)
    lines(site, 16, kind="referral", escalated=True, referral="eap")
    before = quarter(grace, site)
    sessions(tom, 7)
    assert quarter(grace, site) == before

    sessions(ann, 9)
    assert quarter(grace, site) == replace(before, sessions=15)
    assert "Sessions with a team that nobody asked for here about 15" in shown(grace)


def test_counting_sessions_lifts_no_number(grace: Client, site: Any) -> None:
    """A supporter can count as many as they like, with any answers."""
    tom = make_supporter(site, on_call=False)
    lines(site, 7, escalated=True)
    before = page(grace)
    sessions(tom, 30)

    assert page(grace) == before


def sessions(tom: Supporter, count: int) -> None:
    with time_machine.travel(datetime(2026, 8, 3, 12, tzinfo=UTC), tick=False), supporting(tom) as by:
        for number in range(count):
            codes = {"length": "15_29", "place": "workplace", "tier": "2", "trigger": "none", "referral": "urgent"}
            record(by=by, site=tom.site, nonce=f"{tom.pk} {number}", people=5, **codes, met_need="yes")


def test_what_costs_nothing_to_ask_lifts_no_number(grace: Client, site: Any) -> None:
    """Anybody can ask and take it back, as often as they like."""
    lines(site, 7)
    before = page(grace)
    lines(site, 20, outcome="cancelled")
    lines(site, 20, outcome="empty")

    assert page(grace) == before
