"""Contrast by WCAG 2.2: a site may choose its colours, but none that people cannot read."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

PAPER, DARK_PAPER = "#fbfaf7", "#14191a"
ENOUGH = 4.5


def contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def readable_on_paper(colour: str) -> None:
    """On warm paper, and behind white words on a button."""
    _require(colour, PAPER)
    _require(colour, "#ffffff")


def readable_on_dark(colour: str) -> None:
    _require(colour, DARK_PAPER)


def _require(colour: str, background: str) -> None:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise ValidationError(_("Write the colour as # and six digits, such as #2f5d62."))
    if (ratio := contrast(colour, background)) < ENOUGH:
        raise ValidationError(
            _("Choose a stronger colour: %(colour)s has a contrast of %(ratio).1f to 1, and words need 4.5 to 1.")
            % {"colour": colour, "ratio": ratio}
        )


def _luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
