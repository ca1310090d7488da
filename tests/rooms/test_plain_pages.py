"""The pages around the rooms: start, help, privacy, accessibility, leaving, nothing here yet, and what went wrong."""

import re

import pytest
from django.conf import settings
from django.db import connection
from django.shortcuts import render

from tests.factories.cases import make_site, make_staff, signed_in
from tests.reading import grade, page_lines, sentences
from tests.rooms.test_consent import answer

PLAIN = ["start", "help", "privacy", "accessibility", "no_place_yet", "problem", "left"]


def test_there_are_three_ways_in(client, db):
    make_site()
    main = client.get("/").text.split("<main")[1]
    links = re.findall(r'<a class="govuk-link" href="([^"]+)">([^<]+)</a>', main)

    assert links[:3] == [
        ("/accounts/login/code/", "I am a patient or family"),
        ("/accounts/login/code/", "I work here, and I was part of it"),
        ("/accounts/login/", "I run conversations"),
    ]


@pytest.mark.parametrize("path", ["/", "/help/", "/privacy/", "/accessibility/", "/left/"])
def test_anybody_can_read_them_even_before_a_site_is_set_up(client, db, path):
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("name", PLAIN)
def test_they_are_easy_to_read(name):
    lines = page_lines((settings.BASE_DIR / f"templates/{name}.html").read_text())
    assert sum(map(len, sentences(lines))) < 12 or grade(lines) <= 6
    assert not [words for words in sentences(lines) if len(words) > 25]


def test_leaving_signs_out_and_says_nothing(maria):
    left = maria.client.post("/leave/", follow=True)
    assert left.redirect_chain == [("/left/", 302)]
    assert "Lakeside" not in left.text
    assert maria.get().status_code == 302


def test_somebody_without_a_place_is_told_what_to_do(db):
    site = make_site()
    page = signed_in(make_staff(site)).get("/home/")
    assert "There is nothing here for you yet." in page.text


def test_what_went_wrong_is_shown_without_asking_the_database(maria, monkeypatch):
    def refuse(*_):
        raise AssertionError("the page asked the database")

    def guarded(*args, **kwargs):
        with connection.execute_wrapper(refuse):
            return render(*args, **kwargs)

    answer(maria, "take-part", "declined")
    maria.get()
    monkeypatch.setattr("healing.pages.render", guarded)
    page = maria.post("consent/take-part/", {"decision": "withdrawn"})
    assert page.status_code == 409
    assert "There is no yes to take back here." in page.text
