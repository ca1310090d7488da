"""Who may be called at all, until when, and on which ways: each reason alone keeps somebody from being called."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from healing import access, clock
from healing.models import Membership, Site
from healing.roles import Role
from support.actions import asking, closing, giving, paging
from support.models import Competence, Due, Effect, Encounter, Page, Request, Shift, Supporter
from support.queries.giving import shown
from tests.factories.cases import as_role, make_staff
from tests.factories.peers import (
    ask,
    asking_as,
    make_channel,
    make_supporter,
    seen_by_due_work,
    supporting,
    tick,
    working,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sink")]
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def today(site: Site) -> date:
    return clock.today(site.time_zone)


def learnt(site: Site, tom: Supporter, **which: Any) -> None:
    with working() as by:
        Competence.objects.visible_to(by).filter(supporter=tom).update(**which)


def record(site: Site, tom: Supporter, **which: Any) -> None:
    with working() as by:
        Supporter.objects.visible_to(by).filter(pk=tom.pk).update(**which)


REASONS: dict[str, Callable[[Site, Supporter], None]] = {
    "training ran out yesterday": lambda site, tom: learnt(site, tom, expires_on=today(site) - DAY),
    "training runs out today": lambda site, tom: learnt(site, tom, expires_on=today(site)),
    "training begins tomorrow": lambda site, tom: learnt(site, tom, gained_on=today(site) + DAY),
    "learnt something else": lambda site, tom: learnt(site, tom, number="COM06"),
    "has not signed": lambda site, tom: record(site, tom, agreed_on=None),
    "signs tomorrow": lambda site, tom: record(site, tom, agreed_on=today(site) + DAY),
    "the record has ended": lambda site, tom: record(site, tom, ended_on=today(site)),
    "speaks no language of the site": lambda site, tom: record(site, tom, languages="cy"),
}


@pytest.mark.parametrize("reason", REASONS)
def test_whoever_may_not_be_called_is_not(site: Site, time: Any, reason: str) -> None:
    tom = make_supporter(site)
    REASONS[reason](site, tom)
    request, _ = ask(site)
    tick()

    assert seen_by_due_work(request).supporter is None


def test_with_the_last_day_of_a_training_still_to_come_they_are_called(site: Site, time: Any) -> None:
    """The same record, of which nothing is missing."""
    tom = make_supporter(site)
    learnt(site, tom, expires_on=today(site) + DAY, gained_on=today(site))
    record(site, tom, agreed_on=today(site))
    request, _ = ask(site)
    tick()

    assert seen_by_due_work(request).supporter == tom


def test_every_way_of_theirs_is_written_to(site: Site, time: Any) -> None:
    tom = make_supporter(site)
    phone, tablet = make_channel(tom, "sms", "+447700900111"), make_channel(tom, "push", "https://push.example/1")
    request, _ = ask(site)
    with working() as by:
        paging.call_next(by=by, request_id=request.pk)
        ways = Due.objects.visible_to(by).filter(kind="support.page").values_list("to", flat=True)
        assert set(ways) == {tom.pk, phone.pk, tablet.pk}


@pytest.mark.parametrize("late", [False, True])
def test_no_call_leaves_once_the_time_to_answer_is_over(site: Site, time: Any, late: bool) -> None:
    tom = make_supporter(site)
    request, _ = ask(site)
    with working() as by:
        paging.call_next(by=by, request_id=request.pk)
    time.shift(10 * MINUTE if late else 9 * MINUTE)
    with working() as by:
        assert paging.still_paged(by, request.pk, tom.pk) is not late


def test_no_call_leaves_for_whoever_has_passed(site: Site, time: Any) -> None:
    """Also before the next colleague is looked for, while they still stand with the request."""
    tom = make_supporter(site)
    request, _ = ask(site)
    with working() as by:
        paging.call_next(by=by, request_id=request.pk)
    with supporting(tom) as by:
        giving.pass_on(by=by, request=request)
    assert seen_by_due_work(request).supporter == tom
    with working() as by:
        assert not paging.still_paged(by, request.pk, tom.pk)


def test_whoever_was_just_called_is_last_in_turn(site: Site, time: Any) -> None:
    people = [make_supporter(site, capacity=9) for _ in range(3)]
    called = []
    for _ in range(6):
        request, _ = ask(site)
        tick()
        called.append(seen_by_due_work(request).supporter)

    assert set(called[:3]) == set(people)
    assert called[3:] == called[:3]


def test_whose_next_shift_begins_goes_on_with_it(site: Site, time: Any) -> None:
    tom, now = make_supporter(site, on_call=False), clock.now()
    with working():
        for start in (now - 60 * MINUTE, now + 10 * MINUTE):
            Shift(site=site, supporter=tom, starts_at=start, ends_at=start + 70 * MINUTE).save(force_insert=True)
    make_supporter(site)
    request, _ = ask(site, prefer=tom)
    tick()
    with supporting(tom) as by:
        giving.accept(by=by, request=request)
    time.shift(11 * MINUTE)
    tick()

    assert seen_by_due_work(request).status == "claimed"
    assert seen_by_due_work(request).supporter == tom


def test_whoever_gave_no_call_is_not_the_next_to_be_called(site: Site, time: Any) -> None:
    """They said yes and forgot: somebody else is called, and they are not, though they are on call."""
    make_staff(site, Role.COORDINATOR)
    tom = make_supporter(site)
    request, _ = ask(site)
    tick()
    with supporting(tom) as by:
        giving.accept(by=by, request=request)
    time.shift(61 * MINUTE)
    tick()
    tick()

    assert seen_by_due_work(request).status == "waiting"
    assert seen_by_due_work(request).supporter is None
    with working() as by:
        assert set(Page.objects.visible_to(by).values_list("outcome", flat=True)) == {"timed_out"}


def test_what_lapses_is_erased_at_once_also_where_a_site_keeps_contacts_for_days(site: Site, time: Any) -> None:
    site.clocks = {"peer_keeps": 14}
    site.save()
    request, _ = ask(site)
    time.shift(site.clock("peer_lapses") + MINUTE)
    with working() as by:
        closing.lapse(by=by, request_id=request.pk)

    assert seen_by_due_work(request).status == "erased"


def test_a_request_lapses_counted_from_when_they_wanted_to_be_called(site: Site, time: Any) -> None:
    """Whoever chose a day far ahead, or another one later, has as long as anybody else."""
    request, words = ask(site, when="at", at=clock.now() + 20 * DAY)
    time.shift(site.clock("peer_lapses") + MINUTE)
    tick()
    assert seen_by_due_work(request).status == "waiting"
    with asking_as(words) as by:
        asking.change_time(by=by, request=request, when="at", at=clock.now() + 10 * DAY)
    time.shift(10 * DAY + site.clock("peer_lapses") - 2 * MINUTE)
    tick()
    assert seen_by_due_work(request).status == "waiting"

    time.shift(4 * MINUTE)
    tick()

    assert seen_by_due_work(request).status == "erased"


def test_before_the_yes_it_does_not_tell_that_a_supporter_asks(site: Site, time: Any) -> None:
    make_supporter(site)
    request, _ = ask(site, kind="debrief")
    tick()
    called = seen_by_due_work(request)
    assert called.supporter is not None
    assert shown(called)["sentence"] == "Somebody would like to talk."
    with supporting(called.supporter) as by:
        giving.accept(by=by, request=called)

    assert shown(seen_by_due_work(request))["sentence"] == "A colleague who supports others would like to talk it over."


@pytest.mark.parametrize(("outcome", "profession"), [("supported", "nurse"), ("not_reached", ""), ("empty", "")])
def test_only_of_a_talk_is_their_work_counted(site: Site, time: Any, outcome: str, profession: str) -> None:
    tom = make_supporter(site)
    request, _ = ask(site, profession="nurse")
    tick()
    with supporting(tom) as by:
        giving.accept(by=by, request=request)
        closing.close(by=by, request=request, outcome=outcome)
    with working() as by:
        assert Encounter.objects.visible_to(by).get().profession == profession


def test_the_last_of_a_request_takes_its_effects_along(site: Site, time: Any) -> None:
    """Of a worker that died while it was closed."""
    request, _ = ask(site)
    with working() as by:
        closing.end(by=by, request=Request.objects.visible_to(by).get(), outcome="not_reached", keep_days=0)
        Effect(key=f"support.page:{request.pk}", due=request.pk, subject=request.pk).save(force_insert=True)
        closing.forget(by=by, request_id=request.pk)
        assert not Effect.objects.visible_to(by).exists()


def test_whoever_loses_the_role_after_some_days_gives_it_back(site: Site, time: Any) -> None:
    tom = make_supporter(site)
    request, _ = ask(site)
    tick()
    with supporting(tom) as by:
        giving.accept(by=by, request=request)
        giving.reached(by=by, request=request)
    for _ in range(3):
        time.shift(DAY + MINUTE)
        tick()
    with as_role("healing_worker"), access.opened("site", site.pk) as viewer:
        Membership.objects.visible_to(viewer).filter(user=tom.user_id).update(ended_at=clock.now())
    time.shift(DAY + MINUTE)
    tick()

    assert seen_by_due_work(request).status == "waiting"


def test_only_whom_it_is_with_closes_it(site: Site, time: Any) -> None:
    tom, una = make_supporter(site), make_supporter(site)
    request, _ = ask(site, prefer=tom)
    tick()
    with supporting(tom) as by:
        giving.accept(by=by, request=request)
    with supporting(una) as by, pytest.raises(closing.HealingError):
        closing.close(by=by, request=request, outcome="supported")

    assert seen_by_due_work(request).status == "claimed"
