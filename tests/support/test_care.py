"""Help for yourself: open to anybody, the same for everybody, with no trace in the browser, on a phone and on paper."""

import re
from datetime import date

import pytest
from django.urls import Resolver404, resolve, reverse

from healing.models import Site, User
from healing.pages import ANYONE
from healing.roles import Role
from support.actions import closing, giving
from tests.factories.cases import make_site, make_staff, signed_in
from tests.factories.peers import ask, make_supporter, supporting, tick
from tests.front.conftest import visit  # noqa: F401  # the browser
from tests.front.test_look import violations

CARE = ["support_care", "support_returning", "support_tiers", "support_leaders"]
EVERY_PAGE = pytest.mark.parametrize("name", CARE)
A4 = {"format": "A4", "margin": dict.fromkeys(("top", "right", "bottom", "left"), "12mm")}


@pytest.fixture
def site(db):
    return make_site(crisis_lines="Night line: 555 0199\nStaff help line: 555 0142\nTalk and listen: 555 0177")


@pytest.fixture
def pages(client, site):
    """What the browser is handed: each page as anybody gets it, and the one that leaving ends on."""
    shown = {reverse(name).lstrip("/"): client.get(reverse(name)).text for name in (*CARE, "left")}
    shown["left/?"] = shown["left/"]  # as a browser without scripts asks for it
    return {path: re.sub(r"<link[^>]+theme.css[^>]*>", "", text) for path, text in shown.items()}


@EVERY_PAGE
def test_anybody_can_open_it_and_the_browser_keeps_nothing(client, site, name):
    page = client.get(reverse(name))

    assert page.status_code == 200
    assert not client.cookies
    assert "no-store" in page["Cache-Control"]
    assert resolve(reverse(name)).func.view_class.who == ANYONE


@EVERY_PAGE
def test_it_is_the_same_whoever_is_signed_in(client, site, name):
    facilitator = signed_in(make_staff(site, Role.FACILITATOR))
    before = facilitator.cookies["session"].value
    page = facilitator.get(reverse(name))

    assert page.content == client.get(reverse(name)).content
    assert not page.cookies
    assert facilitator.cookies["session"].value == before


@EVERY_PAGE
def test_it_can_be_read_before_a_site_is_set_up(client, db, name):
    assert client.get(reverse(name)).status_code == 200


@EVERY_PAGE
def test_its_links_lead_to_pages_that_exist(client, site, name):
    links = re.findall(r'(?:href|action)="(/[^"]*)"', client.get(reverse(name)).text)
    missing = []
    for link in links:
        try:
            resolve(link)
        except Resolver404:
            missing.append(link)

    assert len(links) > 5
    assert [link for link in missing if not link.startswith(("/static/", "/site/"))] == []


@EVERY_PAGE
def test_it_leads_to_the_others_and_says_where_its_words_come_from(client, site, name):
    main = client.get(reverse(name)).text.split("<main")[1].split("</main")[0]

    assert [other for other in CARE if f'href="{reverse(other)}"' not in main] == [name]
    assert "Where this comes from:" in main


@pytest.mark.parametrize("name", ["support_care", "support_tiers"])
def test_the_numbers_to_ring_are_in_the_page_itself(client, site, name):
    main = client.get(reverse(name)).text.split("<main")[1].split("</main")[0]

    assert re.findall(r'href="tel:(\d+)"', main)[:2] == ["5550199", "5550142"]


@pytest.mark.parametrize("name", ["support_care", "support_returning", "support_tiers"])
def test_asking_admits_nothing(client, site, name):
    assert "Asking for support is not an admission of anything." in client.get(reverse(name)).text


@pytest.mark.parametrize("name", ["support_care", "support_returning", "support_tiers"])
def test_other_help_is_there_with_the_day_it_was_checked(client, site, name):
    without = client.get(reverse(name)).text
    write_down(site)
    shown = client.get(reverse(name)).text.split("<main")[1].split("</main")[0]

    assert "Checked on" not in without
    assert "Other help for staff" not in without
    assert '<a class="govuk-link" href="tel:5550143"><bdi>555 0143</bdi></a><br>weekdays 9 to 17, free</li>' in shown
    assert "<strong>Chaplain</strong><br>quiet room on floor 2</li>" in shown
    assert "Checked on 3 March 2026." in shown


