"""Several sites on one server: each has an address of its own, and nobody can take another's."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from healing.models import Site, User
from healing.set_up.addresses import clean_host
from healing.sites import answering, is_reached, typed_host
from tests.factories.cases import make_site, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _served(settings: Any) -> None:
    settings.BASE_URL = "https://Talk.example.org"
    settings.ALLOWED_HOSTS = ["testserver", "talk.example.org", ".lakeside.example"]


@pytest.fixture
def office(administrator: User) -> Client:
    return signed_in(administrator)


def test_it_is_set_on_a_page_of_its_own(office: Client, site: Site) -> None:
    assert office.post(reverse("site_address"), {"host": " Peers.Lakeside.example "}).status_code == 302
    site.refresh_from_db()
    assert site.host == "peers.lakeside.example"
    assert "peers.lakeside.example" in office.get(reverse("site_set_up")).text

    assert office.post(reverse("site_address"), {"host": ""}).status_code == 302
    site.refresh_from_db()
    assert site.host == ""


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        *((typed, "Write the name alone") for typed in ("https://a.lakeside.example", "a.lakeside.example:8443")),
        *(
            (typed, "Write the name alone")
            for typed in ("a.lakeside.example/s", "a b.example", "-a.example", "lakeside")
        ),
        ("b.example", "The server does not answer at this address yet. Add it to ALLOWED_HOSTS first."),
    ],
)
def test_what_is_no_address_here_gets_a_sentence(office: Client, site: Site, typed: str, sentence: str) -> None:
    answer = office.post(reverse("site_address"), {"host": typed})

    assert answer.status_code == 422
    assert sentence in answer.text
    site.refresh_from_db()
    assert site.host == ""


def test_nobody_takes_another_s_address(site: Site) -> None:
    """Neither one that was given, nor the usual one where the first site is found."""
    other = make_site(name="Hillside", host="hill.lakeside.example")

    with pytest.raises(ValidationError, match="People find"):
        clean_host("HILL.lakeside.example", site)
    with pytest.raises(ValidationError, match="People find"):
        clean_host("talk.example.org", other)
    with pytest.raises(ValidationError, match="This site needs one of its own"):
        clean_host("", other)
    assert clean_host("hill.lakeside.example", other) == other.host
    assert clean_host("talk.example.org", site) == "talk.example.org"
    with pytest.raises(IntegrityError), transaction.atomic():
        Site.objects.filter(pk=site.pk).update(host=other.host)


def test_where_people_land(site: Site, settings: Any) -> None:
    second = make_site()
    third = make_site(host="third.lakeside.example")

    assert answering("THIRD.lakeside.example") == third
    assert answering("anything.example") == site
    assert [is_reached(one) for one in (site, second, third)] == [True, False, True]
    assert typed_host(third) == "third.lakeside.example"
    settings.BASE_URL = "http://localhost:8123"
    assert typed_host(third) == "third.lakeside.example:8123"
    assert typed_host(site) == "localhost:8123"
