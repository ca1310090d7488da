"""Processes that are not our children: which one a number means, and how to end it."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

Command = Sequence[str | Path]
PROC = Path("/proc")


def birth(pid: int) -> str | None:
    """The moment a process began: with its number, this names one process and no later one. None if it is gone."""
    if not (PROC / "self").exists():
        return _ps(pid, "lstart") or None
    try:
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()
    return None if fields[0] in "ZX" else f"{boot} {fields[19]}"


def in_use(pid: int) -> bool:
    """Whether the system still counts a process under this number, if only one that waits to be forgotten."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def command_line(pid: int) -> str:
    if not (PROC / "self").exists():
        return _ps(pid, "command")
    try:
        return (PROC / str(pid) / "cmdline").read_text(errors="replace")
    except OSError:
        return ""


def _ps(pid: int, column: str) -> str:
    return subprocess.run(["ps", "-o", f"{column}=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()


def end(pid: int, began: str, number: int, patience: float = 25) -> None:
    """Stop a process that is not our child, and wait until it is gone."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)
    limit = time.monotonic() + patience
    while birth(pid) == began and time.monotonic() < limit:
        time.sleep(0.05)
    if birth(pid) == began:
        os.killpg(pid, signal.SIGKILL)
