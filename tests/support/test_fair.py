"""Whom to call, for every wish and every team that hypothesis can think of."""

from collections import Counter
from dataclasses import replace
from random import Random
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from support.fair import Candidate, Wish, next_to_call

PEOPLE = [UUID(int=number) for number in range(1, 7)]  # a supporter's record; their account is 100 further on
UNITS = [UUID(int=number) for number in range(1001, 1005)]
some_units = st.frozensets(st.sampled_from(UNITS), max_size=2)
hardly_any = st.one_of(st.just(frozenset()), st.just(frozenset()), some_units)
maybe_unit = st.none() | st.sampled_from(UNITS)
maybe_person = st.none() | st.sampled_from(PEOPLE)
quickly = settings(max_examples=200, suppress_health_check=[HealthCheck.filter_too_much])


def account(person: UUID) -> UUID:
    return UUID(int=person.int + 100)


@st.composite
def candidates(draw: st.DrawFn) -> list[Candidate]:
    pks = draw(st.lists(st.sampled_from(PEOPLE), unique=True))
    return [
        Candidate(
            id=pk,
            user_id=account(pk),
            unit=draw(maybe_unit),
            leads=draw(hardly_any),
            profession=draw(st.sampled_from(["nurse", "doctor"])),
            languages=draw(st.sampled_from([frozenset({"en"}), frozenset({"en", "cy"})])),
            on_call=draw(st.sampled_from([True, True, False])),
            backup=draw(st.booleans()),
            has_room=draw(st.sampled_from([True, True, False])),
            last_turn=draw(st.integers(0, 5)),
            not_for=draw(hardly_any),
        )
        for pk in pks
    ]


@st.composite
def wishes(draw: st.DrawFn) -> Wish:
    unit = draw(maybe_unit)
    return Wish(
        asker=draw(st.none() | st.sampled_from(PEOPLE).map(account)),
        asker_leads=draw(hardly_any),
        unit=unit,
        line=draw(hardly_any) | {unit} if unit else frozenset(),
        parts=draw(hardly_any) if unit else frozenset(),
        from_where=draw(st.sampled_from(["any", "own", "elsewhere"])),
        profession=draw(st.sampled_from(["nurse", "doctor"])),
        alike=draw(st.booleans()),
        language=draw(st.sampled_from(["en", "en", "cy"])),
        avoid=draw(maybe_person),
        prefer=draw(maybe_person),
        called_before=draw(st.frozensets(st.sampled_from(PEOPLE), max_size=2)),
    )


ANYBODY = Wish(
    None, frozenset(), UNITS[0], frozenset(UNITS[:1]), frozenset(), "any", "nurse", False, "en", None, None, frozenset()
)


def why_not(wish: Wish, one: Candidate) -> set[str]:
    """Every reason for which this one must not be called, said once more and in other words."""
    reasons = {
        "off duty": not one.on_call and not one.backup,
        "full": not one.has_room,
        "is the one who asks": one.user_id == wish.asker,
        "to be avoided": one.id == wish.avoid,
        "was called before": one.id in wish.called_before,
        "other language": wish.language not in one.languages,
        "same unit": wish.from_where == "elsewhere" and one.unit in wish.line,
        "a part of the same": wish.from_where == "elsewhere" and one.unit in wish.parts,
        "perhaps same unit": wish.from_where == "elsewhere" and one.unit is None,
        "above the asker": any(unit in wish.line for unit in one.leads),
        "leads a part of where they work": any(unit in wish.parts for unit in one.leads),
        "perhaps above the asker": wish.unit is None and len(one.leads) > 0,
        "rather not for that unit": any(unit in wish.line for unit in one.not_for),
        "below the asker": one.unit in wish.asker_leads,
    }
    return {reason for reason, holds in reasons.items() if holds}


@quickly
@given(wishes(), candidates())
def test_nobody_is_called_who_must_not_be_and_somebody_is_whenever_one_may(wish: Wish, team: list[Candidate]) -> None:
    chosen = next_to_call(wish, team)

    assert (chosen is not None) == any(not why_not(wish, one) for one in team)
    assert chosen is None or why_not(wish, chosen) == set()


@quickly
@given(wishes(), candidates(), st.data())
def test_the_one_they_named_comes_first(wish: Wish, team: list[Candidate], data: st.DataObject) -> None:
    able = [one for one in team if not why_not(wish, one)]
    assume(able)
    named = data.draw(st.sampled_from(able))

    assert next_to_call(replace(wish, prefer=named.id), team) == named


@quickly
@given(wishes(), candidates())
def test_those_on_call_come_before_those_off_duty(wish: Wish, team: list[Candidate]) -> None:
    wish = replace(wish, prefer=None)
    on_call = [one for one in team if one.on_call and not why_not(wish, one)]
    assume(on_call)

    assert next_to_call(wish, team) in on_call


@quickly
@given(wishes(), candidates())
def test_what_the_asker_would_like_comes_before_whose_turn_it_is(wish: Wish, team: list[Candidate]) -> None:
    wish = replace(wish, prefer=None)
    team = [replace(one, on_call=True) for one in team]
    able = [one for one in team if not why_not(wish, one)]
    assume(able)
    if wish.from_where == "own":
        able = [one for one in able if one.unit == wish.unit] or able
    if wish.alike:
        able = [one for one in able if one.profession == wish.profession] or able

    assert next_to_call(wish, team) in able


@quickly
@given(wishes(), candidates().flatmap(lambda team: st.tuples(st.just(team), st.permutations(team))))
def test_the_order_in_which_they_are_read_changes_nothing(wish: Wish, teams: tuple[list[Candidate], ...]) -> None:
    as_read, shuffled = ([replace(one, last_turn=0) for one in team] for team in teams)

    assert next_to_call(wish, as_read) == next_to_call(wish, shuffled)


@quickly
@given(st.integers(1, 6), st.integers(1, 30), st.randoms(use_true_random=False))
def test_among_equals_no_turn_comes_twice_before_everybody_had_one(size: int, calls: int, shuffle: Random) -> None:
    turns, called = dict.fromkeys(PEOPLE[:size], 0), Counter[UUID]()
    for number in range(1, calls + 1):
        team = [equal(pk, last_turn) for pk, last_turn in turns.items()]
        shuffle.shuffle(team)
        chosen = next_to_call(ANYBODY, team)
        assert chosen is not None
        called[chosen.id] += 1
        turns[chosen.id] = number

    assert max(called.values()) - min(called[pk] for pk in turns) <= 1


@quickly
@given(wishes(), candidates(), hardly_any)
def test_where_the_unit_is_not_known_no_wish_for_other_units_counts(
    wish: Wish, team: list[Candidate], units: Any
) -> None:
    wish = replace(wish, unit=None, line=frozenset(), parts=frozenset())
    chosen, without = (
        next_to_call(wish, [replace(one, not_for=said) for one in team]) for said in (units, frozenset())
    )

    assert (chosen and chosen.id) == (without and without.id)


@quickly
@given(st.lists(st.integers(0, 50), min_size=2, max_size=6, unique=True))
def test_whose_turn_was_longest_ago_is_next(turns: list[int]) -> None:
    team = [equal(pk, last_turn) for pk, last_turn in zip(PEOPLE, turns, strict=False)]
    chosen = next_to_call(ANYBODY, team)

    assert chosen is not None
    assert chosen.last_turn == min(turns)


def equal(pk: UUID, last_turn: int) -> Candidate:
    return Candidate(
        pk, account(pk), None, frozenset(), "nurse", frozenset({"en"}), True, False, has_room=True, last_turn=last_turn
    )
