"""Several sites on one server: each has an address of its own, and nobody can take another's."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from healing.models import Site, User
from healing.set_up import forms
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


@pytest.fixture
def first(site: Site) -> Site:
    """People find it at the usual address."""
    return make_site(name="Hillside", created_at=site.created_at - timedelta(days=1))


@pytest.mark.usefixtures("first")
def test_it_is_set_on_a_page_of_its_own(office: Client, site: Site) -> None:
    assert office.post(reverse("site_address"), {"host": " Peers.Lakeside.example "}).status_code == 302
    site.refresh_from_db()
    assert site.host == "peers.lakeside.example"
    assert "peers.lakeside.example" in office.get(reverse("site_set_up")).text


@pytest.mark.parametrize("kept", ["", "talk.example.org"])
def test_the_usual_address_is_written_down_or_left_empty(kept: str, office: Client, site: Site) -> None:
    for host in ("talk.example.org", "", kept):
        assert office.post(reverse("site_address"), {"host": host}).status_code == 302
        assert answering("talk.example.org") == site


@pytest.mark.parametrize("second", [False, True])
def test_who_is_found_at_the_usual_address_stays_there(second: bool, office: Client, site: Site) -> None:
    """Elsewise the printed address leads nowhere, or to another hospital."""
    if second:
        make_site(name="Hillside")
    answer = office.post(reverse("site_address"), {"host": "peers.lakeside.example"})

    assert answer.status_code == 422
    assert "People find this site at the server’s usual address. Leave this empty." in answer.text
    assert answering("talk.example.org") == site


def test_the_usual_address_is_not_left_to_another_site(first: Site, site: Site) -> None:
    Site.objects.filter(pk=site.pk).update(host="talk.example.org")
    site.refresh_from_db()

    for host, sentence in {"": "People would find Hillside at", "a.lakeside.example": "Keep it."}.items():
        with pytest.raises(ValidationError, match=sentence):
            clean_host(host, site)
    assert clean_host("a.lakeside.example", first) == "a.lakeside.example"


def test_the_first_site_is_made_where_people_are() -> None:
    with pytest.raises(ValidationError, match="Leave this empty"):
        clean_host("a.lakeside.example", None)
    assert [clean_host(host, None) for host in ("", "talk.example.org")] == ["", "talk.example.org"]


def test_a_site_that_left_can_come_back(site: Site) -> None:
    site.host = "a.lakeside.example"
    site.save()

    assert answering("talk.example.org") is None
    assert [clean_host(host, site) for host in ("", "talk.example.org")] == ["", "talk.example.org"]


def test_whose_the_usual_address_is_does_not_change_by_chance(site: Site) -> None:
    """Two made at the same moment: the one with the smaller id, in whatever order they are read."""
    twin = make_site(created_at=site.created_at)
    for one in (site, twin, site):
        one.save()
        assert answering("talk.example.org") == min(site, twin, key=lambda each: each.pk)


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


@pytest.mark.usefixtures("first")
def test_the_second_of_two_who_save_one_address(office: Client, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was free when they looked, and nothing of theirs is saved."""

    def free_until_now(typed: str, _site: Site) -> str:
        make_site(name="Seaside", host=typed)
        return typed

    monkeypatch.setattr(forms, "clean_host", free_until_now)
    answer = office.post(reverse("site_address"), {"host": "sea.lakeside.example"})

    assert answer.status_code == 409
    assert "People find Seaside at this address. Choose another one." in answer.text


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
