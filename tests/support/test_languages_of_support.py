"""Languages in peer support: reached from the set-up page, named alike everywhere, and shared by those who talk."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from healing import clock
from healing.models import Site, User
from healing.roles import Role
from support.forms.supporters import SupporterForm
from support.models import Request, Supporter
from support.queries import rota
from support.queries.on_call import listed, on_call
from support.wall_clock import monday_of
from tests.factories.cases import make_site, make_staff, signed_in
from tests.factories.peers import (
    ask,
    asking_as,
    coordinating,
    make_shift,
    make_supporter,
    seen_by_due_work,
    tick,
    working,
)
from tests.support.coordinating import words

pytestmark = pytest.mark.django_db
ARABIC = '<bdi lang="ar" dir="rtl">العربيّة</bdi> (Arabic)'


@pytest.fixture
def site() -> Site:
    return make_site(languages="en,ar")


def at(supporter: Supporter) -> Client:
    return signed_in(User.objects.get(pk=supporter.user_id))


def test_a_language_from_the_set_up_can_be_asked_for_and_is_spoken() -> None:
    site = make_site()
    office = signed_in(make_staff(site, Role.ADMINISTRATOR))
    said = {"time_zone": "UTC", "weekend": ["5"], "languages": ["en"], "add_language": "ar"}
    assert office.post(reverse("site_time"), said).status_code == 302
    make_supporter(site)
    tom = make_supporter(site)
    mine = {"languages": ["ar"], "profession": "nurse", "capacity": "2"}
    assert at(tom).post(reverse("support_me"), mine).status_code == 302
    assert '<option value="ar">العربيّة (Arabic)</option>' in Client().get(reverse("support_ask")).text

    request, _ = ask(site, language="ar")
    tick()
    assert seen_by_due_work(request).supporter_id == tom.pk
    assert ARABIC in at(tom).get(reverse("support_now")).text


def test_it_is_named_alike_everywhere(site: Site) -> None:
    tom = make_supporter(site, languages="ar,en")
    grace = signed_in(make_staff(site, Role.COORDINATOR))

    assert f"{ARABIC}, English" in grace.get(reverse("support_supporters")).text
    assert ARABIC in grace.get(reverse("support_supporter", args=[tom.pk])).text
    assert ARABIC in at(tom).get(reverse("support_me")).text


@pytest.mark.parametrize(("theirs", "asked"), [("ar,en", "en"), ("cy,ar", "ar"), ("cy", "cy")])
def test_a_talk_of_one_s_own_is_in_the_site_s_usual_language_where_it_can_be(
    site: Site, theirs: str, asked: str
) -> None:
    browser = at(make_supporter(site, languages=theirs))
    form = browser.get(reverse("support_debrief")).context["form"]
    browser.post(reverse("support_debrief"), {name: form[name].value() for name in form.fields})

    with working() as by:
        assert Request.objects.visible_to(by).get().language == asked


def test_a_supporter_keeps_the_site_s_order(site: Site) -> None:
    form = SupporterForm(site=site, units=[], initial={"languages": ["cy", "en"]})

    assert [code for code, _name in form.fields["languages"].choices] == ["en", "ar", "cy"]


def test_whoever_shares_no_language_with_the_site_is_told_of_it(site: Site) -> None:
    tom = make_supporter(site, languages="cy")
    grace = signed_in(make_staff(site, Role.COORDINATOR))
    none = "Speaks none of the languages that people here can choose. They are not called."

    assert none in words(grace.get(reverse("support_supporters")))
    assert "People here can choose none of your languages." in words(at(tom).get(reverse("support_now")))
    at(tom).post(reverse("support_me"), {"languages": ["cy", "en"], "profession": "nurse", "capacity": "2"})
    assert none not in words(grace.get(reverse("support_supporters")))
    assert "You are not called yet" not in words(at(tom).get(reverse("support_now")))


@pytest.mark.parametrize(("theirs", "counts"), [("cy", False), ("enm,hen", False), ("cy,ar", True), ("en,cy", True)])
def test_only_whoever_shares_a_language_with_the_site_is_cover(site: Site, theirs: str, counts: bool) -> None:
    """Whoever asks, the one who is called and the rota hear the same."""
    cache.clear()
    tom = make_supporter(site, languages=theirs)
    with working():
        make_shift(tom, clock.now() + timedelta(days=2))
    with asking_as() as by:
        now = on_call(by, site)
        assert (now.anybody, bool(listed(by, site))) == (counts, counts)
    with coordinating(make_staff(site, Role.COORDINATOR)) as by:
        week = rota.week(by, site, monday_of(clock.today(site.time_zone)))
    said = {line.on_call.note for day in week.days for line in day.lines if line.on_call}

    assert (week.covered > 0) is counts
    assert said == {"" if counts else "speaks no language that people here can choose"}
    request, _ = ask(site, language="ar" if "ar" in theirs else "en")
    tick()
    assert (seen_by_due_work(request).supporter is not None) is counts


def test_the_next_who_is_on_call_is_somebody_who_is_understood(site: Site) -> None:
    soon, later = (clock.now() + timedelta(days=days) for days in (1, 2))
    tom, ann = (make_supporter(site, languages=languages, on_call=False) for languages in ("cy", "en"))
    with working():
        make_shift(tom, soon)
        make_shift(ann, later)

    with asking_as() as by:
        assert on_call(by, site).starts_at == later


def test_a_language_that_the_site_takes_away_leaves_a_gap(site: Site) -> None:
    make_supporter(site, languages="ar")
    with asking_as() as by:
        assert on_call(by, site).anybody
    site.languages = "en"
    site.save()

    with asking_as() as by:
        assert not on_call(by, site).anybody


def test_more_than_can_be_kept_get_a_sentence(site: Site) -> None:
    site.languages = "en,ar,cy,da,de,el,es,et,fa,fi,fr,ga"
    site.save()
    tom = make_supporter(site, languages="zh-hans")
    grace = signed_in(make_staff(site, Role.COORDINATOR))
    said: dict[str, Any] = {
        "languages": [*site.languages.split(","), "zh-hans"],
        "profession": "nurse",
        "capacity": "2",
    }
    for answer in (
        at(tom).post(reverse("support_me"), said),
        grace.post(reverse("support_supporter", args=[tom.pk]), said),
    ):
        assert answer.status_code == 422
        assert "Choose at most 12 languages." in answer.text

    said["languages"] = site.languages.split(",")
    assert at(tom).post(reverse("support_me"), said).status_code == 302
