"""The Python environment .venv, made from requirements.lock; nothing is done when it already fits."""

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from .places import ROOT, alone_in
from .processes import Command
from .trouble import DISK_FULL, Trouble

VENV = ROOT / ".venv"
PYTHON = VENV / "bin/python"
LOCK = ROOT / "requirements.lock"
PYTHON_NAME = f"python{sys.version_info[0]}.{sys.version_info[1]}"
STAMP = VENV / "made-from"

# What a failing installer writes, and the sentence for it. The first that is found counts.
REASONS = {
    r"No space left|Disk quota|ENOSPC": DISK_FULL.format(where=""),
    r"ensurepip|python3[\d.]*-venv": (
        "Python's venv module is incomplete here. On Debian and Ubuntu: apt install python3-venv"
    ),
    r"name resolution|NewConnection|ConnectTimeout|ConnectionReset|Network is unreachable|ProxyError|Connection refused"
    r"|EAI_AGAIN|ENOTFOUND|ECONNREFUSED|ETIMEDOUT": (
        "Packages could not be fetched: no connection to the package index. "
        "Check the network (or the proxy settings of pip and npm), then start this again."
    ),
    r"DO NOT MATCH THE HASHES|EINTEGRITY": (
        "A package is not the one that was locked, so nothing of it was used. "
        "Start this again; if it stays so, the package index or the network between has changed it."
    ),
    r"No matching distribution|not a supported wheel|Unsupported platform|EBADPLATFORM": (
        "A package has no build for this system. Linux with glibc or macOS is needed, on x86-64 or ARM64, with Python "
        "3.11 to 3.14; on Windows use WSL, on Alpine the container image."
    ),
    rf"Read-only file system|EROFS|[Pp]ermission denied[^\n]*{re.escape(str(ROOT))}/": (
        f"The folder {ROOT} cannot be written here. Copy it to a place of your own, then start this again."
    ),
}


def ensure() -> None:
    """Make or renew .venv if the lock or Python has changed since."""
    if _fits():
        return
    if os.name != "posix":
        raise Trouble("Windows is not supported directly. Use WSL (wsl --install), or the container image.")
    with alone_in(ROOT):  # of two starts at once, the second waits and then finds it done
        if not _fits():
            _make()


def step(what: str, command: Command, env: Mapping[str, str] | None = None) -> None:
    """Run one installer; if it fails, say why in a sentence."""
    print(what, flush=True)
    done = subprocess.run(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode == 0:
        return
    written = f"{done.stdout}\n{done.stderr}".strip()
    for pattern, reason in REASONS.items():
        if re.search(pattern, written):
            raise Trouble(reason)
    print(written[-3000:], flush=True)
    raise Trouble(f"{what.removesuffix(' ...')} failed; the reason is above.")


def fingerprint(*parts: Path | str) -> str:
    """One hash over the content of files, and over plain words."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.read_bytes() if isinstance(part, Path) else part.encode())
        digest.update(b"\0")
    return digest.hexdigest()


def _wanted() -> str:
    return fingerprint(LOCK, PYTHON_NAME, str(VENV.resolve()))


def _fits() -> bool:
    return PYTHON.exists() and STAMP.exists() and STAMP.read_text() == _wanted()


def _can_be_renewed() -> bool:
    """Not one of another Python, nor one that was made in another place and then moved."""
    activate = VENV / "bin/activate"
    same_python = PYTHON.exists() and (VENV / "lib" / PYTHON_NAME).exists()
    return same_python and activate.exists() and str(VENV.resolve()) in activate.read_text()


def _make() -> None:
    STAMP.unlink(missing_ok=True)
    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "PYTHONPATH", "PIP_USER")}
    afresh = [] if _can_be_renewed() else ["--clear"]
    step("Making the Python environment in .venv ...", [sys.executable, "-m", "venv", *afresh, VENV], clean)
    pip: Command = [
        PYTHON,
        "-m",
        "pip",
        "install",
        "--no-input",
        "--disable-pip-version-check",
        "--require-hashes",
        "--no-deps",
    ]
    step("Installing Python packages (once, about a minute) ...", [*pip, "--only-binary", ":all:", "-r", LOCK], clean)
    STAMP.write_text(_wanted())
