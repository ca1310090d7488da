"""A real installation begins with one command: a site, and somebody who can look after it."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from healing import access, due
from healing.management.commands import add_site
from healing.models import Due, Membership, Site, User
from tests.healing.people import sign_in_by_code
from tests.mail_sink import listening

ROOT = Path(__file__).parents[2]
GIVEN = {"phone": "555 0100", "administrator": "Ada@Hospital.example", "time_zone": "Europe/London"}
LINES = ["Night line: 555 0199"]

pytestmark = pytest.mark.usefixtures("as_worker")


def add(slug: str = "lakeside", name: str = "Lakeside", **changes: Any) -> str:
    said = io.StringIO()
    call_command("add_site", slug, name, stdout=said, **GIVEN | {"crisis_lines": LINES} | changes)
    return said.getvalue()


def there() -> tuple[int, int, int, int]:
    with access.opened("worker") as worker:
        dues = Due.objects.visible_to(worker).filter(kind="account.welcome").count()
        roles = Membership.objects.visible_to(worker).count()
    return Site.objects.count(), User.objects.count(), roles, dues


def test_a_site_and_its_administrator_who_is_written_to(settings: Any) -> None:
    said = add()
    site = Site.objects.get()
    with listening(settings) as sink:
        due.tick()

    assert (site.slug, site.name, site.phone, site.time_zone) == ("lakeside", "Lakeside", "555 0100", "Europe/London")
    assert site.crisis_lines == "Night line: 555 0199"
    assert said.startswith("Lakeside is there. ada@hospital.example gets a message with a link to sign in.\n\nStill to")
    assert [letter["To"] for letter in sink.letters] == ["ada@hospital.example"]


def test_the_administrator_can_sign_in(client: Client) -> None:
    add()
    sign_in_by_code(client, "ada@hospital.example")

    assert client.get(reverse("home"), follow=True).status_code == 200
    with access.opened("user", User.objects.get().pk) as ada:
        assert [role.value for _, role in ada.roles] == ["admin"]


def test_twice_changes_nothing() -> None:
    add()

    assert add() == "The site and its administrator are there already. Nothing was changed.\n"
    assert there() == (1, 1, 1, 1)


def test_a_second_site_gets_an_address_of_its_own(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    add()
    no_way = "Its public pages have no address yet: set one under Set-up, Address of the pages.\n"
    assert no_way in add("hillside", "Hillside")
    for _twice in range(2):
        said = add("seaside", "Seaside", host="Seaside.example.org")

    assert no_way not in said
    assert Site.objects.get(slug="seaside").host == "seaside.example.org"
    with pytest.raises(CommandError, match="host: People find Seaside at this address. Choose another one."):
        add("riverside", "Riverside", host="seaside.example.org")


def test_it_says_what_is_still_to_do_before_the_first_request() -> None:
    steps = add(crisis_lines=[]).split("Still to do before the first request for a peer:\n")[1].splitlines()

    assert [step.split(":")[0] for step in steps] == [
        "1. Administrator, Set-up, How to reach you",
        "2. Administrator, Set-up, Legal notices",
        "3. Administrator, Set-up, Other help for staff",
        "4. Administrator, People and roles",
        "5. Coordinator, Supporters",
        "6. Each supporter, About me",
        "7. Coordinator, Rota",
        "8. Coordinator, Units and posters",
    ]


def test_with_crisis_lines_they_are_not_to_do() -> None:
    said = add()

    assert "crisis lines" not in said
    assert "1. Administrator, Set-up, Legal notices: write one about peer support.\n" in said


def test_the_readme_names_the_same_places_in_the_same_order() -> None:
    readme = " ".join((ROOT / "README.md").read_text().split())
    places = [step.split(":")[0].split(", ", 1)[1] for step in (add_site.NO_CRISIS_LINE, *add_site.TO_DO)]
    named = [readme.find(", ".join(f"*{part}*" for part in place.split(", "))) for place in places]

    assert -1 not in named
    assert named == sorted(named)


def test_the_first_site_is_where_people_are(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    with pytest.raises(CommandError, match="host: People find this site at the server’s usual address. Leave this em"):
        add(host="lakeside.example.org")

    assert there() == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": "Hillside"}, "The short name lakeside is taken by Lakeside. Choose another one."),
        ({"administrator": "bo@hospital.example"}, "Lakeside has another administrator, who can add bo@hospital"),
        ({"slug": "lake side"}, "'lake side' cannot be a short name."),
        ({"slug": "l" * 51}, "A short name has at most 50 characters"),
        ({"slug": "hillside", "name": " "}, "A short name has at most 50 characters, a name 1 to 120."),
        ({"slug": "hillside", "time_zone": "London"}, "'London' is not a time zone. Write it as Europe/London."),
        ({"slug": "hillside", "administrator": "ada"}, "'ada' is not an email address."),
        ({"slug": "hillside", "phone": "5" * 41}, "phone: Ensure this value has at most 40 characters"),
        ({"slug": "hillside", "host": "hillside.org:80"}, "host: Write the name alone, like lakeside.example.org"),
        ({"slug": "hillside", "host": "hillside.org"}, "host: The server does not answer at this address yet."),
        ({"slug": "hillside", "crisis_lines": ["Night line"]}, "crisis_lines: Write a name, a colon and a number."),
    ],
)
def test_what_cannot_be_used_gets_a_sentence_and_changes_nothing(changes: dict[str, Any], sentence: str) -> None:
    add()

    with pytest.raises(CommandError) as raised:
        add(**changes)
    assert str(raised.value).startswith(sentence)
    assert there() == (1, 1, 1, 1)
