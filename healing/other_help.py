"""Other help for staff as it is written down, one on each line: a name, a colon, a number or the way there in words.

It is in the shape of the crisis lines, and read by the same rules: what may be hours is never dialled.
"""

from datetime import date

from healing.crisis_lines import CrisisLine, crisis_line, written_lines

MOST_LINES, LONGEST_LINE = 20, 200
GOOD_FOR_DAYS = 366  # then a number may be another one


def other_help(text: str) -> list[CrisisLine]:
    """What cannot be read is shown as it was written."""
    return [help_line(line) or CrisisLine(line, "", "", "") for line in written_lines(text)]


def help_line(line: str) -> CrisisLine | None:
    return crisis_line(line) or _way_in_words(line)


def _way_in_words(line: str) -> CrisisLine | None:
    """A chaplain may have a room and no number. What begins like a number has to be one."""
    name, _colon, words = (part.strip() for part in line.partition(":"))
    return CrisisLine(name, "", "", words) if name and words[:1].isalpha() else None


def is_to_check(checked_on: date | None, today: date) -> bool:
    return checked_on is not None and (today - checked_on).days > GOOD_FOR_DAYS
