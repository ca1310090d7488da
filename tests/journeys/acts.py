"""What people do in the product, told as they would tell it."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Self

from tests.journeys.person import PATIENCE, Person

SECOND_STEP = r"{}@demo\.example\s.*?Second step:\s*(\d{{6}})"
SECOND_PAGE = "/accounts/login/second-step/"
NEXT_CODE = 35  # seconds: each is shown for thirty


def staff_sign_in(person: Person, name: str, password: str) -> None:
    person.open("/accounts/login/").write("Email", f"{name}@demo.example").write("Password", password).press("Sign in")
    code = shown_code(person, name)
    if not opens(person, code):
        assert opens(person, next_code(person, name, code)), person.text()


def opens(person: Person, code: str) -> bool:
    person.open(SECOND_PAGE).write("Code", code).press("Sign in")
    return SECOND_PAGE not in person.page.url


def next_code(person: Person, name: str, used: str) -> str:
    """An authenticator's code works once, and somebody may have signed in with it just now."""
    stop = time.monotonic() + NEXT_CODE
    while (code := shown_code(person, name)) == used and time.monotonic() < stop:
        time.sleep(1)
    return code


def shown_code(person: Person, name: str) -> str:
    found = re.search(SECOND_STEP.format(re.escape(name)), person.open("/demo/").text(), re.DOTALL)
    assert found, f"no second step is shown for {name}"
    return found[1]


@dataclass
class Postbox:
    """The demo's own pages: what was mailed, and a clock that can be moved on."""

    person: Person

    def letter(self, to: str, saying: str) -> str:
        """The newest letter to this address that says this, as soon as it is there."""
        stop = time.monotonic() + PATIENCE
        while time.monotonic() < stop:
            newest = next((text for text in self.letters(to) if saying in text), None)
            if newest:
                return newest
            time.sleep(0.3)
        raise AssertionError(f"no letter to {to} says {saying!r}")

    def letters(self, to: str) -> Iterator[str]:
        """Every letter to this address, the newest first."""
        rows = (
            self.person.open("/demo/mail/").page.locator("li.row").filter(has_text=re.compile(rf"To {re.escape(to)}\b"))
        )
        for path in [link.get_attribute("href") for link in rows.locator("a").all()]:
            page = self.person.open(path).page
            yield "\n".join(page.locator("main :is(h1, section, pre)").all_inner_texts())

    def moves_on(self, step: str, times: int = 1) -> None:
        self.person.open("/demo/")
        for _ in range(times):
            self.person.press(step)


