"""The languages in which people can be supported: chosen in the set-up, named in one way, never too many."""

import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from healing import languages
from healing.models import Site, User
from support.models import Supporter
from tests.factories.cases import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(administrator: User) -> Client:
    return signed_in(administrator)


def save(office: Client, spoken: list[str], added: str = "") -> Any:
    said = {"time_zone": "UTC", "weekend": ["5"], "languages": spoken, "add_language": added}
    return office.post(reverse("site_time"), said)


def spoken(site: Site) -> str:
    site.refresh_from_db()
    return site.languages


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("en", "English"),
        ("fr", "Français (French)"),
        ("ar", "العربيّة (Arabic)"),
        ("zh-hans", "简体中文 (Simplified Chinese)"),
        ("xx", "xx"),
    ],
)
def test_a_language_has_its_own_name_first(code: str, name: str) -> None:
    assert languages.language_name(code) == name
    assert re.sub("<[^>]+>", "", languages.language_label(code)) == name


def test_its_own_name_is_read_aloud_in_it() -> None:
    assert languages.language_label("ar") == '<bdi lang="ar" dir="rtl">العربيّة</bdi> (Arabic)'


def test_what_is_offered_has_no_regions() -> None:
    codes = [code for code, _name in languages.all_languages()]

    assert {"ar", "pt", "uk", "zh-hans", "zh-hant"} <= set(codes)
    assert {"pt-br", "en-gb", "zh-cn"}.isdisjoint(codes)


def test_as_many_as_can_be_chosen_fit_where_they_are_kept() -> None:
    longest = sorted((code for code, _name in languages.all_languages()), key=len)[-languages.MOST :]
    room = max(map(len, longest)) * languages.MOST + languages.MOST - 1

    assert room <= Site._meta.get_field("languages").max_length
    assert room <= Supporter._meta.get_field("languages").max_length
    with pytest.raises(ValidationError):
        languages.joined([*longest, "xx"])


def test_a_language_is_added_at_the_end_and_the_usual_one_stays_first(office: Client, site: Site) -> None:
    assert save(office, ["en"], "uk").status_code == 302
    assert save(office, ["en", "uk"], "ar").status_code == 302
    assert spoken(site) == "en,uk,ar"

    page = office.get(reverse("site_time")).text
    boxes = re.findall(r'name="languages" type="checkbox" value="([a-z-]+)"( checked)?', page)
    assert boxes == [("en", " checked"), ("uk", " checked"), ("ar", " checked")]
    assert page.count("The usual one, where nobody chooses.") == 1
    assert '<option value="" selected>No other</option>' in page
    assert '<option value="de">Deutsch (German)</option>' in page


def test_pressed_twice_adds_it_once(office: Client, site: Site) -> None:
    for _twice in range(2):
        assert save(office, ["en"], "uk").status_code == 302
    assert spoken(site) == "en,uk"


def test_one_can_be_left_out_or_moved_to_the_end_and_one_stays(office: Client, site: Site) -> None:
    Site.objects.filter(pk=site.pk).update(languages="en,uk,ar")
    save(office, ["en", "ar"])
    assert spoken(site) == "en,ar"
    save(office, ["ar"], "en")
    assert spoken(site) == "ar,en"
    save(office, [], "cy")
    assert spoken(site) == "cy"

    assert "Leave at least one language." in save(office, []).text
    assert spoken(site) == "cy"


def test_too_many_get_a_sentence(office: Client, site: Site) -> None:
    full = [code for code, _name in languages.all_languages()][: languages.MOST]
    Site.objects.filter(pk=site.pk).update(languages=",".join(full))
    answer = save(office, full, "zh-hant")

    assert answer.status_code == 422
    assert "Choose at most 12 languages." in answer.text
    assert spoken(site) == ",".join(full)


@pytest.mark.parametrize(("theirs", "which"), [("uk,en", "en"), ("uk,ar", "ar"), ("cy", "cy"), ("cy,fr", "cy")])
def test_a_shared_language_is_the_site_s_usual_one_where_it_can_be(theirs: str, which: str) -> None:
    assert languages.best_shared("en,ar,uk", theirs) == which
