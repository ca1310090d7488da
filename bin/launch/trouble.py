"""What went wrong, in one sentence that says what to do."""

import errno
import re
import sys
from collections.abc import Callable

FULL = (errno.ENOSPC, errno.EDQUOT)
ERROR = re.compile(r"FATAL|PANIC|ERROR|[Ee]rror\b")
DISK_FULL = "The disk is full{where}. Free some space, then start this again; nothing is lost."


class Trouble(Exception):
    """Something the person at the keyboard can put right."""


def sentence(error: OSError) -> str:
    """An operating system's error as a sentence."""
    where = f" at {error.filename}" if error.filename else ""
    if error.errno in FULL:
        return DISK_FULL.format(where=where)
    return f"The system did not allow a step{where}: {error.strerror or error}."


def reason(text: str) -> str:
    """The line in which a program gives its reason: the last that speaks of an error, else the last."""
    lines = [line.strip() for line in text.strip().splitlines()] or ["it gave no reason"]
    return next((line for line in reversed(lines) if ERROR.search(line)), lines[-1])


def run(main: Callable[[], int]) -> None:
    """Run a command; trouble becomes one sentence and exit status 1, Ctrl-C becomes 130."""
    try:
        sys.exit(main())
    except Trouble as trouble:
        sys.exit(str(trouble))
    except OSError as error:
        sys.exit(sentence(error))
    except KeyboardInterrupt:
        sys.exit(130)
