"""Somebody who supports at two sites has a record at each, and is one person."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from healing import clock
from healing.errors import HealingError
from healing.models import Site, User
from healing.roles import Role
from support.actions import giving, records, shifts
from support.models import Away, Competence, Shift, Supporter, Swap
from support.queries import giving as queries
from tests.factories.cases import give_roles, make_site, make_staff
from tests.factories.peers import (
    ask,
    coordinating,
    make_shift,
    make_supporter,
    seen_by_due_work,
    supporting,
    tick,
    working,
)
from tests.support.test_shifts import at, main, offered, tomorrow

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _now(sink: Any) -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def site() -> Site:
    return make_site(name="Harbour", slug="harbour", time_zone="Europe/London")


@pytest.fixture
def inland() -> Site:
    return make_site(name="Inland", slug="inland", host="inland.example", time_zone="Asia/Tokyo")


@pytest.fixture
def tom(site: Site) -> Supporter:
    return make_supporter(site, on_call=False)


@pytest.fixture
def there(tom: Supporter, inland: Site) -> Supporter:
    """Tom's record at the other site."""
    return also_at(tom, inland)


@pytest.fixture
def browser(tom: Supporter, there: Supporter) -> Client:
    return at(tom, "Tom Elm")


def also_at(tom: Supporter, other: Site, **changes: Any) -> Supporter:
    give_roles(User.objects.get(pk=tom.user_id), other, Role.PEER_SUPPORTER)
    fields = {"agreed_on": date(2020, 1, 1), "joined_on": date(2020, 1, 2)} | changes
    with working():
        record = Supporter.objects.create(site=other, user_id=tom.user_id, **fields)
        Competence.objects.create(supporter=record, site=other, number="COM13", gained_on=date(2020, 1, 1))
    return record


def on_call(*supporters: Supporter) -> None:
    with working():
        for supporter in supporters:
            make_shift(supporter)


def is_called(site: Site) -> bool:
    request, _ = ask(site)
    tick()
    return seen_by_due_work(request).supporter is not None


def times_away() -> list[Any]:
    with working() as by:
        return sorted(Away.objects.visible_to(by).values_list("supporter", flat=True))


# --- away -----------------------------------------------------------------------------------------------------------
def test_whoever_is_away_is_called_at_no_site(
    browser: Client, tom: Supporter, there: Supporter, site: Site, inland: Site
) -> None:
    on_call(tom, there)
    browser.post(reverse("support_away"), {})

    assert not is_called(site)
    assert not is_called(inland)
    assert times_away() == sorted([tom.pk, there.pk])


def test_it_is_said_once_and_one_press_ends_it(browser: Client, tom: Supporter, there: Supporter, inland: Site) -> None:
    on_call(tom, there)
    browser.post(reverse("support_away"), {})
    page = browser.get(reverse("support_away"))
    assert main(page).count("I am back") == 1
    assert main(browser.get(reverse("support_shifts"))).count("until you say that you are back") == 1

    browser.post(reverse("support_back", args=[page.context["times_away"][0].pk]))

    assert times_away() == []
    assert is_called(inland)


def test_leave_that_was_planned_at_one_of_them_is_joined_for_both(tom: Supporter, there: Supporter) -> None:
    with working():
        Away.objects.create(supporter=there, site=there.site, starts_at=NOW + DAY, ends_at=NOW + 3 * DAY)
    with supporting(tom) as by:
        shifts.go_away(by=by, starts_at=NOW + 2 * DAY, ends_at=NOW + 5 * DAY)

    with working() as by:
        spans = Away.objects.visible_to(by).values_list("supporter", "starts_at", "ends_at")
        assert set(spans) == {(one.pk, NOW + DAY, NOW + 5 * DAY) for one in (tom, there)}


def test_whoever_joins_another_site_while_away_is_away_there(tom: Supporter, inland: Site) -> None:
    give_roles(User.objects.get(pk=tom.user_id), inland, Role.PEER_SUPPORTER)
    with supporting(tom) as by:
        shifts.go_away(by=by, starts_at=NOW + DAY, ends_at=None)
    with coordinating(make_staff(inland, Role.COORDINATOR)) as by:
        new = records.begin(by=by, site=inland, user_id=tom.user_id, languages="en")

    assert times_away() == sorted([tom.pk, new.pk])


