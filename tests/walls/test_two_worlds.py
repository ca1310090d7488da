"""What one person can notice does not depend on what another did, until the consents allow the difference.

The first telling is the silent one: the other person never answers. Every other telling must look the same.
"""

from datetime import date
from typing import Any

import pytest

from facilitation.actions import agreements, followups, meetings, preparation, readiness
from facilitation.models import Agreement, Commitment, FollowUp, Invitee, Meeting, Promise
from tests.walls import worlds
from tests.walls.worlds import World, at_work, in_room, nothing

pytestmark = pytest.mark.django_db
SIDES = ["harmed", "staff"]


def says_yes_to_all(world: World) -> None:
    with in_room(world.other) as viewer:
        worlds.decide(viewer, world.other, "take_part", "given")
        worlds.decide(viewer, world.other, "meet", "given", form="in_person")
        worlds.decide(viewer, world.other, "count_answers", "given")


def declines_to_meet(world: World) -> None:
    with in_room(world.other) as viewer:
        worlds.decide(viewer, world.other, "take_part", "given")
        worlds.decide(viewer, world.other, "meet", "declined", form="in_person")


def declines_altogether(world: World) -> None:
    with in_room(world.other) as viewer:
        worlds.decide(viewer, world.other, "take_part", "declined")


def says_later(world: World) -> None:
    with in_room(world.other) as viewer:
        worlds.decide(viewer, world.other, "meet", "later", form="in_person", later_until=date(2026, 9, 1))


def says_yes_and_withdraws(world: World) -> None:
    says_yes_to_all(world)
    with in_room(world.other) as viewer:
        worlds.decide(viewer, world.other, "take_part", "withdrawn")


def pauses(world: World) -> None:
    with in_room(world.other) as viewer:
        worlds.pause(viewer, world.other, "own_wish")


def is_paused_by_the_facilitator(world: World) -> None:
    with at_work(world.facilitator) as viewer:
        worlds.pause(viewer, world.other, "parallel")


def withdraws_by_phone(world: World) -> None:
    says_yes_to_all(world)
    with at_work(world.facilitator) as viewer:
        worlds.decide(viewer, world.other, "meet", "withdrawn", form="in_person", how="phone")


def sends_a_check_in(world: World) -> None:
    with in_room(world.other) as viewer:
        worlds.check_in(viewer, world.other, {"feeling": "very-low" if world.other.side == "harmed" else "not-safe"})


def leaves_a_draft(world: World) -> None:
    with in_room(world.other) as viewer:
        worlds.check_in(viewer, world.other, {"talking": "want"}, send=False)


def writes_words_to_share(world: World) -> None:
    with in_room(world.other) as viewer:
        worlds.decide(
            viewer,
            world.other,
            "share_statement",
            "given",
            to_side=world.observer.side,
            words="canary-8f2b1c77d0aa",
        )


def is_prepared_and_assessed(world: World) -> None:
    with at_work(world.facilitator) as viewer:
        preparation.note_preparation(by=viewer, participant=world.other, happened_on=date(2026, 3, 3), note="canary")
        preparation.assess(by=viewer, participant=world.other, outcome="not_now", risks="canary", strengths="")


ACTS = [
    says_yes_to_all,
    declines_to_meet,
    declines_altogether,
    says_later,
    says_yes_and_withdraws,
    pauses,
    is_paused_by_the_facilitator,
    withdraws_by_phone,
    sends_a_check_in,
    leaves_a_draft,
    writes_words_to_share,
    is_prepared_and_assessed,
]


@pytest.fixture(scope="module")
def silent() -> dict[str, World]:
    return {}


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("acts", ACTS, ids=lambda acts: acts.__name__)
def test_nothing_is_noticed(acts: Any, side: str, silent: dict[str, World]) -> None:
    if side not in silent:
        silent[side] = worlds.tell(side, nothing, nothing)

    world = worlds.tell(side, acts, nothing)

    assert_same(silent[side], world)


def book(world: World) -> None:
    """Everybody is ready and the conversation is booked for day 30."""
    both = [world.observer, world.other]
    with at_work(world.facilitator) as viewer:
        for participant in both:
            for day in (date(2026, 3, 4), date(2026, 3, 5)):
                preparation.note_preparation(by=viewer, participant=participant, happened_on=day, note="")
            preparation.assess(by=viewer, participant=participant, outcome="suitable", risks="", strengths="")
        meeting = meetings.plan(by=viewer, case=world.case, form="in_person", participants=both)
        for invitee in Invitee.objects.visible_to(viewer).filter(meeting=meeting):
            meetings.name_aftercare(by=viewer, invitee=invitee, words="Sam calls the next day")
        meetings.book(
            by=viewer,
            meeting=meeting,
            starts_at=worlds.START.replace(month=4, day=1, hour=13),
            minutes=90,
            place="Garden House",
            people="Maria Lopez, Aisha Rahman",
        )


