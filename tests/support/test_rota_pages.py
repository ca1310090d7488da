"""The rota in the browser: gaps in words, planning with the keyboard, and not a trace of whoever asks."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from healing.models import Holiday, User
from healing.roles import Role
from support.actions import closing, giving
from support.models import Alarm, Away, Request, Shift, Supporter
from tests.factories.cases import make_site, make_staff, signed_in
from tests.factories.peers import ask, make_supporter, make_unit, seen_by_due_work, supporting, tick, working
from tests.mail_sink import listening
from tests.support.coordinating import day_parts, seen, words

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)  # a Wednesday
MONDAY, TODAY = date(2026, 11, 16), date(2026, 11, 18)
CODES = {"people": 1, "length": "15_29", "place": "phone", "tier": "2", "trigger": "none", "met_need": "yes"}


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def site() -> Any:
    return make_site(time_zone="America/Toronto")


@pytest.fixture
def grace(site: Any) -> Client:
    return signed_in(make_staff(site, Role.COORDINATOR))


@pytest.fixture
def tom(site: Any) -> Supporter:
    supporter = make_supporter(site, on_call=False)
    User.objects.filter(pk=supporter.user_id).update(name="Tom Lindqvist")
    return supporter


def add_shift(client: Client, who: Supporter, day: date, starts: str, ends: str, **more: Any) -> Any:
    said = {"supporter": str(who.pk), "starts": starts, "ends": ends, **day_parts("day", day), **more}
    return client.post(reverse("support_shift_new"), said)


def shifts() -> list[Shift]:
    with working() as by:
        return list(Shift.objects.visible_to(by))


def make(who: Supporter, start: datetime, hours: int) -> Shift:
    with working():
        ends = start + timedelta(hours=hours)
        return Shift.objects.create(site_id=who.site_id, supporter=who, starts_at=start, ends_at=ends)


# --- reading --------------------------------------------------------------------------------------------------------
def test_gaps_stand_in_words_between_the_shifts(grace: Client, tom: Supporter, site: Any) -> None:
    make(tom, datetime(2026, 11, 18, 12, tzinfo=UTC), 15)  # 07:00 to 22:00 in Toronto
    make(tom, datetime(2026, 11, 19, 12, tzinfo=UTC), 15)
    Holiday.objects.create(site=site, day=TODAY, name="Founders' Day")
    said = words(grace.get(reverse("support_rota")))

    assert "On call from 16 November to 22 November 2026" in said
    assert "07:00 to 22:00 Tom Lindqvist" in said
    assert "Nobody from 22:00 to 07:00" in said
    assert "Nobody all day" in said
    assert "Founders&#x27; Day" in said
    assert "Times are Toronto time." in said


def test_any_day_of_a_week_opens_it_and_nonsense_opens_this_one(grace: Client) -> None:
    for day in ("2026-11-23", "2026-11-26", "2026-11-29"):
        assert "from 23 November to 29 November" in words(grace.get(reverse("support_rota"), {"week": day}))
    for day in ("", "x", "2026-13-01", "20261118T"):
        assert "from 16 November to 22 November" in words(grace.get(reverse("support_rota"), {"week": day}))
    for day in ("0001-01-01", "9999-12-31"):
        assert grace.get(reverse("support_rota"), {"week": day}).status_code == 200


def test_a_day_with_an_hour_less_or_more_says_so(grace: Client) -> None:
    assert "25 hours: the clocks go back" in words(grace.get(reverse("support_rota"), {"week": "2026-10-26"}))
    assert "23 hours: the clocks go forward" in words(grace.get(reverse("support_rota"), {"week": "2027-03-08"}))


def test_whoever_is_away_is_said_to_be_away_and_no_more(grace: Client, tom: Supporter, site: Any) -> None:
    make(tom, datetime(2026, 11, 20, 12, tzinfo=UTC), 8)
    with working():
        Away.objects.create(supporter=tom, site=site, starts_at=NOW)
    said = words(grace.get(reverse("support_rota")))

    assert "07:00 to 15:00 Tom Lindqvist (away)" in said
    assert "Nobody is on call in this week yet." in said


@pytest.mark.parametrize("role", [Role.PEER_SUPPORTER, Role.LEAD, Role.FACILITATOR, Role.ADMINISTRATOR])
@pytest.mark.parametrize("name", ["support_rota", "support_supporters", "support_waits", "support_units"])
def test_it_is_for_coordinators_alone(site: Any, role: Role, name: str) -> None:
    assert signed_in(make_staff(site, role)).get(reverse(name)).status_code == 403


def test_what_is_over_this_week_is_folded_away(grace: Client, tom: Supporter) -> None:
    """And asks for nothing: no button, and not the colour of what needs attention."""
    page = grace.get(reverse("support_rota")).text
    folded = re.search(r"<details.*?</details>", page, re.DOTALL)
    assert folded is not None

    assert "Earlier this week" in folded.group()
    assert [day in folded.group() for day in ("Monday 16", "Tuesday 17", "Wednesday 18")] == [True, True, False]
    assert "rota__line--gap" not in folded.group()
    assert "<a " not in folded.group()
    assert page.count("rota__line--gap") == page.count("Fill<") == 5
    assert "<details" not in grace.get(reverse("support_rota"), {"week": "2026-11-23"}).text
    past = grace.get(reverse("support_rota"), {"week": "2026-11-09"}).text
    assert "<details" not in past
    assert "rota__line--gap" not in past


def test_the_next_four_weeks_stand_on_top(grace: Client, tom: Supporter) -> None:
    make(tom, NOW, 7 * 24)
    make(tom, NOW + timedelta(days=7, hours=12), 60)
    page = grace.get(reverse("support_rota"))
    said = words(page)

    assert "This week : all hours." in said
    assert "23 November : 53 hours open, first Wednesday 07:00." in said
    assert "30 November : nobody yet." in said
    assert "7 December : nobody yet." in said
    assert [f"?week=2026-{day}" in page.text for day in ("11-16", "11-23", "11-30", "12-07")] == [True] * 4


def test_a_week_is_told_in_hours(grace: Client, tom: Supporter) -> None:
    url = reverse("support_rota")
    assert "Nobody is on call in this week yet." in words(grace.get(url))
    make(tom, NOW, 10)
    assert "Nobody is on call in 158 of this week&#x27;s 168 hours." in words(grace.get(url)).replace("'", "&#x27;")


# --- planning -------------------------------------------------------------------------------------------------------
def test_a_shift_over_midnight_is_kept_in_utc(grace: Client, tom: Supporter) -> None:
    answer = add_shift(grace, tom, date(2026, 11, 25), "22:00", "7")

    assert answer["Location"] == reverse("support_rota") + "?week=2026-11-23"
    shift = shifts()[0]
    assert (shift.starts_at, shift.ends_at) == (
        datetime(2026, 11, 26, 3, tzinfo=UTC),
        datetime(2026, 11, 26, 12, tzinfo=UTC),
    )


def test_from_one_hour_to_the_same_is_a_day_also_when_the_clocks_change(grace: Client, tom: Supporter) -> None:
    add_shift(grace, tom, date(2027, 3, 13), "08:00", "08:00")

    assert shifts()[0].ends_at - shifts()[0].starts_at == timedelta(hours=23)


def test_two_shifts_at_once_are_told_in_a_sentence_and_nothing_is_lost(grace: Client, tom: Supporter) -> None:
    add_shift(grace, tom, date(2026, 11, 25), "22:00", "07:00")
    answer = add_shift(grace, tom, date(2026, 11, 26), "06:00", "09:00")

    assert answer.status_code == 422
    assert "They are on call already for a part of this time." in words(answer)
    assert "Their shift is there already: Wednesday 25 November, 22:00 to Thursday 26 November, 07:00" in words(answer)
    assert 'value="06:00"' in answer.text
    assert len(shifts()) == 1


@pytest.mark.parametrize(
    ("day", "starts", "ends", "sentence"),
    [
        (date(2027, 3, 14), "02:30", "09:00", "02:30 is skipped"),
        (date(2027, 3, 13), "22:00", "02:30", "02:30 is skipped"),
        (date(2026, 11, 18), "01:00", "06:00", "This time is over already."),
        (date(2026, 11, 25), "25:00", "06:00", "Write the time like this: 07:30."),
        (date(2026, 11, 25), "", "06:00", "Give a time, like 07:30."),
        (date(9999, 12, 31), "22:00", "06:00", "Choose a day of this year or the next."),
    ],
)
def test_what_cannot_be_planned_is_said(
    grace: Client, tom: Supporter, day: date, starts: str, ends: str, sentence: str
) -> None:
    answer = add_shift(grace, tom, day, starts, ends)

    assert answer.status_code == 422
    assert sentence in words(answer)
    assert shifts() == []


def test_somebody_of_another_site_cannot_be_planned(grace: Client) -> None:
    stranger = make_supporter(make_site(), on_call=False)

    assert add_shift(grace, stranger, date(2026, 11, 25), "8", "9").status_code == 422


def test_a_gap_brings_its_own_day_and_times(grace: Client, tom: Supporter) -> None:
    make(tom, datetime(2026, 11, 20, 12, tzinfo=UTC), 15)
    page = grace.get(reverse("support_rota")).text

    assert "?week=2026-11-16&amp;day=2026-11-20&amp;from=22%3A00&amp;to=00%3A00" in page
    form = grace.get(reverse("support_shift_new"), {"day": "2026-11-20", "from": "22:00", "to": "07:00"}).text
    assert 'value="22:00"' in form
    assert 'name="day_0" value="20"' in form


def test_a_week_brings_its_first_gap(grace: Client, tom: Supporter) -> None:
    """Monday is over; of more than a day without anybody only the day on which it begins."""
    url = reverse("support_shift_new")
    empty = grace.get(url, {"week": "2026-11-16"}).text
    assert 'name="day_0" value="18"' in empty
    assert 'name="starts" value=' not in empty
    make(tom, NOW - timedelta(hours=1), 11)  # 06:00 to 17:00 in Toronto
    make(tom, NOW + timedelta(hours=12), 24)
    gap = grace.get(url, {"week": "2026-11-16"}).text
    assert [f'value="{one}"' in gap for one in ("18", "17:00", "19:00")] == [True] * 3


def test_one_is_put_on_call_and_another_after_them(grace: Client, tom: Supporter) -> None:
    answer = add_shift(grace, tom, date(2026, 11, 25), "07:00", "19:00", then="another")

    assert answer["Location"] == reverse("support_shift_new") + "?week=2026-11-23"
    assert "The shift is in the rota." in grace.get(answer["Location"]).text
    assert "Put on call, and add another" in grace.get(reverse("support_shift_new")).text


def test_a_shift_is_removed_after_a_question_and_one_that_runs_says_so(grace: Client, tom: Supporter) -> None:
    running, coming = make(tom, NOW - timedelta(hours=1), 8), make(tom, NOW + timedelta(days=1), 8)
    url = reverse("support_shift_remove", args=[coming.pk])

    assert "running now" not in words(grace.get(url))
    assert "Thursday 19 November, 07:00 to 15:00" in words(grace.get(url))
    assert "This shift is running now." in words(grace.get(reverse("support_shift_remove", args=[running.pk])))
    assert grace.post(url)["Location"] == reverse("support_rota") + "?week=2026-11-16"
    assert shifts() == [running]
    assert grace.post(url).status_code == 404


def test_a_shift_that_is_over_stays(grace: Client, tom: Supporter) -> None:
    over = make(tom, NOW - timedelta(days=1), 8)
    url = reverse("support_shift_remove", args=[over.pk])

    assert "This shift is over." in words(grace.get(url))
    assert grace.post(url).status_code == 409
    assert shifts() == [over]


def test_another_site_s_shift_is_not_there(grace: Client) -> None:
    shift = make(make_supporter(make_site(), on_call=False), NOW, 8)

    assert grace.get(reverse("support_shift_remove", args=[shift.pk])).status_code == 404


def test_a_week_is_copied_and_whoever_is_left_out_is_named(grace: Client, tom: Supporter, site: Any) -> None:
    make(tom, NOW + timedelta(days=1), 8)
    with working():
        Away.objects.create(supporter=tom, site=site, starts_at=NOW + timedelta(days=14))
    url = reverse("support_week_copy") + "?week=2026-11-16"

    assert "Copy the week from 16 November to 22 November 2026" in words(grace.get(url))
    said = words(grace.post(url, {"weeks": "2", "fill": "gaps"}))
    assert "One shift is new in the rota." in said
    assert "Tom Lindqvist , Thursday 3 December, 07:00 away" in said
    assert grace.post(url, {"weeks": "13", "fill": "gaps"}).status_code == 422
    assert grace.post(url, {"weeks": "2"}).status_code == 422


def test_a_copy_says_how_many_were_not_needed_and_names_days_off(grace: Client, tom: Supporter, site: Any) -> None:
    make(tom, NOW + timedelta(days=1), 8)
    make(make_supporter(site, on_call=False), NOW + timedelta(days=8), 8)
    Holiday.objects.create(site=site, day=date(2026, 12, 3), name="Founders' Day")
    url = reverse("support_week_copy") + "?week=2026-11-16"
    said = words(grace.post(url, {"weeks": "2", "fill": "gaps"}))

    assert "One shift is new in the rota. One shift was left out, because somebody was on call already." in said
    assert "Days off among them" in said
    assert "Thursday 3 December , Founders&#x27; Day" in said
    assert "2 shifts were left out" in words(grace.post(url, {"weeks": "2", "fill": "gaps"}))
    again = words(grace.post(url, {"weeks": "1", "fill": "add"}))
    assert "One shift is new in the rota." in again
    assert "Days off among them" not in again


def test_a_copy_is_taken_back_in_one_press(grace: Client, tom: Supporter) -> None:
    make(tom, NOW + timedelta(days=1), 8)
    copied = grace.post(reverse("support_week_copy") + "?week=2026-11-16", {"weeks": "2", "fill": "gaps"}).text
    url, made = (
        re.search(pattern, copied) for pattern in ('action="([^"]+copy/back[^"]+)"', 'name="made" value="([^"]+)"')
    )
    assert url is not None
    assert made is not None
    said = words(grace.post(url[1], {"made": made[1]}, follow=True))

    assert "2 shifts are out of the rota again." in said
    assert "None of them is in the rota any more." in words(grace.post(url[1], {"made": made[1]}, follow=True))
    assert grace.post(url[1], {"made": "nonsense"}).status_code == 404
    with working() as by:
        assert Shift.objects.visible_to(by).count() == 1


# --- somebody waits -------------------------------------------------------------------------------------------------
def test_an_alarm_says_that_somebody_waits_and_what_to_do(grace: Client, site: Any) -> None:
    quiet = words(grace.get(reverse("support_rota")))
    elsewhere = make_site()
    with working():
        alarm = Alarm.objects.create(site=site)
        Alarm.objects.create(site=elsewhere)
    page = grace.get(reverse("support_rota"))

    assert "waiting" not in quiet
    assert "Someone is waiting for a colleague." in words(page)
    assert "Put somebody on call now They are called at once." in words(page)
    assert "555 0199" in words(page)
    assert str(alarm.pk) not in page.text
    with working():
        Alarm.objects.bulk_create([Alarm(site=site) for _ in range(2)])
    several, _ = seen(grace, reverse("support_rota"))
    with working():
        Alarm.objects.create(site=site)
    assert "Several people are waiting" in several
    assert seen(grace, reverse("support_rota"))[0] == several  # and no more than that


def test_the_form_is_preset_from_now_to_midnight(grace: Client, tom: Supporter) -> None:
    page = grace.get(reverse("support_shift_new"), {"now": "1"}).text

    assert 'name="day_0" value="18"' in page
    assert 'value="07:00"' in page
    assert 'value="00:00"' in page


def test_put_on_call_now_ends_where_the_next_one_begins(grace: Client, tom: Supporter) -> None:
    make(tom, NOW + timedelta(hours=5, minutes=30), 8)

    assert 'name="ends" value="12:30"' in grace.get(reverse("support_shift_new"), {"now": "1"}).text


def pages(site: Any, who: Supporter, shift: Shift) -> list[str]:
    unit = make_unit(site)
    return [
        *map(
            reverse,
            ["support_rota", "support_shift_new", "support_week_copy", "support_supporters", "support_supporter_new"],
        ),
        *map(reverse, ["support_units", "support_unit_new", "support_posters", "support_waits"]),
        reverse("support_shift_remove", args=[shift.pk]),
        *(reverse(f"support_{name}", args=[who.pk]) for name in ("supporter", "supporter_end", "competence_new")),
        *(reverse(f"support_{name}", args=[unit.pk]) for name in ("unit", "unit_close", "poster")),
    ]


def test_no_page_changes_while_a_colleague_asks_and_is_supported(
    grace: Client, tom: Supporter, site: Any, settings: Any
) -> None:
    shift, other = make(tom, NOW - timedelta(hours=1), 20), make_supporter(site)
    everywhere = pages(site, tom, shift)
    before = {url: seen(grace, url) for url in everywhere}

    with listening(settings):
        request, _ = ask(site, name="Alex")
        same(grace, before)
        tick()
        same(grace, before)
        with supporting(first := paged(request)) as by:
            giving.pass_on(by=by, request=request)
        tick()
        same(grace, before)
        second = paged(request)
        assert {first.pk, second.pk} == {tom.pk, other.pk}
        with supporting(second) as by:
            giving.accept(by=by, request=request)
            giving.reached(by=by, request=request)
        same(grace, before)
        with supporting(second) as by:
            closing.close(by=by, request=request, outcome="supported", **CODES)
        same(grace, before)


def paged(request: Request) -> Supporter:
    supporter = seen_by_due_work(request).supporter
    assert supporter is not None
    return supporter


def same(client: Client, before: dict[str, Any]) -> None:
    changed = [url for url, page in before.items() if seen(client, url) != page]

    assert changed == []