def test_the_page_of_each_site_says_that_they_are_away(browser: Client, there: Supporter) -> None:
    with working():
        Away.objects.create(supporter=there, site=there.site, starts_at=NOW, ends_at=None)

    assert "You are away until you say that you are back." in main(browser.get(reverse("support_now")))


# --- shifts ---------------------------------------------------------------------------------------------------------
def test_a_shift_is_offered_to_the_colleagues_of_its_own_site(
    browser: Client, site: Site, inland: Site, there: Supporter
) -> None:
    at(make_supporter(site, on_call=False), "Ann Oak")
    lee = make_supporter(inland, on_call=False)
    at(lee, "Lee Ash")
    shift = tomorrow(there)
    page = browser.get(reverse("support_swap_offer", args=[shift.pk]))

    assert [words for _, words in page.context["form"]["to"].field.choices] == ["Whoever takes it", "Lee Ash"]
    assert browser.post(page.request["PATH_INFO"], {"to": str(lee.pk)}).status_code == 302
    with supporting(lee) as by:
        shifts.take(by=by, swap=Swap.objects.visible_to(by).get())


def test_to_whom_it_is_on_offer_is_said_also_at_the_other_site(browser: Client, inland: Site, there: Supporter) -> None:
    lee = make_supporter(inland, on_call=False)
    at(lee, "Lee Ash")
    offered(tomorrow(there), to=lee)

    assert "On offer to Lee Ash" in main(browser.get(reverse("support_shifts")))


def test_the_week_of_each_site_is_shown_in_its_own_time(browser: Client, tom: Supporter, there: Supporter) -> None:
    with working():
        make_shift(tom, NOW + DAY, hours=8)
        make_shift(there, NOW + DAY, hours=8)
    shown = main(browser.get(reverse("support_shifts")))
    harbour, inland = shown.split("This week: <bdi>Harbour")[1].split("This week: <bdi>Inland")

    assert "10:00–18:00" in harbour
    assert "19:00–Thu 03:00" in inland


def test_whoever_is_on_call_at_one_site_takes_no_shift_of_the_same_hours_at_the_other(
    tom: Supporter, there: Supporter, site: Site
) -> None:
    tomorrow(there)
    swap = offered(tomorrow(make_supporter(site, on_call=False)))

    with supporting(tom) as by, pytest.raises(HealingError) as told:
        shifts.take(by=by, swap=swap)
    assert str(told.value) == shifts.ON_CALL


def test_until_when_they_are_on_call_is_said_in_the_time_of_that_site(browser: Client, there: Supporter) -> None:
    with working():
        make_shift(there, NOW, hours=5)

    assert "Wednesday 25 November, 00:00 (Tokyo time)" in main(browser.get(reverse("support_now")))
    with supporting(there) as by:
        assert isinstance(queries.duty(by).running, Shift)


def test_the_end_of_the_shift_is_that_of_the_request_s_own_site(
    browser: Client, tom: Supporter, there: Supporter, site: Site
) -> None:
    """On call at the other site only: no shift ends that would take this request on."""
    with working() as by:
        Supporter.objects.visible_to(by).filter(pk=tom.pk).update(backup=True)
    request, _ = ask(site)
    tick()
    with supporting(tom) as by:
        giving.accept(by=by, request=request)
    on_call(there)

    assert "Keep it beyond my shift" not in main(browser.get(reverse("support_request", args=[request.pk])))


# --- what is signed -------------------------------------------------------------------------------------------------
def test_what_is_signed_once_is_signed_for_every_site(tom: Supporter, inland: Site) -> None:
    there = also_at(tom, inland, agreed_on=None)
    browser = at(tom)
    assert "You have not signed yet" in main(browser.get(reverse("support_now")))
    assert "I sign this" in main(browser.get(reverse("support_sign")))

    browser.post(reverse("support_sign"))

    with working() as by:
        signed = dict(Supporter.objects.visible_to(by).values_list("pk", "agreed_on"))
    assert signed == {tom.pk: date(2020, 1, 1), there.pk: clock.today("Asia/Tokyo")}
    assert "I sign this" not in main(browser.get(reverse("support_sign")))
    assert "You have not signed yet" not in main(browser.get(reverse("support_now")))
