"""The coordinator's pages in a browser: on a phone, at night, with large letters; and no is as big as yes."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from healing.models import User
from healing.roles import Role
from support.models import Alarm, Competence, Shift
from tests.factories.cases import make_site, make_staff, signed_in
from tests.factories.peers import make_shift, make_supporter, make_unit, working
from tests.front.conftest import visit  # noqa: F401  # the browser
from tests.front.test_look import violations

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)  # a Friday
QUESTIONS = ["shift_remove", "supporter_end", "unit_close", "competence_remove"]
FORMS = ["shift_new", "week_copy"]
ALL = ["rota", *FORMS, *QUESTIONS, "supporters", "units", "waits"]


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def pages(db: None, settings: Any) -> dict[str, str]:
    """What the browser is handed."""
    settings.ROOT_URLCONF = "healing.urls"
    site = make_site(time_zone="Europe/London", crisis_lines="")
    ward = make_unit(site, "Short stay and day surgery for children")
    tom = make_supporter(site, on_call=False, unit=ward)
    User.objects.filter(pk=tom.user_id).update(name="Maximilian Featherstonehaugh")
    with working() as by:
        shift = make_shift(tom, NOW + timedelta(hours=7), 12)
        for day in range(-6, 12, 3):
            make_shift(tom, NOW + timedelta(days=day, hours=-5), 12)
        Alarm.objects.create(site=site)
        learnt = Competence.objects.visible_to(by).get(supporter=tom)
        assert Shift.objects.visible_to(by).exists()
    args = {"shift_remove": [shift.pk], "supporter_end": [tom.pk], "unit_close": [ward.pk]}
    args["competence_remove"] = [tom.pk, learnt.pk]
    grace = signed_in(make_staff(site, Role.COORDINATOR))
    found = {name: grace.get(reverse(f"support_{name}", args=args.get(name))).text for name in ALL}
    return {name: re.sub(r"<link[^>]+theme.css[^>]*>", "", text) for name, text in found.items()}


def letters(page: Any, size: int) -> None:
    page.context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": {"standard": size, "fixed": size - 6}})


def test_they_have_no_barrier_on_a_phone_at_night(visit: Any) -> None:  # noqa: F811
    told = {}
    for name in ALL:
        seen = visit(name, color_scheme="dark")
        told[name] = [*violations(seen.page), *seen.troubles]

    assert {name: said for name, said in told.items() if said} == {}


def test_there_is_room_for_large_letters(visit: Any) -> None:  # noqa: F811
    wide = {}
    for name in ALL:
        page = visit(name).page
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
        for size in (24, 32):
            letters(page, size)
            wide[f"{name} {size}"] = page.evaluate("document.documentElement.scrollWidth")

    assert {name: width for name, width in wide.items() if width > 360} == {}


def test_the_hours_of_a_shift_stay_on_one_line(visit: Any) -> None:  # noqa: F811
    page = visit("rota").page
    letters(page, 24)
    heights = page.locator(".rota__line > .tabular").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().height / parseFloat(getComputedStyle(one).lineHeight))"
    )

    assert heights
    assert max(heights) < 1.5


def test_late_in_a_week_the_page_begins_with_today(visit: Any) -> None:  # noqa: F811
    page = visit("rota").page
    shown = page.locator(".rota__day").locator("visible=true")

    assert shown.first.locator("h2").inner_text().startswith("Friday 20 November")
    assert shown.count() == 3


@pytest.mark.parametrize("name", QUESTIONS)
def test_no_is_as_big_as_yes(visit: Any, name: str) -> None:  # noqa: F811
    page = visit(name).page
    sizes = [button.bounding_box() for button in page.locator("main .govuk-button").all()]

    assert len(sizes) == 2
    assert sizes[0]["height"] == sizes[1]["height"]
    assert sizes[0]["width"] == sizes[1]["width"]
