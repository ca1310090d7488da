"""Crisis lines as they are written down, one on each line: a name, a colon, a number, and other words after a comma."""

import re
from typing import NamedTuple

# Digits with single marks between them. Other words are set off, or nobody could tell where the number ends.
NUMBER = re.compile(
    r"""(?!24/7)  (?P<number> \+? (?:\(\d+\)\ ?)? \d  (?: (?!\ 24/7) [ ./-]? (?:\(\d+\)[ ./-]?)? \d )* )
    (?: \ ?[,;]\ ?(?P<words>.*)  |  \ ?\((?P<aside>[^()]*)\) )?""",
    re.VERBOSE,
)


class CrisisLine(NamedTuple):
    name: str
    phone: str  # as people read it; empty where there is no number that a phone could ring
    tel: str  # as a phone dials it
    words: str  # when somebody answers, for instance


def crisis_lines(text: str) -> list[CrisisLine]:
    """What cannot be read is shown as it was written, and never leads to a wrong number."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return [crisis_line(line) or CrisisLine(line, "", "", "") for line in lines if line]


def crisis_line(line: str) -> CrisisLine | None:
    name, _colon, rest = line.partition(":")
    read = NUMBER.fullmatch(rest.strip())
    if not name.strip() or read is None:
        return None
    return CrisisLine(name.strip(), read["number"], _dialled(read["number"]), read["words"] or read["aside"] or "")


def _dialled(number: str) -> str:
    """Behind a country's code, the (0) is not dialled."""
    if number.startswith("+"):
        return "+" + _dialled(number[1:].replace("(0)", ""))
    return "".join(str(int(sign)) for sign in number if sign.isdecimal())
