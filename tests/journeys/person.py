"""One person in a browser of their own, with an ear for whatever goes wrong in it."""

import re
from dataclasses import dataclass, field
from typing import Any, Self

from playwright.sync_api import BrowserContext

PATIENCE = 20  # seconds for what a worker does in the background


@dataclass
class Person:
    context: BrowserContext
    url: str
    inspector: Any = None  # looks at every page they come to
    troubles: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)  # every page they had before their eyes, as it came

    def __post_init__(self) -> None:
        self.page = self.context.new_page()
        self.page.on("console", self.hear)
        self.page.on("pageerror", lambda error: self.troubles.append(f"page error: {error}"))
        self.page.on("request", self.watch)

    def hear(self, message: Any) -> None:
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.troubles.append(f"console: {message.text}")

    def watch(self, request: Any) -> None:
        if not request.url.startswith((self.url, "data:")):
            self.troubles.append(f"third party: {request.url}")

    def open(self, path: str) -> Self:
        self.page.goto(path if path.startswith("http") else self.url + path)
        return self.looks()

    def press(self, name: str) -> Self:
        """The button, or else the link, whose words begin like this. It leads to a page."""
        words = re.compile(r"^\s*" + re.escape(name))
        button = self.page.get_by_role("button", name=words)
        with self.page.expect_navigation():
            (button if button.count() else self.page.get_by_role("link", name=words)).first.click()
        return self.looks()

    def looks(self) -> Self:
        self.read.append(self.page.content())
        if self.inspector:
            self.troubles += self.inspector(self)
        return self

    def write(self, label: str, text: str) -> Self:
        self.labelled(label).fill(text)
        return self

    def choose(self, label: str) -> Self:
        self.labelled(label).check()
        return self

    def labelled(self, label: str) -> Any:
        return self.page.get_by_label(re.compile(r"^\s*" + re.escape(label))).first

    def text(self, where: str = "main") -> str:
        return self.page.inner_text(where)

    def sees(self, *texts: str) -> Self:
        for text in texts:
            assert text in self.text(), f"{text!r} is not on {self.page.url}:\n{self.text()}"
        return self
