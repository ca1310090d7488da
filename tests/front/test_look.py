"""No barrier that axe can find, no sideways scroll, nothing the security policy stops, and few bytes."""

import gzip
import json
import re

import pytest
from django.conf import settings

from tests.front.conftest import built
from tests.front.test_markup import PAGES

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
KILOBYTE = 1024
LOOSE_STOP = re.compile(r".*\w [.,;:!?](?: .*|$)", re.MULTILINE)
AXE = settings.BASE_DIR / "node_modules/axe-core/axe.min.js"


def violations(page) -> list[str]:
    page.evaluate(AXE.read_text())
    options = {"runOnly": RULES, "resultTypes": ["violations"]}
    found = page.evaluate(f"axe.run(document, {json.dumps(options)}).then((result) => result.violations)")
    return [
        *(f"{each['id']}: {node['target']} {node['failureSummary']}" for each in found for node in each["nodes"]),
        *(f"a stop stands alone: {sentence}" for sentence in LOOSE_STOP.findall(page.inner_text("body"))),
    ]


@pytest.mark.parametrize("name", PAGES)
def test_page_has_no_barrier(visit, name):
    seen = visit(name)

    for width, scheme in [(320, "light"), (1280, "dark")]:
        seen.page.set_viewport_size({"width": width, "height": 800})
        seen.page.emulate_media(color_scheme=scheme)
        assert violations(seen.page) == [], (width, scheme)
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    assert seen.troubles == []


@pytest.mark.parametrize("name", ["question-error", "form-errors", "case", "today"])
def test_page_reads_from_right_to_left(visit, name):
    seen = visit(name, width=320, direction="rtl")

    assert violations(seen.page) == []
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("name", ["hub", "question", "form"])
def test_participant_can_hit_every_target(visit, name):
    """44 pixels for whatever is pressed; a link within a sentence is as high as its line."""
    seen = visit(name)
    small = seen.page.evaluate(
        """() => [...document.querySelectorAll("button, input:not([type=hidden]), select, textarea")]
            .map((each) => [each.outerHTML.slice(0, 80), each.getBoundingClientRect().height])
            .filter(([, height]) => height && height < 44)"""
    )

    assert small == []


def test_styles_stay_small():
    assert len(gzip.compress((built() / "healing.css").read_bytes())) <= 20 * KILOBYTE


def test_first_view_stays_small(pages):
    parts = ["healing.css", "icon.svg", "govuk-frontend.min.js", *("js/page.js", "js/leave.js", "js/autosave.js")]
    bytes_sent = sum(len(gzip.compress((built() / part).read_bytes())) for part in parts)

    assert bytes_sent + max(len(gzip.compress(page.encode())) for page in pages.values()) <= 60 * KILOBYTE
