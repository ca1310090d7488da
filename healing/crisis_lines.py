"""Crisis lines as they are written down, one on each line: a name, a colon, a number, and other words after a comma."""

import re
from typing import NamedTuple

# One kind of mark throughout: 116 123 8-20 is a number and hours, and nobody can tell where one ends.
NUMBER = re.compile(
    r"""(?P<number>
        (?: (?P<country> (?:\+|00\ ?) [1-9]\d{0,2} ) [ .-]? (?: \(0\)\ ? | \([1-9]\d*\)[ .-]? )?
          | (?:1[ .-]?)? \(\d+\)[ .-]? )?
        (?P<rest> \d+ (?: (?:\ \d+)* | (?:-\d+)* | (?:\.\d+)* ) )
    )
    (?: \ ?[,;]\ ?(?P<words>.*)  |  \ ?\((?P<aside>[\d .-]*[^()\d .-][^()]*)\) )?""",
    re.VERBOSE,
)
HOURS = re.compile(r"\d\d?[.-]\d\d?|[012]\d[0-5]\d-[012]\d[0-5]\d")  # 8-20, 20.00 and 2000-0800
EMERGENCY = {"112", "911", "999", "000"}  # of another country's, people are told in words to ring it
LONGEST, LONGEST_WITHOUT_COUNTRY = 15, 12  # two numbers that were written as one have more digits


class CrisisLine(NamedTuple):
    name: str
    phone: str  # as people read it; empty where there is no number that a phone could ring
    tel: str  # as a phone dials it
    words: str  # when somebody answers, for instance

    @property
    def is_emergency(self) -> bool:
        return self.tel in EMERGENCY


def crisis_lines(text: str) -> list[CrisisLine]:
    """What cannot be read is shown as it was written, and never leads to a wrong number."""
    return [crisis_line(line) or CrisisLine(line, "", "", "") for line in written_lines(text)]


def written_lines(text: str) -> list[str]:
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return [line for line in lines if line]


def crisis_line(line: str) -> CrisisLine | None:
    name, _colon, rest = line.partition(":")
    is_a_time = name[-1:].isdecimal() and rest[:1].isdecimal()  # the colon of 20:00
    read = NUMBER.fullmatch(rest.strip())
    if is_a_time or not name.strip() or read is None:
        return None
    if HOURS.fullmatch(read["number"]) or HOURS.fullmatch(read["rest"]):
        return None
    tel = _dialled(read)
    if not 2 <= len(tel.lstrip("+")) <= (LONGEST if read["country"] else LONGEST_WITHOUT_COUNTRY):
        return None
    return CrisisLine(name.strip(), read["number"], tel, read["words"] or read["aside"] or "")


def _dialled(read: re.Match[str]) -> str:
    """Behind a country's code, the (0) is not dialled."""
    number = read["number"].replace("(0)", "") if read["country"] else read["number"]
    digits = "".join(str(int(sign)) for sign in number if sign.isdecimal())
    return f"+{digits}" if number.startswith("+") else digits
