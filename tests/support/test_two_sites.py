"""Somebody who supports at two sites has a record at each, and is one person."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from healing import access, clock
from healing.errors import HealingError
from healing.models import Membership, Site, User
from healing.roles import Role
from support.actions import giving, records, rota, shifts, supporters
from support.models import Away, Competence, Shift, Supporter, Swap
from support.queries import giving as queries
from support.queries import rota as planned
from support.queries.on_call import on_call as seen_on_call
from support.queries.supporters import listed
from tests.conftest import become
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


def left(supporter: Supporter, ended: str) -> None:
    if ended == "record":
        with working() as by:
            Supporter.objects.visible_to(by).filter(pk=supporter.pk).update(ended_on=NOW.date())
        return
    become("healing_worker")
    with access.opened("site", supporter.site_id) as by:
        roles = Membership.objects.visible_to(by).filter(user=supporter.user_id, site=supporter.site_id)
        roles.update(ended_at=NOW)
    become("healing_web")


# --- away -----------------------------------------------------------------------------------------------------------
def test_whoever_is_away_is_called_at_no_site(
    browser: Client, tom: Supporter, there: Supporter, site: Site, inland: Site
) -> None:
    on_call(tom, there)
    browser.post(reverse("support_away_now"))

    assert not is_called(site)
    assert not is_called(inland)
    assert times_away() == sorted([tom.pk, there.pk])


def test_it_is_said_once_and_one_press_ends_it(browser: Client, tom: Supporter, there: Supporter, inland: Site) -> None:
    on_call(tom, there)
    browser.post(reverse("support_away_now"))
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


def test_a_time_away_that_is_written_at_one_site_alone_counts_at_the_other(
    browser: Client, tom: Supporter, there: Supporter, inland: Site
) -> None:
    """What their page says, who is called, and what the coordinator and whoever asks see, is one answer."""
    on_call(there)
    with working():
        make_shift(there, NOW + 2 * DAY)
        Away.objects.create(supporter=tom, site=tom.site, starts_at=NOW - DAY, ends_at=None)

    assert "You are away until you say that you are back." in main(browser.get(reverse("support_now")))
    assert not is_called(inland)
    with coordinating(make_staff(inland, Role.COORDINATOR)) as by:
        seen = seen_on_call(by, inland)
        assert (seen.anybody, seen.starts_at) == (False, None)
        assert planned.week(by, inland, NOW.date() - DAY).covered == 0
        assert [one.paused for one in listed(by, inland)] == [True]
        copied = rota.copy_week(by=by, site=inland, monday=NOW.date() - DAY, weeks=1)
        assert {one.why for one in copied.left_out} == {"away"}


@pytest.mark.parametrize("ended", ["record", "role"])
def test_leave_at_a_site_that_they_have_left_keeps_them_from_nothing(
    tom: Supporter, there: Supporter, inland: Site, ended: str
) -> None:
    """Their pages do not show it any more, and they could not end it."""
    on_call(there)
    with working():
        Away.objects.create(supporter=tom, site=tom.site, starts_at=NOW - DAY, ends_at=None)
    left(tom, ended)

    assert is_called(inland)


# --- shifts ---------------------------------------------------------------------------------------------------------
def test_nobody_is_put_on_call_at_two_sites_at_once(tom: Supporter, there: Supporter, inland: Site) -> None:
    """The other site is not named, and its shift is not shown with a way to remove it."""
    with working():
        make_shift(tom, NOW + DAY, hours=8)
        make_shift(there, NOW + DAY - timedelta(days=7), hours=8)
    grace = make_staff(inland, Role.COORDINATOR)
    with coordinating(grace) as by:
        with pytest.raises(rota.Overlap) as told:
            rota.add_shift(by=by, supporter=there, starts_at=NOW + DAY, ends_at=NOW + 2 * DAY)
        copied = rota.copy_week(by=by, site=inland, monday=NOW.date() - timedelta(days=8), weeks=1)
        rota.add_shift(by=by, supporter=there, starts_at=NOW + DAY + timedelta(hours=8), ends_at=NOW + 2 * DAY)

    assert told.value.shift is None
    assert "Harbour" not in str(told.value)
    assert [one.why for one in copied.left_out] == ["on call already"]


@pytest.mark.parametrize("ended", ["record", "role"])
def test_a_shift_at_a_site_that_they_have_left_is_in_nobody_s_way(
    tom: Supporter, there: Supporter, inland: Site, ended: str
) -> None:
    tomorrow(tom)
    left(tom, ended)
    with coordinating(make_staff(inland, Role.COORDINATOR)) as by:
        assert rota.add_shift(by=by, supporter=there, starts_at=NOW + DAY, ends_at=NOW + 2 * DAY)


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
    harbour, inland = shown.split("The next seven days: <bdi>Harbour")[1].split("The next seven days: <bdi>Inland")

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
        assert isinstance(queries.duty(by, there).running, Shift)


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


def test_what_is_signed_for_several_sites_is_signed_in_one_order(tom: Supporter, inland: Site) -> None:
    """Pressed twice at the same time, neither waits for the other."""
    first = also_at(tom, inland, agreed_on=None)
    second = also_at(tom, make_site(name="Hill", slug="hill", host="hill.example"), pk=UUID(int=1), agreed_on=None)
    with supporting(tom) as by, CaptureQueriesContext(connection) as asked:
        supporters.sign(by=by)
    signed = [query["sql"] for query in asked.captured_queries if query["sql"].startswith("UPDATE")]

    assert [str(pk) in sql for pk, sql in zip((second.pk, first.pk), signed, strict=True)] == [True, True]


# --- what is missing ------------------------------------------------------------------------------------------------
def notices(browser: Client) -> dict[str, str]:
    """Each notice by its title."""
    found = re.findall(
        r"notification-banner__title[^>]*>(.*?)</h2>(.*?)</div>\s*</div>",
        browser.get(reverse("support_now")).text,
        re.DOTALL,
    )
    return {title: content for title, content in found}


def test_where_they_are_not_called_is_said_of_that_site_alone(
    browser: Client, tom: Supporter, there: Supporter, site: Site, inland: Site
) -> None:
    """Whoever is on call at the other site must not put the phone away."""
    on_call(tom)
    with working() as by:
        Competence.objects.visible_to(by).filter(supporter=there).delete()
    shown = notices(browser)

    assert list(shown) == ["You are not called yet at Inland"]
    assert "Your training is not up to date" in shown["You are not called yet at Inland"]
    assert "You are on call until" in main(browser.get(reverse("support_now")))
    assert is_called(site)
    assert not is_called(inland)


def test_what_is_missing_stands_under_its_own_site(tom: Supporter, inland: Site) -> None:
    there = also_at(tom, inland, agreed_on=None)
    with working() as by:
        Competence.objects.visible_to(by).filter(supporter=tom).delete()
    browser = at(tom)
    shown = notices(browser)
    harbour, other = (shown[f"You are not called yet at {name}"] for name in ("Harbour", "Inland"))

    said = ("training is not up to date", "not signed yet", reverse("support_sign"))
    assert [words in harbour for words in said] == [True, False, False]
    assert [words in other for words in said] == [False, True, True]
    idents = re.findall(r'__title" id="([^"]+)"', browser.get(reverse("support_now")).text)
    assert len(idents) == len(set(idents)) == 2
    with supporting(there) as by:
        assert [one.pk for one in queries.unsigned(by)] == [there.pk]


def test_languages_that_their_own_page_does_not_change_lead_to_the_coordinator(
    browser: Client, tom: Supporter, there: Supporter, site: Site, inland: Site
) -> None:
    Site.objects.filter(pk__in=(site.pk, inland.pk)).update(languages="ja")
    shown = notices(browser)

    assert "Look at them under “About me”." in shown["You are not called yet at Harbour"]
    sentence = "People at Inland can choose none of your languages. The coordinator there can change them."
    assert sentence in shown["You are not called yet at Inland"]
