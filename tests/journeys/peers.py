"""What people do in peer support, told as they would tell it."""

import re
import time
from dataclasses import dataclass
from typing import Any, Self

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from tests.journeys.acts import Postbox, opens
from tests.journeys.person import PATIENCE, Person

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # what everybody's authenticator holds; public, and of the demo only
PERIOD = 30  # seconds for which it shows one code
A_KEY = 160  # milliseconds: how quickly somebody types on a phone


def signs_in(person: Person, name: str, password: str) -> None:
    person.open("/accounts/login/").write("Email", f"{name}@demo.example").write("Password", password).press("Sign in")
    assert opens(person, code_now()) or opens(person, code_now()), person.text()


def code_now() -> str:
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // PERIOD))


@dataclass
class Fingers:
    """On glass: every touch counts, and typing takes its time."""

    person: Person
    touches: int = 0

    def touch(self, what: Any) -> Self:
        self.touches += 1
        what.tap()
        return self

    def types(self, label: str, text: str) -> Self:
        """Into a field that has to be touched first."""
        self.touch(self.person.labelled(label))
        self.person.page.keyboard.type(text, delay=A_KEY)
        return self

    def goes(self, words: str) -> Self:
        """By touching a button or a link that leads to a page."""
        named = re.compile(r"^\s*" + re.escape(words))
        main = self.person.page.locator("main")
        with self.person.page.expect_navigation():
            self.touch(main.get_by_role("button", name=named).or_(main.get_by_role("link", name=named)).first)
        self.person.looks()
        return self


@dataclass
class Asker:
    """Without an account; with twelve words once they have asked."""

    person: Person
    words: str = ""

    def asks(self, contact: str, at: str = "/support/", whose: str = "Your", **more: str) -> Fingers:
        """How to reach them and Send; the rest as they like, by its label."""
        hand = Fingers(self.person.open(at))
        hand.types(f"{whose} number or email address", contact)
        for label, text in more.items():
            if not self.person.labelled(label).is_visible():
                hand.touch(self.person.page.locator("summary", has_text="If you like"))
            hand.types(label, text)
        hand.goes("Send")
        self.words = " ".join(self.person.page.locator(".reply-words li").all_inner_texts())
        return hand

    def looks_up(self) -> Person:
        """Where it stands, by writing the words."""
        return self.person.open("/support/reply/").write("Your twelve words", self.words).press("Show where it stands")

    def waits_to_read(self, text: str) -> Person:
        stop = time.monotonic() + PATIENCE
        while text not in self.looks_up().text() and time.monotonic() < stop:
            time.sleep(0.3)
        return self.person.sees(text)


@dataclass
class Colleague:
    """With an account: a supporter or a coordinator, called by a letter that says nothing."""

    person: Person
    post: Postbox
    name: str
    read: int = 0  # letters they had before
    request: str = ""  # the page of the one they were asked about

    def __post_init__(self) -> None:
        self.address = f"{self.name}@demo.example"
        self.read = self.letters()

    def letters(self) -> int:
        rows = self.post.person.open("/demo/mail/").page.locator("li.row")
        return rows.filter(has_text=re.compile(rf"To {re.escape(self.address)}\b")).count()

    def is_called(self) -> Fingers:
        """Waits for a new letter and opens its link."""
        stop = time.monotonic() + PATIENCE
        while self.letters() <= self.read:
            assert time.monotonic() < stop, f"no new letter to {self.address}"
            time.sleep(0.2)
        self.read += 1
        letter = next(iter(self.post.letters(self.address)))
        assert "There is something for you to look at." in letter
        return Fingers(self.person.open(re.search(r"http\S+", letter)[0]))

    def says_yes(self) -> Fingers:
        hand = self.is_called().goes("Say yes or pass")
        self.request = self.person.page.url
        return hand.goes("Yes, I will reach them")

    def passes(self) -> None:
        hand = self.is_called().goes("Say yes or pass")
        self.request = self.person.page.url
        hand.goes("Pass")

    def opens_it(self) -> Fingers:
        return Fingers(self.person.open(self.request))

    def has_it_no_more(self) -> None:
        self.opens_it().person.sees("This is not with you any more.")
        self.person.open("/support/now/").sees("Nobody is waiting for you.")


def cookies(person: Person) -> set[str]:
    return {cookie["name"] for cookie in person.context.cookies()}


def stored(person: Person) -> list[int]:
    """How much a page can find again in the browser's own stores."""
    return person.page.evaluate("[localStorage.length, sessionStorage.length]")


def history(person: Person) -> str:
    """Everything that the browser's history tells of this tab."""
    entries = person.context.new_cdp_session(person.page).send("Page.getNavigationHistory")["entries"]
    return "\n".join(f"{one['url']} {one['userTypedURL']} {one['title']}" for one in entries)
