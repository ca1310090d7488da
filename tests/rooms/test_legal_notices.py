"""What the law protects and what it does not, where somebody is about to write something down."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from healing import clock
from healing.models import LegalNotice, Site
from healing.sites import legal_notices
from tests.factories.cases import make_site

QUIETLY = "What stays private here, and what does not"


def write(site: Site, jurisdiction: str, text: str, days: int) -> None:
    day = clock.today(site.time_zone) + timedelta(days=days)
    LegalNotice.objects.create(site=site, jurisdiction=jurisdiction, text=text, valid_from=day)


@pytest.fixture
def notices(house: SimpleNamespace) -> None:
    write(house.site, "Ontario", "Until yesterday.", -30)
    write(house.site, "Ontario", "Since today.", 0)
    write(house.site, "Ontario", "From tomorrow.", 1)
    write(house.site, "Quebec", "Here too.", -30)
    write(make_site(host="other.example"), "Ohio", "Elsewhere.", -30)


@pytest.mark.usefixtures("notices")
def test_the_newest_of_each_place_that_is_valid_today(house: SimpleNamespace) -> None:
    assert [notice.text for notice in legal_notices(house.site)] == ["Since today.", "Here too."]


@pytest.mark.usefixtures("notices")
@pytest.mark.parametrize("path", ["/privacy/", "words/", "check-in/"])
def test_they_stand_where_somebody_is_about_to_write(maria: SimpleNamespace, path: str) -> None:
    shown = read(maria, path)

    assert QUIETLY in shown
    for text, is_shown in {"Since today.": 1, "Here too.": 1, "Until": 0, "From tomorrow": 0, "Elsewhere": 0}.items():
        assert (text in shown) == bool(is_shown), text


@pytest.mark.parametrize("path", ["/privacy/", "words/", "check-in/"])
def test_without_a_notice_nothing_is_said(maria: SimpleNamespace, path: str) -> None:
    assert QUIETLY not in read(maria, path)


def read(person: SimpleNamespace, path: str) -> Any:
    return (person.client.get(path) if path.startswith("/") else person.get(path)).text
