"""What went wrong, in one sentence that says what to do."""

import errno
import sys
from collections.abc import Callable
from pathlib import Path

FULL = (errno.ENOSPC, errno.EDQUOT)
DISK_FULL = "The disk is full{where}. Free some space, then start this again; nothing is lost."


class Trouble(Exception):
    """Something the person at the keyboard can put right."""


def sentence(error: OSError) -> str:
    """An operating system's error as a sentence."""
    where = f" at {error.filename}" if error.filename else ""
    if error.errno in FULL:
        return DISK_FULL.format(where=where)
    return f"The system did not allow a step{where}: {error.strerror or error}."


def written(log: Path) -> str:
    """The end of what a program wrote, as far as it can be read."""
    try:
        return log.read_text(errors="replace")[-4000:]
    except OSError:
        return ""


def last_line(text: str) -> str:
    """What a program said last; nearly always its reason."""
    lines = text.strip().splitlines()
    return lines[-1].strip() if lines else "it gave no reason"


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
