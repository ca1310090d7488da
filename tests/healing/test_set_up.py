"""The site's set-up: each part is checked, saved and recorded; what cannot be read is refused with a sentence."""

import struct
import zlib
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from healing import access
from healing.models import AuditEvent, Holiday, Site, User
from healing.roles import Role
from healing.set_up import png
from tests.factories.cases import as_role, make_site, make_staff, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(administrator: User) -> Client:
    return signed_in(administrator)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def picture(*extra: bytes, width: int = 2) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, 2, 8, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\x00" + b"\x2f\x5d\x62" * 2 + b"\x00" + b"\x2f\x5d\x62" * 2))
    return png.SIGNATURE + head + b"".join(extra) + pixels + chunk(b"IEND", b"")


COLOURS = {
    "colour_brand": "#2f5d62",
    "colour_link": "#1f5a8a",
    "colour_brand_dark": "#8fc1c0",
    "colour_link_dark": "#9cc9f0",
}


def look(**changes: Any) -> dict[str, Any]:
    return {"name": "Lakeside", "logo_text": ""} | COLOURS | changes


def said(response: Any) -> str:
    assert response.status_code == 422
    return response.content.decode()


def recorded() -> list[tuple[str, str]]:
    with as_role("healing_worker"), access.opened("worker") as worker:
        events = AuditEvent.objects.visible_to(worker).order_by("number")
        return [(event.verb, event.detail) for event in events]


def test_the_list_leads_to_every_part(office: Client) -> None:
    page = office.get(reverse("site_set_up")).content.decode()

    for name in PARTS:
        assert f'href="{reverse(f"site_{name}")}"' in page
        assert office.get(reverse(f"site_{name}")).status_code == 200


def test_a_new_name_is_on_every_page_and_recorded(office: Client, site: Site) -> None:
    office.post(reverse("site_look"), look(name="Harbour", colour_brand="#5b3f7a"))

    assert "Harbour" in Client().get("/help/").content.decode()
    assert "--brand: #5b3f7a" in Client().get(reverse("site_theme", args=[site.slug])).content.decode()
    assert recorded() == [("site.changed", "name"), ("site.changed", "colour_brand")]


def test_saving_what_is_there_changes_and_records_nothing(office: Client) -> None:
    office.post(reverse("site_look"), look())

    assert recorded() == []


@pytest.mark.parametrize(
    ("field", "colour", "words"),
    [
        ("colour_brand", "#8fc1c0", "Choose a stronger colour: #8fc1c0 has a contrast of"),
        ("colour_link", "#ffbf47", "words need 4.5 to 1"),
        ("colour_brand_dark", "#2f5d62", "words need 4.5 to 1"),
        ("colour_link_dark", "red", "Write the colour as # and six digits"),
        ("colour_brand", "#2f5d62;}body{display:none", "Write the colour as # and six digits"),
    ],
)
def test_a_colour_that_cannot_be_read_is_refused(
    field: str, colour: str, words: str, office: Client, site: Site
) -> None:
    page = said(office.post(reverse("site_look"), look(name="Harbour", **{field: colour})))

    site.refresh_from_db()
    assert words in page
    assert 'value="Harbour"' in page
    assert getattr(site, field) != colour


def test_a_logo_is_kept_without_what_it_tells_about_its_maker(office: Client, site: Site) -> None:
    told = chunk(b"tEXt", b"Author\x00Maria Lopez")

    office.post(reverse("site_look"), look(logo=SimpleUploadedFile("logo.png", picture(told)), logo_text="A lake"))
    served = Client().get(reverse("site_logo", args=[site.slug]))

    assert served.content == picture()
    assert served.headers["Content-Type"] == "image/png"
    assert reverse("site_logo", args=[site.slug]) in office.get(reverse("site_look")).content.decode()


def test_a_logo_can_be_taken_off(office: Client, site: Site) -> None:
    office.post(reverse("site_look"), look(logo=SimpleUploadedFile("logo.png", picture())))
    office.post(reverse("site_look"), look())
    assert Client().get(reverse("site_logo", args=[site.slug])).status_code == 200

    office.post(reverse("site_look"), look(without_logo="on"))

    assert Client().get(reverse("site_logo", args=[site.slug])).status_code == 404