def write_down(site):
    lines = "Staff counselling: 555 0143, weekdays 9 to 17, free\nChaplain: quiet room on floor 2"
    Site.objects.filter(pk=site.pk).update(other_help=lines, other_help_checked_on=date(2026, 3, 3))


@pytest.fixture
def supporter(site):
    return make_supporter(site)


@pytest.fixture
def accepted(site):
    """A request with its reply words, and the supporter who said yes."""
    supporter = make_supporter(site)
    request, words = ask(site)
    tick()
    with supporting(supporter) as by:
        giving.accept(by=by, request=request)
    return request, words, supporter


def test_whoever_points_to_other_help_sees_the_way_there(site, accepted):
    request, _words, supporter = accepted
    page = reverse("support_refer_on", args=[request.pk])
    client = signed_in(User.objects.get(pk=supporter.user_id))
    without = client.get(page).text
    write_down(site)

    assert "The way there" not in without
    assert "quiet room on floor 2" in client.get(page).text


def test_whoever_asked_sees_it_when_their_request_has_ended(client, site, accepted):
    request, words, supporter = accepted
    write_down(site)
    before = client.post(reverse("support_reply"), {"words": words}).text
    with supporting(supporter) as by:
        closing.close(by=by, request=request, outcome="supported")
    ended = client.post(reverse("support_reply"), {"words": words}).text

    assert "quiet room on floor 2" not in before
    assert "You can also go to one of these, without asking anyone:" in ended
    assert "quiet room on floor 2" in ended


@pytest.mark.parametrize("name", ["support_care", "support_returning"])
def test_a_long_page_begins_with_links_to_its_parts(client, site, name):
    write_down(site)
    main = client.get(reverse(name)).text.split("<main")[1].split("</main")[0]
    parts = re.findall(r'<h2 [^>]*id="([^"]+)"', main.split("jump-links")[1])

    assert re.findall(r'href="#([^"]+)"', main) == [part for part in parts if part != "read-on"]
    assert len(parts) > 6


def test_the_three_kinds_begin_with_links_to_each_and_to_whom_to_ring(client, site):
    main = client.get(reverse("support_tiers")).text.split("<main")[1].split("</main")[0]
    links = re.findall(r'href="#([^"]+)"', main)

    assert links == ["ring", "tier-1", "tier-2", "tier-3"]
    assert all(f'id="{link}"' in main for link in links)


@pytest.mark.parametrize("name", ["support_care", "support_tiers"])
def test_the_emergency_number_is_not_said_twice(client, site, name):
    said = "ring your local emergency number first"
    without = client.get(reverse(name)).text
    Site.objects.update(crisis_lines="If life is in danger: 999\nNight line: 555 0199")

    assert said in without
    assert said not in client.get(reverse(name)).text


@EVERY_PAGE
def test_it_has_no_barrier_on_a_phone_at_night(visit, name):  # noqa: F811
    seen = visit(reverse(name).lstrip("/"), width=320, color_scheme="dark")

    assert violations(seen.page) == []
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= 320
    assert seen.troubles == []


@pytest.mark.parametrize("javascript", [True, False])
def test_leaving_takes_the_page_away_and_sends_nothing(visit, javascript):  # noqa: F811
    seen = visit(reverse("support_care").lstrip("/"), java_script_enabled=javascript)
    seen.page.get_by_role("button", name="Leave this page").click()
    seen.page.wait_for_url(re.compile(r"/left/\??$"))

    assert seen.page.get_by_role("heading").all_inner_texts() == ["New page"]
    assert seen.posts == []
    if javascript:
        assert seen.page.evaluate("history.length") == 2  # the empty tab, and this one in the page's place


@EVERY_PAGE
def test_it_prints_its_words_and_no_way_to_press(visit, name):  # noqa: F811
    seen = visit(reverse(name).lstrip("/"), width=1280)
    seen.page.emulate_media(media="print")

    assert seen.page.get_by_role("heading", level=1).is_visible()
    assert seen.page.locator(".nav, .header form, .read-on, .govuk-button").filter(visible=True).count() == 0
    assert seen.page.get_by_text("Night line").last.is_visible()


def test_the_sheet_for_leaders_is_one_sheet(visit):  # noqa: F811
    seen = visit(reverse("support_leaders").lstrip("/"), width=1280)

    assert len(re.findall(rb"/Type\s*/Page\b", seen.page.pdf(**A4))) == 1
    assert seen.page.locator(".pen-list:not(.pen-list--no) li").count() == 20
    assert seen.page.locator("input").count() == 0
