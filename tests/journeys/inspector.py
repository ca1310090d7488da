"""Looks at each kind of page once: barriers that axe can find, and room for a narrow screen."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from tests.journeys.stack import ROOT

AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {"runOnly": STANDARDS, "resultTypes": ["violations"]}
RUN = f"axe.run(document, {json.dumps(OPTIONS)}).then((result) => result.violations)"
NARROW = 320
OF_ONE = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/invitation/)[^/]+|(?<=/check-in/)[a-z-]+|(?<=/looking-back/)[a-z-]+|\?.*"
)
CONTROLS = "[...new Set([...document.querySelectorAll('main input, main textarea')].map((one) => one.type))].join()"


@dataclass
class Inspector:
    kinds: set[str] = field(default_factory=set)

    def __call__(self, person: Any) -> list[str]:
        page = person.page
        kind = f"{OF_ONE.sub('…', page.url.removeprefix(person.url))} {page.evaluate(CONTROLS)}"
        if kind in self.kinds or kind.startswith("/demo/"):
            return []
        self.kinds.add(kind)
        return [f"{kind}: {barrier}" for barrier in [*barriers(page), *sideways(page)]]


def barriers(page: Any) -> list[str]:
    page.evaluate(AXE())
    return [f"{one['id']} {[node['target'] for node in one['nodes']]}" for one in page.evaluate(RUN)]


def sideways(page: Any) -> list[str]:
    usual = page.viewport_size
    page.set_viewport_size({"width": NARROW, "height": usual["height"]})
    width = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size(usual)
    return [f"scrolls sideways: {width} px wide"] if width > NARROW else []