NOT_A_LOGO = {
    "another kind": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "only the name": b"GIF89a",
    "cut short": picture()[:-5],
    "something after it": picture() + b"<script>alert(1)</script>",
    "a changed byte": picture()[:40] + b"x" + picture()[41:],
    "no pixels": png.SIGNATURE + chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0)) + chunk(b"IEND", b""),
    "far too large": picture(width=2**31 - 1),
    "a length that lies": png.SIGNATURE + struct.pack(">I", 2**31) + b"IHDR" + b"x" * 20,
}


@pytest.mark.parametrize("what", NOT_A_LOGO)
def test_what_is_no_png_is_refused(what: str, office: Client, site: Site) -> None:
    page = said(office.post(reverse("site_look"), look(logo=SimpleUploadedFile("logo.png", NOT_A_LOGO[what]))))

    site.refresh_from_db()
    assert "This is not a PNG picture" in page
    assert bytes(site.logo) == b""


def test_a_logo_over_100_kb_is_refused(office: Client) -> None:
    big = picture(chunk(b"tEXt", b"x" * 100 * 1024))

    assert "at most 100 KB" in said(office.post(reverse("site_look"), look(logo=SimpleUploadedFile("logo.png", big))))


def test_phone_and_crisis_lines_stand_on_every_page(office: Client) -> None:
    lines = "Emergency, any hour: 999\r\n\r\nNight line: 555 0199, from 20:00 to 08:00"
    office.post(reverse("site_reach"), {"phone": "555 0100", "crisis_lines": lines})

    page = Client().get("/help/").content.decode()

    assert 'Emergency, any hour: <a href="tel:999">' in page
    assert 'Night line: <a href="tel:5550199"><bdi>555 0199</bdi></a>, from 20:00 to 08:00</li>' in page


@pytest.mark.parametrize(
    "line", ["555 0199", "Night line", ": 555 0199", "Night line: at night", "Night line: 555 at night"]
)
def test_a_crisis_line_needs_a_name_and_a_number(line: str, office: Client) -> None:
    page = said(office.post(reverse("site_reach"), {"phone": "555", "crisis_lines": f"Emergency: 999\n{line}"}))

    assert f"This line has something else: {line}" in page


def test_time_zone_and_weekend(office: Client, site: Site) -> None:
    office.post(reverse("site_time"), {"time_zone": "Asia/Riyadh", "weekend": ["4", "5"], "languages": ["en"]})

    site.refresh_from_db()
    assert (site.time_zone, site.weekend, site.languages) == ("Asia/Riyadh", "4,5", "en")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"time_zone": "Mars/North"}, "Choose one of the answers"),
        ({"weekend": list("0123456")}, "Leave at least one day to work on."),
        ({"languages": []}, "Leave at least one language."),
    ],
)
def test_a_time_that_does_not_exist_is_refused(changes: dict[str, Any], words: str, office: Client) -> None:
    data = {"time_zone": "UTC", "weekend": ["5"], "languages": ["en"]} | changes

    assert words in said(office.post(reverse("site_time"), data))


def test_clocks_keep_only_what_differs_from_the_usual(office: Client, site: Site) -> None:
    form = office.get(reverse("site_clocks")).context["form"]

    office.post(reverse("site_clocks"), form.initial | {"update_interval": 7})

    site.refresh_from_db()
    assert site.clocks == {"update_interval": 7}
    assert site.clock("update_interval").days == 7
    assert site.clock("assessment_valid").days == 30


@pytest.mark.parametrize("amount", ["", "0", "-1", "soon", "10001"])
def test_a_clock_needs_a_number(amount: str, office: Client, site: Site) -> None:
    form = office.get(reverse("site_clocks")).context["form"]

    said(office.post(reverse("site_clocks"), form.initial | {"team_told": amount}))

    site.refresh_from_db()
    assert site.clocks == {}


@pytest.mark.parametrize(("years", "status"), [("1", 302), ("100", 302), ("0", 422), ("101", 422), ("", 422)])
def test_words_are_kept_for_some_years(years: str, status: int, office: Client) -> None:
    assert office.post(reverse("site_keeping"), {"retention_years": years}).status_code == status