@pytest.mark.parametrize("side", SIDES)
def test_a_booking_is_noticed_by_both(side: str) -> None:
    """Over-hiding is harm too: once everybody said yes and it is booked, each person sees it."""
    unbooked = worlds.tell(side, says_yes_to_all, nothing)

    booked = worlds.tell(side, says_yes_to_all, book)

    assert booked.noticed != unbooked.noticed
    assert b"Garden House" in b"".join(seen[3] for label, seen in booked.noticed if "conversation" in label)


def book_then(ending: Any) -> Any:
    def both(world: World) -> None:
        book(world)
        ending(world)

    return both


def called_off_by_the_facilitator(world: World) -> None:
    with at_work(world.facilitator) as viewer:
        meeting = Meeting.objects.visible_to(viewer).get(case=world.case)
        meetings.cancel(by=viewer, meeting=meeting, why="facilitator")


def withdraws_from_meeting(world: World) -> None:
    with in_room(world.other) as viewer:
        worlds.decide(viewer, world.other, "meet", "withdrawn", form="in_person")


def withdraws_altogether(world: World) -> None:
    with in_room(world.other) as viewer:
        worlds.decide(viewer, world.other, "take_part", "withdrawn")


def takes_it_back_by_phone(world: World) -> None:
    with at_work(world.facilitator) as viewer:
        worlds.decide(viewer, world.other, "meet", "withdrawn", form="in_person", how="phone")


ENDINGS = [
    withdraws_from_meeting,
    withdraws_altogether,
    takes_it_back_by_phone,
    pauses,
    is_paused_by_the_facilitator,
]


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("ending", ENDINGS, ids=lambda ending: ending.__name__)
def test_every_way_of_calling_off_looks_the_same(ending: Any, side: str, silent: dict[str, World]) -> None:
    key = f"{side} off"
    if key not in silent:
        silent[key] = worlds.tell(side, says_yes_to_all, book_then(called_off_by_the_facilitator))

    world = worlds.tell(side, says_yes_to_all, book_then(ending))

    assert_same(silent[key], world)


def hold(world: World) -> None:
    """It took place, and something was promised to both."""
    with at_work(world.facilitator) as viewer:
        meeting = Meeting.objects.visible_to(viewer).get(case=world.case)
        meetings.hold(by=viewer, meeting=meeting, ended_how="completed")
        meeting.refresh_from_db()
        agreement = {"text": "canary", "promise": "Show the new alarm.", "owner": "Ward lead"}
        both = [world.observer, world.other]
        agreements.record_agreement(by=viewer, meeting=meeting, due_on=date(2026, 5, 1), to=both, **agreement)


def wants_no_follow_up(world: World) -> None:
    with in_room(world.other) as viewer:
        for follow_up in FollowUp.objects.visible_to(viewer).filter(participant=world.other):
            followups.opt_out(by=viewer, follow_up=follow_up)


def looks_back(world: World) -> None:
    with in_room(world.other) as viewer:
        response = readiness.start(by=viewer, participant=world.other, instrument=readiness.LOOKING_BACK)
        readiness.send(by=viewer, response=response)


def is_promised_something(world: World) -> None:
    with at_work(world.facilitator) as viewer:
        agreement = Agreement.objects.visible_to(viewer).get()
        words = {"promise": "canary", "owner": "canary"}
        agreements.add_commitment(by=viewer, agreement=agreement, due_on=date(2026, 4, 20), to=[world.other], **words)


def settles_a_promise(world: World) -> None:
    """Done is told to both in every telling; settling it is each person's own."""
    with in_room(world.other) as viewer:
        agreements.settle(by=viewer, promise=Promise.objects.visible_to(viewer).get(participant=world.other))


def keeps_the_promise(world: World) -> None:
    with at_work(world.facilitator) as viewer:
        agreements.mark(by=viewer, commitment=Commitment.objects.visible_to(viewer).get(), status="done")


def after_holding(side: str, act: Any) -> World:
    """Held on day 31; the first letter that asks how things are goes out two days later, then the other acts."""
    days = [(31, hold), (36, keeps_the_promise), (38, act), (46, nothing)]
    return worlds.tell(side, says_yes_to_all, book, *days)


AFTERWARDS = [
    wants_no_follow_up,
    looks_back,
    is_promised_something,
    settles_a_promise,
    pauses,
    withdraws_altogether,
]


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("act", AFTERWARDS, ids=lambda act: act.__name__)
def test_nothing_is_noticed_after_the_conversation(act: Any, side: str, silent: dict[str, World]) -> None:
    key = f"{side} held"
    if key not in silent:
        silent[key] = after_holding(side, nothing)
    letters = [mails for label, mails in silent[key].noticed if label.endswith("mail")]
    assert len(letters[-1]) == 1, "the second follow-up goes out"

    world = after_holding(side, act)

    assert_same(silent[key], world)


def assert_same(one: World, other: World) -> None:
    """Say where the first difference is, since the whole is long."""
    for (label, seen), (other_label, other_seen) in zip(one.noticed, other.noticed, strict=False):
        assert label == other_label
        assert lines(seen) == lines(other_seen), label
    assert len(one.noticed) == len(other.noticed)


def lines(seen: Any) -> Any:
    """Bytes as lines, so that a failure shows the one that differs."""
    return [part.split(b"\n") if isinstance(part, bytes) else part for part in seen]
