"""Before the first request: each thing that is missing is a sentence, and goes when it is there."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from healing.models import LegalNotice
from healing.roles import Role
from support.models import Away, Competence, Shift, Supporter, Unit
from tests.factories.cases import make_site, make_staff, signed_in
from tests.factories.peers import make_shift, make_supporter, make_unit, working
from tests.support.coordinating import words

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
TITLE = "Before the first request"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def site() -> Any:
    """With all that is needed."""
    site = make_site(languages="en,cy")
    notice = {"jurisdiction": "Wales", "text": "What is said is protected.", "about": "support"}
    LegalNotice.objects.create(site=site, valid_from=date(2026, 1, 1), **notice)
    make_unit(site, "North")
    return site


@pytest.fixture
def tom(site: Any) -> Supporter:
    return make_supporter(site)


@pytest.fixture
def grace(site: Any) -> Client:
    return signed_in(make_staff(site, Role.COORDINATOR))


def steps(grace: Client) -> list[tuple[str, str]]:
    """Each sentence, and the page it leads to."""
    page = grace.get(reverse("support_rota"))
    found = page.context["steps"]
    assert (TITLE in words(page)) == bool(found)
    assert all(step.missing in words(page) for step in found)
    return [(step.missing, step.page) for step in found]


def change(tom: Supporter, **fields: Any) -> None:
    with working() as by:
        Supporter.objects.visible_to(by).filter(pk=tom.pk).update(**fields)


def test_where_all_is_there_nothing_is_said(grace: Client, tom: Supporter) -> None:
    assert steps(grace) == []


@pytest.mark.django_db
def test_a_new_site_reads_all_that_is_missing() -> None:
    grace = signed_in(make_staff(make_site(crisis_lines=""), Role.COORDINATOR))

    assert steps(grace) == [
        ("No crisis line is written down. Your administrator does it under Set-up.", ""),
        ("Nothing says yet what the law protects in peer support. Your administrator does it under Set-up.", ""),
        (
            "Nobody is in the list of supporters. Add somebody who has the role; your administrator gives it.",
            "support_supporters",
        ),
        ("Nobody is on call in the next 7 days.", "support_shift_new"),
        ("No ward has a poster, so nobody knows where to ask.", "support_unit_new"),
    ]


@pytest.mark.parametrize(
    ("lines", "said"), [(" \n", "No crisis line is written down."), ("Night line: 555 0199", "")], ids=["none", "one"]
)
def test_a_crisis_line(grace: Client, tom: Supporter, site: Any, lines: str, said: str) -> None:
    site.crisis_lines = lines
    site.save()

    assert [one[: len(said)] for one, _page in steps(grace)] == ([said] if said else [])


def test_a_legal_notice_about_peer_support_that_is_valid(grace: Client, tom: Supporter, site: Any) -> None:
    notices = LegalNotice.objects.filter(site=site)
    missing = "Nothing says yet what the law protects in peer support. Your administrator does it under Set-up."
    for fields in ({"about": "cases"}, {"valid_from": date(2026, 11, 19)}):
        notices.update(**{"about": "support", "valid_from": date(2026, 1, 1)} | fields)
        assert steps(grace) == [(missing, "")]
    notices.update(valid_from=date(2026, 11, 18))
    assert steps(grace) == []


def test_a_supporter_with_a_role_that_stands(grace: Client, site: Any) -> None:
    make_supporter(site, ended_on=date(2026, 11, 1))
    make_supporter(make_site(host="elsewhere.example"))

    assert [page for _said, page in steps(grace)] == ["support_supporters", "support_shift_new"]


def test_somebody_who_has_signed(grace: Client, site: Any, tom: Supporter) -> None:
    change(tom, agreed_on=None)
    assert steps(grace)[0] == (
        "Your 1 supporter has not signed that they keep confidence. They do it on their own page.",
        "",
    )
    make_supporter(site, agreed_on=None)
    assert steps(grace)[0][0].startswith("None of your 2 supporters has signed")
    change(tom, agreed_on=date(2026, 11, 18))
    assert steps(grace) == []


def test_somebody_whose_training_is_valid(grace: Client, tom: Supporter) -> None:
    with working() as by:
        Competence.objects.visible_to(by).update(expires_on=date(2026, 11, 18))
    said, page = steps(grace)[0]

    assert said.startswith("Your 1 supporter has no valid training in keeping confidence (COM13).")
    assert page == "support_supporters"
    with working() as by:
        Competence.objects.visible_to(by).update(expires_on=date(2026, 12, 18))
    assert steps(grace) == []


def test_somebody_whom_people_here_understand(grace: Client, tom: Supporter) -> None:
    change(tom, languages="fr")
    assert steps(grace)[0][0].startswith("Your 1 supporter speaks no language that people here can choose.")
    change(tom, languages="fr,cy")
    assert steps(grace) == []


def test_one_who_has_signed_and_another_who_is_trained_are_not_enough(grace: Client, site: Any, tom: Supporter) -> None:
    change(tom, languages="fr")
    make_supporter(site, agreed_on=None)

    assert steps(grace)[0] == (
        "No supporter has all of it yet: signed, trained, and a language that people here can choose.",
        "support_supporters",
    )


@pytest.mark.parametrize(("days", "expected"), [(6, []), (8, ["support_shift_new"])])
def test_somebody_on_call_in_the_next_seven_days(grace: Client, site: Any, days: int, expected: list[str]) -> None:
    tom = make_supporter(site, on_call=False)
    with working():
        make_shift(tom, NOW + timedelta(days=days))
    assert [page for _said, page in steps(grace)] == expected
    with working() as by:
        Away.objects.create(supporter=tom, site=site, starts_at=NOW)
        assert Shift.objects.visible_to(by).exists()
    assert [page for _said, page in steps(grace)] == ["support_shift_new"]


def test_a_ward_with_a_poster_that_leads_here(grace: Client, site: Any, tom: Supporter, settings: Any) -> None:
    with working() as by:
        Unit.objects.visible_to(by).update(closed_on=date(2026, 11, 1))
    assert [page for _said, page in steps(grace)] == ["support_unit_new"]
    make_unit(site, "South")
    assert steps(grace) == []


def test_a_poster_without_an_address_is_for_the_administrator(settings: Any) -> None:
    settings.BASE_URL = "https://talk.example.org"
    settings.ALLOWED_HOSTS = ["*"]
    make_site(name="The first", created_at=NOW - timedelta(days=1))
    second = make_site(name="The second")
    make_unit(second)
    said = [said for said, _page in steps(signed_in(make_staff(second, Role.COORDINATOR)))]

    assert (
        "The posters have no address that leads here. Your administrator gives this site its own under Set-up." in said
    )


def test_it_is_no_more_work_for_many_than_for_one(grace: Client, site: Any, tom: Supporter) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert steps(grace) == []
        return len(queries)

    few = asked()
    for _number in range(3):
        make_supporter(site, unit=make_unit(site))
    assert asked() == few


# --- where it leads -------------------------------------------------------------------------------------------------
def test_with_nobody_to_put_on_call_the_form_says_to_add_supporters(grace: Client, site: Any) -> None:
    said = grace.get(reverse("support_shift_new"))
    assert "Add supporters first." in words(said)
    assert "Who?" not in words(said)
    make_supporter(site, on_call=False)
    assert "Add supporters first." not in words(grace.get(reverse("support_shift_new")))


def test_with_nobody_to_add_the_form_says_who_gives_the_role(grace: Client, site: Any) -> None:
    assert "Ask your administrator to give somebody the role" in words(grace.get(reverse("support_supporter_new")))
    make_staff(site, Role.PEER_SUPPORTER)
    assert "Ask your administrator" not in words(grace.get(reverse("support_supporter_new")))
