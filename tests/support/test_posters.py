"""A poster for each ward: read by a phone and by somebody in the corridor, one sheet of A4 each."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from healing.roles import Role
from support.models import Unit
from tests.factories.cases import make_site, make_staff, signed_in
from tests.factories.peers import make_unit, working
from tests.front.conftest import visit  # noqa: F401  # the browser
from tests.front.test_look import violations
from tests.reading import grade
from tests.support.coordinating import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Any:
    return make_site()


@pytest.fixture
def grace(site: Any) -> Client:
    return signed_in(make_staff(site, Role.COORDINATOR))


def posters(page: Any) -> list[str]:
    return re.findall(r"<article.*?</article>", page.text, re.DOTALL)


def test_a_poster_says_the_ward_and_the_short_address(grace: Client, site: Any, settings: Any) -> None:
    settings.BASE_URL = "https://talk.example.org"
    unit = make_unit(site, "Ward 4")
    page = grace.get(reverse("support_poster", args=[unit.pk]))
    said = words(page)

    assert len(posters(page)) == 1
    assert "Ward 4" in said
    assert "talk.example.org /s/ward-4 " in said
    assert 'aria-label="Code for a phone. It opens https://talk.example.org/s/ward-4/"' in page.text
    assert "Your manager is not told." in said
    assert "555 0199" in said


def test_a_site_with_its_own_address_is_where_its_posters_lead(grace: Client, site: Any, settings: Any) -> None:
    settings.BASE_URL = "https://talk.example.org"
    settings.ALLOWED_HOSTS = ["*"]
    unit = make_unit(site, "Ward 4")
    site.host = "lakeside.example.org"
    site.save()
    page = grace.get(reverse("support_poster", args=[unit.pk]), headers={"host": "lakeside.example.org"})

    assert "It opens https://lakeside.example.org/s/ward-4/" in page.text


def test_where_people_would_land_at_another_site_no_address_is_printed(settings: Any) -> None:
    settings.BASE_URL = "https://talk.example.org"
    settings.ALLOWED_HOSTS = ["*"]
    make_site(name="The first")
    second = make_site(name="The second")
    unit = make_unit(second, "Ward 4")
    grace = signed_in(make_staff(second, Role.COORDINATOR))
    urls = [reverse("support_posters"), reverse("support_poster", args=[unit.pk]), reverse("support_units")]
    for url in urls:
        page = grace.get(url)
        assert "Ask the administrator to give this site an address of its own." in words(page)
        assert "/s/ward-4" not in page.text
        assert posters(page) == []
    assert reverse("support_posters") not in page.text

    second.host = "second.example.org"
    second.save()
    assert "https://second.example.org/s/ward-4/" in grace.get(urls[0]).text
    assert "/s/ward-4/" in grace.get(urls[2]).text


def test_every_open_ward_has_one_and_no_other_site_s(grace: Client, site: Any) -> None:
    make_unit(site, "Ward 4")
    make_unit(site, "Ward 5")
    closed = make_unit(site, "Ward 6")
    other = make_unit(make_site(), "Elsewhere")
    with working() as by:
        Unit.objects.visible_to(by).filter(pk=closed.pk).update(closed_on="2026-01-01")
    page = grace.get(reverse("support_posters"))

    assert len(posters(page)) == 2
    assert "Ward 6" not in page.text
    assert grace.get(reverse("support_poster", args=[other.pk])).status_code == 404


def test_without_a_ward_the_page_says_what_to_do(grace: Client) -> None:
    assert "Add a ward first." in words(grace.get(reverse("support_posters")))


def test_it_is_easy_to_read(grace: Client, site: Any) -> None:
    make_unit(site, "Ward 4")
    items = re.findall(r"<li>(.*?)</li>|<h2[^>]*>(.*?)</h2>", posters(grace.get(reverse("support_posters")))[0])

    assert grade([a or b for a, b in items]) <= 6


@pytest.fixture
def pages(grace: Client, site: Any) -> dict[str, str]:
    """What the browser is handed."""
    for name in ("Ward 4", "Short stay and day surgery for children, second floor", "Emergency"):
        make_unit(site, name)
    return {"posters": re.sub(r"<link[^>]+theme.css[^>]*>", "", grace.get(reverse("support_posters")).text)}


def test_each_poster_is_one_sheet_of_paper(visit: Any) -> None:  # noqa: F811
    """Printed for real: no empty sheet before, between or after, and nothing of the page around it."""
    page = visit("posters", width=1280).page

    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 3
    page.emulate_media(media="print")
    assert not page.locator(".header, .nav, .footer, .page-header").locator("visible=true").count()


def test_a_poster_is_black_on_white_and_fits_a_phone_also_in_the_dark(visit: Any) -> None:  # noqa: F811
    page = visit("posters", color_scheme="dark").page

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert (
        page.locator(".poster").first.evaluate("one => getComputedStyle(one).backgroundColor") == "rgb(255, 255, 255)"
    )
    assert violations(page) == []
