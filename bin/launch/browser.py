"""Chromium for the tests that use a real browser: found, or installed where that is possible."""

import os
import shutil
import subprocess

from .trouble import Trouble, reason

NAMES = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
]


def find() -> str:
    """The browser's path. Trouble says why there is none; the other tests run without it."""
    named = os.environ.get("CHROMIUM")
    if named and not _starts(named):
        raise Trouble(f"CHROMIUM is set to {named}, which does not start.")
    return named or _installed() or _install()


def _installed() -> str | None:
    paths = (shutil.which(name) for name in NAMES)
    return next((path for path in paths if path and _starts(path)), None)


def _starts(path: str) -> bool:
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _install() -> str:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Trouble("Chromium is missing. Install it (apt install chromium), or set CHROMIUM to a browser's path.")
    print("Installing Chromium for the browser tests ...", flush=True)
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    for command in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
        done = subprocess.run(
            ["apt-get", "-q", *command], env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL
        )
    found = _installed()
    if not found:
        raise Trouble(f"Chromium is missing and could not be installed ({reason(done.stdout + done.stderr)}).")
    return found
