"""What the law protects and what it does not, where somebody is about to write something down."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError

from healing import clock
from healing.models import LegalNotice, Site
from healing.sites import legal_notices
from tests.factories.cases import make_site

QUIETLY = "What stays private here, and what does not"


def write(site: Site, jurisdiction: str, text: str, days: int, about: str = "cases") -> None:
    day = clock.today(site.time_zone) + timedelta(days=days)
    LegalNotice.objects.create(site=site, jurisdiction=jurisdiction, text=text, valid_from=day, about=about)


@pytest.fixture
def notices(house: SimpleNamespace) -> None:
    write(house.site, "Ontario", "Until yesterday.", -30)
    write(house.site, "Ontario", "Since today.", 0)
    write(house.site, "Ontario", "From tomorrow.", 1)
    write(house.site, "Quebec", "Here too.", -30)
    write(house.site, "Ontario", "Of peers, once.", -30, "support")
    write(house.site, "Ontario", "Of peers, since today.", 0, "support")
    write(make_site(host="other.example"), "Ohio", "Elsewhere.", -30)


@pytest.mark.usefixtures("notices")
def test_the_newest_of_each_place_that_is_valid_today(house: SimpleNamespace) -> None:
    assert [notice.text for notice in legal_notices(house.site)] == ["Since today.", "Here too."]
    assert [notice.text for notice in legal_notices(house.site, about="support")] == ["Of peers, since today."]


def test_a_notice_is_about_one_of_the_two(house: SimpleNamespace) -> None:
    with pytest.raises(IntegrityError, match="legal_notice_about_is_known"):
        write(house.site, "Ontario", "Of something else.", 0, "meals")


@pytest.mark.usefixtures("notices")
@pytest.mark.parametrize("path", ["/privacy/", "words/", "check-in/"])
def test_they_stand_where_somebody_is_about_to_write(maria: SimpleNamespace, path: str) -> None:
    shown = read(maria, path)

    assert QUIETLY in shown
    assert all(text in shown for text in ("Since today.", "Here too."))
    assert not [text for text in ("Until", "From tomorrow", "Elsewhere", "Of peers") if text in shown]


@pytest.mark.parametrize("path", ["/privacy/", "words/", "check-in/"])
def test_without_a_notice_nothing_is_said(maria: SimpleNamespace, path: str) -> None:
    assert QUIETLY not in read(maria, path)


def read(person: SimpleNamespace, path: str) -> Any:
    return (person.client.get(path) if path.startswith("/") else person.get(path)).text
