"""Every id is there once, and whatever points to an id finds it."""

from collections import Counter
from html.parser import HTMLParser

import pytest

from tests.front import gallery

BARE = ("500", "left")  # need neither the database nor the rest of the house
POINTERS = ("aria-describedby", "aria-labelledby", "for", "form")
PAGES = [
    *("start", "hub", "question", "question-error", "form", "form-errors", "staff-form-errors", "check", "sent"),
    *("today", "case", "login", "login-error", "code-request", "code", "again", "logout"),
    "password-change",
    *("second-step", "second-steps", "totp", "codes", "passkeys", "no-passkeys", "passkey-add"),
    *BARE,
    *("400", "403", "403_csrf", "404", "429"),
]


class Reader(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: Counter[str] = Counter()
        self.wanted: set[str] = set()
        self.seen: list[tuple[str, dict]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = {name: value or "" for name, value in attrs}
        self.seen.append((tag, attrs))
        self.ids.update([attrs["id"]] if "id" in attrs else [])
        self.wanted |= {ref for name in POINTERS for ref in attrs.get(name, "").split()}
        if attrs.get("href", "").startswith("#"):
            self.wanted.add(attrs["href"][1:])

    def all(self, tag: str) -> list[dict]:
        return [attrs for name, attrs in self.seen if name == tag]


def test_every_page_is_looked_at():
    assert sorted(gallery.pages()) == sorted(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_ids_are_unique_and_found(pages, name):
    page = Reader(pages[name])

    assert [ident for ident, times in page.ids.items() if times > 1] == []
    assert page.wanted - page.ids.keys() == set()


@pytest.mark.parametrize("name", PAGES)
def test_page_has_one_heading_a_title_and_no_inline_code(pages, name):
    page = Reader(pages[name])

    assert len(page.all("h1")) == 1
    assert len(page.all("title")) == 1
    assert [attrs for _, attrs in page.seen if "style" in attrs or any(key.startswith("on") for key in attrs)] == []
    scripts = [attrs for attrs in page.all("script") if attrs.get("type") != "application/json"]
    assert [attrs for attrs in scripts if "src" not in attrs] == []


@pytest.mark.parametrize(("name", "start"), [("question", "Gallery"), ("question-error", "Error: Gallery")])
def test_title_says_when_something_is_missing(pages, name, start):
    assert f"<title>{start} – Lakeside Hospital</title>" in pages[name]


@pytest.mark.parametrize("name", [name for name in PAGES if name not in BARE])
def test_person_and_leaving_are_on_every_page(pages, name):
    assert "Talk to a person" in pages[name]
    assert "Leave this page" in pages[name]


@pytest.mark.parametrize("name", PAGES)
def test_no_asterisk_marks_a_question(pages, name):
    assert "*" not in pages[name]
