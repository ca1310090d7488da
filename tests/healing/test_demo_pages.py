"""The demo's own pages: sign-ins that work, the mail, and a clock that goes forward only."""

import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from healing import calendar, clock, ids, mail, urls
from healing.demo.seed.staff import make_places
from healing.models import LegalNotice, Site, User
from healing.roles import Role
from healing.sites import legal_notices
from tests.conftest import become
from tests.healing.people import ask_for_code, make_colleague, sign_in_by_password

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demo(settings: Any, tmp_path: Path) -> None:
    settings.DEMO, settings.DEMO_PASSWORD = True, "only-for-the-demo"
    settings.DEMO_CLOCK_FILE = tmp_path / "clock"
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    settings.ROOT_URLCONF = "tests.healing.demo_urls"


@pytest.fixture
def lead(site: Site) -> User:
    return make_colleague(site, Role.ADMINISTRATOR, email="admin@demo.example")


def text(client: Client, name: str, *args: Any) -> str:
    return client.get(reverse(name, args=args)).content.decode()


def test_each_place_shows_an_invented_notice_about_conversations_and_one_about_peer_support() -> None:
    become("healing_worker")
    for site in make_places().values():
        notices = [legal_notices(site, about) for about in LegalNotice.About.values]
        assert [len(of_a_kind) for of_a_kind in notices] == [1, 1]
        assert all("an invented notice" in one.text for of_a_kind in notices for one in of_a_kind)


def test_elsewhere_there_is_no_demo(browser: Client, site: Site, settings: Any) -> None:
    settings.ROOT_URLCONF = urls.__name__

    assert [browser.get(f"/demo/{page}").status_code for page in ("", "mail/", "clock/")] == [404, 404, 404]


def test_the_code_on_the_page_opens_the_second_step(browser: Client, lead: User) -> None:
    page = text(browser, "demo")
    code = re.search(r"admin@demo\.example.*?Second step:.*?(\d{6})", page, re.DOTALL)[1]

    sign_in_by_password(browser, lead.email)
    response = browser.post(reverse("mfa_authenticate"), {"code": code})

    assert "only-for-the-demo" in page
    assert response.url == reverse("home")


def test_only_the_demo_s_own_people_are_shown(browser: Client, site: Site) -> None:
    make_colleague(site, Role.LEAD, email="real@hospital.example")

    assert "real@hospital.example" not in text(browser, "demo")


def test_an_empty_demo_says_so(browser: Client, site: Site) -> None:
    assert "No second step yet" in text(browser, "demo")
    assert "No mail yet" in text(browser, "demo_mail")


def test_the_code_to_sign_in_lies_in_the_mail(browser: Client, site: Site, somebody: User) -> None:
    ask_for_code(browser, somebody.email)

    listed = text(browser, "demo_mail")
    link = re.search(r'href="(/demo/mail/\w+/)"', listed)[1]
    message = browser.get(link).content.decode()
    code = re.search(r"Your code is (\d{6})", message)[1]
    browser.post(reverse("account_confirm_login_code"), {"code": code})

    assert somebody.email in listed
    assert "_auth_user_id" in browser.session


def send(site: Site, to: str, **extra: Any) -> None:
    mail.hand_over(mail.build("message", subject="message", to=to, site=site, **extra), key=to)


def test_the_newest_message_is_on_top(browser: Client, site: Site, settings: Any) -> None:
    for number, to in enumerate(["first@x.example", "second@x.example", "third@x.example"]):
        send(site, to)
        [written] = settings.EMAIL_FILE_PATH.glob("2*.log")
        kept = written.rename(written.with_name(f"{to}.log"))
        os.utime(kept, (1_700_000_000 + number, 1_700_000_000 + number))

    listed = re.findall(r"\w+@x\.example", text(browser, "demo_mail"))

    assert listed == ["third@x.example", "second@x.example", "first@x.example"]


def test_several_messages_in_one_file_are_several(browser: Client, site: Site, settings: Any) -> None:
    for to in ("first@x.example", "second@x.example"):
        send(site, to)
    folder = settings.EMAIL_FILE_PATH
    together = b"".join(file.read_bytes() for file in folder.glob("*.log"))
    for file in folder.glob("*.log"):
        file.unlink()
    (folder / "one.log").write_bytes(together)

    assert len(re.findall(r"\w+@x\.example", text(browser, "demo_mail"))) == 2


def test_an_appointment_is_shown_as_text(browser: Client, site: Site) -> None:
    file = calendar.appointment(ids.new(), starts=clock.now(), minutes=60, zone="Europe/London")
    send(site, "maria@x.example", calendar=file)

    link = re.search(r'href="(/demo/mail/\w+/)"', text(browser, "demo_mail"))[1]
    page = browser.get(link).content.decode()
    shown = re.search(r"<pre>(.*?)</pre>", page, re.DOTALL)[1]

    assert Calendar.from_ical(shown).walk("VEVENT")[0]["SUMMARY"] == "Appointment"


@pytest.mark.parametrize("ident", ["nothing", "0" * 32, "..%2F..%2Fsecret"])
def test_a_message_that_is_not_there_is_not_there(ident: str, browser: Client, site: Site) -> None:
    assert browser.get(f"/demo/mail/{ident}/").status_code == 404


@pytest.mark.parametrize(("step", "hours"), [("hour", 1), ("day", 24), ("week", 7 * 24)])
def test_the_clock_is_moved_on(step: str, hours: int, browser: Client, site: Site) -> None:
    before = clock.now()

    browser.post(reverse("demo_clock"), {"step": step})
    browser.post(reverse("demo_clock"), {"step": step})

    assert timedelta(0) <= clock.now() - before - timedelta(hours=2 * hours) < timedelta(seconds=30)
    assert "The clock was moved on" in text(browser, "demo")


def test_looking_at_the_clock_does_not_move_it(browser: Client, site: Site) -> None:
    assert browser.get(reverse("demo_clock")).status_code == 405
    assert clock.demo_offset() == timedelta(0)


def test_the_clock_goes_to_the_next_thing_due(browser: Client, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    due = clock.now() + timedelta(days=3)
    monkeypatch.setattr("healing.demo.moving.next_due", lambda: due)

    browser.post(reverse("demo_clock"), {"step": "next"})

    assert due < clock.now() < due + timedelta(seconds=30)


def test_the_clock_stays_when_nothing_is_due(browser: Client, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("healing.demo.moving.next_due", lambda: None)

    browser.post(reverse("demo_clock"), {"step": "next"})

    assert clock.demo_offset() == timedelta(0)
    assert "Nothing is waiting" in text(browser, "demo")


def test_staff_without_a_second_step_can_read_the_demo_s_mail(site: Site, browser: Client) -> None:
    sam = make_colleague(site, Role.LEAD, app=False)
    browser.force_login(sam)

    assert browser.get(reverse("demo_mail")).status_code == 200