@dataclass
class Facilitator:
    """At the workbench, in one case."""

    person: Person
    case: str = ""
    pages: dict[str, str] = field(default_factory=dict)  # name -> that person's page at the workbench

    def imports(self, file: Path, reference: str) -> Self:
        me = self.person.open("/events/import/")
        me.labelled("The file").set_input_files(file)
        me.press("Read the file").sees("1 row to take", "Nothing is kept as a harm event yet", reference)
        me.press("Take 1 harm event").sees("Harm events taken: 1", reference)
        return self

    def grades(self, reference: str, words: str) -> Self:
        self.person.open("/events/").press(reference).press("Grade again")
        for harm in ("Physical harm", "Psychological harm"):
            self.person.page.get_by_role("group", name=harm).get_by_label(words).check()
        self.person.press("Save the grades")
        return self

    def opens_a_case(self) -> Self:
        self.person.press("Open a case about this event").choose("I am independent").press("Open the case")
        self.case = re.search(r"/cases/[0-9a-f-]{36}/", self.person.page.url)[0]
        return self

    def adds(self, name: str, part: str, email: str, beside: str = "") -> Self:
        me = self.person.open(f"{self.case}people/new/").write("Name", name).choose(part)
        if beside:
            me.labelled("Who do they come with?").select_option(label=beside)
        me.press("Add this person").write("Email address", email).choose("Email is safe")
        me.write("Phone number", "020 7946 0777").write("Good times", "After two").press(f"Save for {name}")
        self.pages[name] = me.page.url
        return self

    def invites(self, name: str) -> str:
        """The code that she tells by phone."""
        me = self.person.open(self.pages[name]).press("Invite them").press(f"Send to {name}")
        return me.sees("You see this code only now").page.inner_text(".govuk-inset-text").strip()

    def at(self, name: str, path: str) -> Person:
        return self.person.open(self.pages[name] + path)

    def asks(self, name: str, what: str) -> Self:
        self.at(name, "ask/").choose(what).press(f"Ask {name}")
        return self

    def records_a_yes(self, name: str, what: str) -> Self:
        """Told by phone."""
        me = self.at(name, "consent/").choose(what)
        me.page.get_by_role("group", name="What did they say?").get_by_label("Yes", exact=True).check()
        me.choose("By phone").press(f"Record it for {name}")
        return self

    def reads_what_was_sent_by(self, name: str) -> Person:
        return self.person.open(self.pages[name]).press("Read it")

    def notes_a_preparation(self, name: str, day: date) -> Self:
        self.at(name, "preparation/")
        writes_day(self.person, "When did you prepare", day)
        self.person.press(f"Note it for {name}")
        return self

    def notes_risks_and_strengths(self, name: str) -> Self:
        me = self.at(name, "assessment/").choose("Suitable").write("Risks", "Sleeps badly.")
        me.write("Strengths", "Has somebody to go home with.").press(f"Note it for {name}")
        return self

    def plans(self, *names: str) -> Self:
        me = self.person.open(f"{self.case}conversation/").choose("In person")
        for name in names:
            me.choose(name)
        me.press("See what is still missing")
        return self

    def names_aftercare(self) -> Self:
        me = self.person.open(f"{self.case}conversation/care/")
        for box in me.page.get_by_label("Who is there for").all():
            box.fill("A call from Sam the next day")
        me.press("Save")
        return self

    def gate(self) -> list[str]:
        """What is still missing, in sentences."""
        me = self.person.open(f"{self.case}conversation/book/")
        return me.page.locator("[aria-labelledby=missing] li").all_inner_texts()

    def says_when_and_where(self, day: date, place: str) -> Person:
        me = self.person.open(f"{self.case}conversation/book/")
        writes_day(me, "Which day?", day)
        me.write("At what time", "14:30").write("Where", place)
        return me.press("See what each person will read")

    def notes_how_it_ended(self) -> Self:
        self.person.open(f"{self.case}conversation/held/").choose("Completed").press("Note it")
        return self

    def keeps_a_promise_of(self, owner: str, promise: str, day: date, to: str) -> Self:
        me = self.person.open(f"{self.case}agreement/").write("What did everybody agree", f"{owner} will {promise}")
        me.write("A promise", promise).write("Who promised it?", owner)
        writes_day(me, "By which day?", day)
        me.choose(to).press("Keep it")
        return self

    def closes(self) -> Self:
        self.person.open(f"{self.case}close/").choose("They met").press("Close the case")
        return self


@dataclass
class Participant:
    """In a room of their own."""

    person: Person
    email: str
    room: str = ""

    def opens_the_invitation(self, letter: str, code: str) -> Self:
        self.person.open(re.search(r"http\S+/invitation/\S+", letter)[0]).write("What is your code?", code)
        self.person.press("Open my page")
        return self.is_in()

    def signs_in(self, post: Postbox) -> Self:
        """With a code from the mail, in whatever browser this is."""
        self.person.open("/accounts/login/code/").write("Email", self.email).press("Send me a code")
        code = re.search(r"Your code is (\d{6})", post.letter(self.email, "Your code is"))[1]
        self.person.write("Code", code).press("Go on")
        return self.is_in()

    def is_in(self) -> Self:
        self.room = re.search(r"/room/[0-9a-f-]{36}/", self.person.page.url)[0]
        return self

    def at(self, path: str = "") -> Person:
        return self.person.open(self.room + path)

    def begins(self, name: str) -> Person:
        """Where it was left, or at the first question."""
        me = self.at(f"{name}/")
        return me.press("Carry on" if "We kept your place" in me.text() else "Start")

    def answers(self, name: str, told: dict[str, str], words: dict[str, str], pause_at: str = "") -> Self:
        """One question after the other; what is not told is skipped. Carries on where it was left."""
        me = self.begins(name)
        while (question := me.page.url.rstrip("/").rsplit("/", 1)[-1]) != "answers":
            if question == "support":
                me.press("Carry on")
                continue
            if question in told:
                me.page.get_by_label(told[question], exact=True).check()
            if question in words:
                me.page.locator("textarea").fill(words[question])
            if question == pause_at:
                me.press("Save and pause").sees("We keep your place")
                return self
            me.press("Save and continue" if question in told | words else "Skip")
        return self

    def sends(self) -> Self:
        self.person.press("Send to").sees("What happens next")
        return self

    def says_yes(self, key: str) -> Self:
        self.at(f"consent/{key}/").press("Yes")
        return self

    def takes_back_the_yes(self, key: str) -> Self:
        self.at(f"consent/{key}/").press("Take back my yes")
        return self


def writes_day(person: Person, label: str, day: date) -> None:
    group: Any = person.page.get_by_role("group", name=re.compile(re.escape(label)))
    for part, number in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        group.get_by_label(part).fill(str(number))
