"""Every colour can be read against what it stands on, in light and in dark."""

import re

import pytest
from django.conf import settings

from healing.colours import contrast

TEXT, SHAPE = 4.5, 3.0
GROUNDS = ("paper", "surface", "raised")
WORDS = ("ink", "quiet", "brand", "link", "attention", "done")
TAGS = ("new", "waiting-you", "waiting-us", "paused", "ready")
PAIRS = [
    *((word, ground, TEXT) for word in WORDS for ground in GROUNDS),
    *((word, tint, TEXT) for word in ("ink", "link") for tint in ("family-tint", "staff-tint")),
    *((f"on-{tag}", tag, 6.4) for tag in TAGS),
    *(("line", ground, SHAPE) for ground in ("paper", "surface")),
    ("on-brand", "brand", 7.0),
    ("on-focus", "focus", 8.0),
]


def tokens(scheme: str) -> dict[str, str]:
    text = (settings.BASE_DIR / "static/src/parts/_tokens.scss").read_text()
    block = re.search(rf"\${scheme}: \((.*?)\);", text, re.DOTALL)[1]
    return dict(re.findall(r'"([\w-]+)": (#[0-9a-f]{6})', block))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_colour_stands_out(scheme, front, back, least):
    colours = tokens(scheme)

    assert round(contrast(colours[front], colours[back]), 1) >= least


def test_light_and_dark_name_the_same_colours():
    assert tokens("light").keys() == tokens("dark").keys()


def test_focus_is_seen_in_light_and_dark():
    """Amber is told from the dark, its edge from the light."""
    for scheme, ring in (("light", "on-focus"), ("dark", "focus")):
        assert contrast(tokens(scheme)[ring], tokens(scheme)["paper"]) >= SHAPE
