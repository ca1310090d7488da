"""What was chosen on the page decides who is called, and the site's own times decide when."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from healing.models import Site
from healing.roles import Role
from support.models import Supporter
from tests.factories.cases import make_site, make_staff
from tests.factories.peers import make_supporter, make_unit, tick
from tests.mail_sink import Sink
from tests.support.test_asking_pages import requests, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sink")]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def site(db: None, time: Any) -> Site:
    cache.clear()
    return make_site(languages="en,ar")


@pytest.fixture
def unit(site: Site) -> Any:
    return make_unit(site, "East")


@pytest.fixture
def usual(site: Site, unit: Any) -> Supporter:
    """Whose turn it is."""
    return make_supporter(site, profession="doctor", unit=unit, last_turn=0)


@pytest.fixture
def other(site: Site, usual: Supporter) -> Supporter:
    return make_supporter(site, profession="nurse", unit=make_unit(site, "West"), languages="ar,en", last_turn=5)


def called_now() -> Any:
    tick()
    return requests()[-1].supporter_id


def called(time: Any, **answers: Any) -> Any:
    page = send(Client(), time, **{name: str(getattr(answer, "pk", answer)) for name, answer in answers.items()})
    assert page.status_code == 200
    return called_now()


def test_without_a_wish_it_is_whose_turn_it_is(time: Any, usual: Supporter, other: Supporter) -> None:
    assert called(time, profession="nurse") == usual.pk


def test_somebody_with_the_same_work(time: Any, usual: Supporter, other: Supporter) -> None:
    assert called(time, profession="nurse", alike="on") == other.pk


def test_somebody_from_the_own_unit(time: Any, usual: Supporter, other: Supporter) -> None:
    assert called(time, unit=other.unit, from_where="own") == other.pk


def test_somebody_from_another_unit(time: Any, usual: Supporter, other: Supporter) -> None:
    assert called(time, unit=usual.unit, from_where="elsewhere") == other.pk


def test_somebody_they_would_like(time: Any, usual: Supporter, other: Supporter) -> None:
    assert called(time, prefer=other) == other.pk


def test_never_somebody_who_must_not_be_called(time: Any, usual: Supporter) -> None:
    assert called(time, avoid=usual) is None


def test_somebody_else_than_who_must_not_be_called(time: Any, usual: Supporter, other: Supporter) -> None:
    assert called(time, avoid=usual) == other.pk


def test_somebody_who_speaks_the_language(time: Any, usual: Supporter, other: Supporter) -> None:
    assert called(time, language="ar") == other.pk


def test_nobody_who_does_not_speak_the_language(time: Any, usual: Supporter) -> None:
    assert called(time, language="ar") is None


@pytest.mark.parametrize("minutes", [4, 20])
def test_the_next_is_called_after_the_site_s_minutes(
    site: Site, time: Any, usual: Supporter, other: Supporter, minutes: int
) -> None:
    site.clocks = {"peer_answer": minutes, "peer_call_back": 120}
    site.save()
    assert called(time) == usual.pk

    time.shift(minutes * MINUTE - timedelta(seconds=1))
    assert called_now() == usual.pk
    time.shift(timedelta(seconds=1))
    assert called_now() == other.pk


@pytest.mark.parametrize("target", [12, 45])
def test_the_coordinator_hears_when_the_site_s_target_has_passed(
    site: Site, time: Any, sink: Sink, usual: Supporter, other: Supporter, target: int
) -> None:
    """There is always a colleague who may still answer, so that only the target is a reason."""
    site.clocks = {"peer_answer": 60, "peer_call_back": target}
    site.save()
    coordinator = make_staff(site, Role.COORDINATOR)
    assert called(time) == usual.pk

    time.shift(target * MINUTE - timedelta(seconds=1))
    tick()
    assert sink.to(coordinator.email) == []
    time.shift(timedelta(seconds=1))
    tick()
    tick()
    assert len(sink.to(coordinator.email)) == 1
