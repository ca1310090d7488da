"""A phone number as people write it, so that a wrong digit is seen. What is dialled stays as it was given."""

import re

DIGITS = re.compile(r"\+?[0-9]+")
# Of the world's country codes, those that are shorter than three digits.
SHORT_CODES = re.compile(r"1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]")
NORTH_AMERICA = "1"
GROUPS = {7: (3, 4), 8: (4, 4), 9: (3, 3, 3), 10: (4, 6), 11: (5, 6)}
TEN = (3, 3, 4)  # of North America, and of a number without the 0 that others begin with


def grouped(number: str) -> str:
    """ "+447700900731" is "+44 7700 900731". What is no bare number, like an address or a hint, stays as it is."""
    bare = number.replace(" ", "")
    if not DIGITS.fullmatch(bare):
        return number
    if not bare.startswith("+"):
        return _spaced(bare, TEN if len(bare) == 10 and bare[0] != "0" else GROUPS.get(len(bare)))
    short = SHORT_CODES.match(bare, 1)
    country, rest = (short[0], bare[1 + len(short[0]) :]) if short else (bare[1:4], bare[4:])
    groups = TEN if country == NORTH_AMERICA and len(rest) == 10 else GROUPS.get(len(rest))
    return f"+{country} {_spaced(rest, groups)}".strip()


def _spaced(digits: str, groups: tuple[int, ...] | None) -> str:
    """In the usual groups; in threes where there are none."""
    if groups is None:
        groups = (3,) * (len(digits) // 3 - 1) + (len(digits) % 3 + 3,) if len(digits) > 7 else (len(digits),)
    parts, start = [], 0
    for length in groups:
        parts.append(digits[start : start + length])
        start += length
    return " ".join(parts)
