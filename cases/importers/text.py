"""Short, storable text out of a source: nothing unprintable, nothing longer than what a code or a name needs."""

import re

from cases.importers.records import LONGEST, Mistake

UNSTORABLE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
MOST_WORDS = 12
LOOKS_LIKE_A_DATE = re.compile(r"[0-9][0-9A-Za-z:./+ -]{0,29}")


def clean(value: str, field: str, column: str) -> str:
    """The value with its spaces tidied, if it can be stored in `field`. `column` is its name in the source."""
    tidy = " ".join(value.split())
    if UNSTORABLE.search(tidy):
        raise Mistake(f"{column} has characters that cannot be stored. Write it in plain text.")
    if len(tidy) > LONGEST[field]:
        raise Mistake(f"{column} is longer than {LONGEST[field]} characters. It should be a code or a short name.")
    return tidy


def is_label(value: object) -> bool:
    """Short enough for the name of a category. A sentence is somebody's words and not a label."""
    return isinstance(value, str) and 0 < len(value) <= LONGEST["kind"] and len(value.split()) <= MOST_WORDS


def is_code(value: object) -> bool:
    return isinstance(value, str) and CODE.fullmatch(value) is not None


def shown(value: str) -> str:
    """A date as it stands in the source. Anything else is not repeated: it may be somebody's words."""
    return value if LOOKS_LIKE_A_DATE.fullmatch(value) else "not a date"
