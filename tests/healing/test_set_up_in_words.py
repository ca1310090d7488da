"""The list of a site's parts says what stands in each, and what is still missing; its clocks stand in groups."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from healing import clock
from healing.clocks import CLOCKS
from healing.models import Holiday, LegalNotice, Site, User
from healing.set_up.forms import CLOCK_GROUPS
from tests.factories.cases import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(administrator: User) -> Client:
    return signed_in(administrator)


def parts(office: Client) -> dict[str, str]:
    rows = office.get(reverse("site_set_up")).context["rows"]
    return {str(row["key"]): row["value"] for row in rows}


def test_a_new_site_is_told_what_is_missing(office: Client, site: Site) -> None:
    Site.objects.filter(pk=site.pk).update(crisis_lines="", phone="555 0100")

    assert parts(office) == {
        "Name and look": "Lakeside",
        "How to reach you": "555 0100\nNo crisis line yet",
        "Other help for staff": "None yet",
        "Address of the pages": "",
        "Time and languages": "UTC",
        "Days off": "None to come",
        "Legal notices": "About conversations: none yet\nAbout peer support: none yet",
        "How long words are kept": "10 years",
        "Clocks": "As usual",
    }


def test_what_is_there_is_said_in_words(office: Client, site: Site) -> None:
    today = clock.today(site.time_zone)
    Site.objects.filter(pk=site.pk).update(
        crisis_lines="Emergency: 999\n\nNight line: 555 0199",
        other_help="Chaplain: quiet room",
        other_help_checked_on=today,
        clocks={"peer_answer": 5, "team_told": 20},
        retention_years=1,
    )
    Holiday.objects.create(site=site, day=today - timedelta(days=1), name="Over")
    Holiday.objects.create(site=site, day=today, name="Today")
    for about in ("cases", "cases", "support"):
        LegalNotice.objects.create(site=site, jurisdiction="Ontario", text="Kept.", valid_from=today, about=about)
    said = parts(office)

    assert said["How to reach you"] == "555 0100\n2 crisis lines"
    assert said["Other help for staff"].startswith("1 line\nChecked on ")
    assert said["Days off"] == "1 day to come"
    assert said["Legal notices"] == "About conversations: 2\nAbout peer support: 1"
    assert said["How long words are kept"] == "1 year"
    assert said["Clocks"] == "2 changed, the rest as usual"


def test_a_notice_about_conversations_does_not_stand_in_for_one_about_peer_support(office: Client, site: Site) -> None:
    today = clock.today(site.time_zone)
    LegalNotice.objects.create(site=site, jurisdiction="Ontario", text="Kept.", valid_from=today, about="cases")

    assert parts(office)["Legal notices"] == "About conversations: 1\nAbout peer support: none yet"


def test_each_clock_stands_in_one_group() -> None:
    assert sorted(name for _title, names in CLOCK_GROUPS for name in names) == sorted(CLOCKS)


def test_the_clocks_are_grouped_and_say_what_is_shown_to_whom(office: Client) -> None:
    page: Any = office.get(reverse("site_clocks")).content.decode()

    headings = re.findall(r'<h2 class="govuk-fieldset__heading">([^<]+)</h2>', page)
    assert headings == ["After harm", "Before a conversation", "After a conversation", "Peer support"]
    assert "In peer support, whoever asks reads how soon a call is returned." in page
    assert "In minutes. Usual: 30." in page
    assert "Source" not in page
    assert "our default" not in page