def day(value: date, **more: Any) -> dict[str, Any]:
    return {"day_0": value.day, "day_1": value.month, "day_2": value.year} | more


def test_a_day_off_is_added_once_and_removed_on_a_page_of_its_own(office: Client, site: Site) -> None:
    for name in ("New Year", "New Year's Day"):
        office.post(reverse("site_holidays"), day(date(2027, 1, 1), name=name))
    holiday = Holiday.objects.get()
    assert holiday.name == "New Year's Day"

    page = office.get(reverse("site_holiday_remove", args=[holiday.pk]))
    assert Holiday.objects.exists()
    office.post(reverse("site_holiday_remove", args=[holiday.pk]))

    assert "Remove New Year&#x27;s Day?" in page.content.decode()
    assert not Holiday.objects.exists()
    assert [verb for verb, _ in recorded()] == ["site.holiday_added", "site.holiday_renamed", "site.holiday_removed"]


def test_another_site_s_day_off_is_not_there(office: Client) -> None:
    other = Holiday.objects.create(site=make_site(host="other.example"), day=date(2027, 1, 1), name="Theirs")

    assert office.post(reverse("site_holiday_remove", args=[other.pk])).status_code == 404
    assert Holiday.objects.exists()


def test_legal_notices_are_dated_and_stay(office: Client, site: Site) -> None:
    for year in (2026, 2027, 2027):
        since = {"valid_from_0": 1, "valid_from_1": 3, "valid_from_2": year}
        words = {"about": "cases", "jurisdiction": "Ontario", "text": f"Since {year}."}
        office.post(reverse("site_notices"), words | since)

    assert [notice.valid_from.year for notice in site.legal_notices.all()] == [2027, 2026]
    assert "No notices yet" not in office.get(reverse("site_notices")).content.decode()


def test_a_legal_notice_says_what_it_is_about(office: Client, site: Site) -> None:
    words = {"jurisdiction": "Ontario", "text": "Kept.", "valid_from_0": 1, "valid_from_1": 3, "valid_from_2": 2026}
    unsaid = office.post(reverse("site_notices"), words)
    for about in ("cases", "support"):
        office.post(reverse("site_notices"), words | {"about": about})
    page = office.get(reverse("site_notices")).content.decode()

    assert "Choose an answer." in unsaid.content.decode()
    assert sorted(site.legal_notices.values_list("about", flat=True)) == ["cases", "support"]
    assert all(f"{about}: Ontario" in page for about in ("Conversations", "Peer support"))


def test_empty_lists_say_what_to_do(office: Client) -> None:
    assert "No days off yet." in office.get(reverse("site_holidays")).content.decode()
    assert "No notices yet." in office.get(reverse("site_notices")).content.decode()


def test_the_days_off_ask_the_same_few_questions_however_many(office: Client, site: Site) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as queries:
            office.get(reverse("site_holidays"))
        return len(queries)

    Holiday.objects.create(site=site, day=date(2027, 1, 1), name="One")
    one = questions()
    Holiday.objects.bulk_create(Holiday(site=site, day=date(2028, 1, number), name="More") for number in range(1, 31))

    assert questions() == one


PARTS = ["look", "reach", "other_help", "address", "time", "clocks", "keeping", "holidays", "notices"]
PAGES = ["site_set_up", *(f"site_{part}" for part in PARTS)]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_nobody_else_sets_a_site_up(role: Role, site: Site) -> None:
    client = signed_in(make_staff(site, role))

    for name in PAGES:
        assert client.get(reverse(name)).status_code == 403
        assert client.post(reverse(name), look()).status_code == 403
    assert recorded() == []


def test_an_administrator_s_site_is_their_own_wherever_they_came_in(administrator: User, site: Site) -> None:
    """Another site answers at this address; what is changed is the one they look after."""
    first = make_site(name="Elsewhere", host="testserver")
    client = signed_in(administrator)

    client.post(reverse("site_look"), look(name="Ours"))

    first.refresh_from_db()
    site.refresh_from_db()
    assert (first.name, site.name) == ("Elsewhere", "Ours")
