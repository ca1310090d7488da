"""bin/lock: renew uv.lock from pyproject.toml, and write from it the lists that pip installs.

Arguments go to `uv lock`: `bin/lock --upgrade` takes every newest version that fits.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from .places import ROOT
from .trouble import Trouble, run

HEADER = "# Written by bin/lock from uv.lock: {what}. Change pyproject.toml and run bin/lock.\n"
EXPORT = ["uv", "export", "--quiet", "--frozen", "--no-emit-project", "--no-header", "--no-annotate"]
LISTS = {
    "requirements.lock": ("everything, for bin/demo and bin/test", ["--all-groups"]),
    "requirements-server.lock": ("what a server needs, for the container image", ["--no-default-groups"]),
}


def main() -> None:
    run(_main)


def _main() -> int:
    if not shutil.which("uv"):
        raise Trouble("bin/lock needs uv. Install it with: python3 -m pip install uv")
    if subprocess.run(["uv", "lock", *sys.argv[1:]], cwd=ROOT).returncode != 0:
        raise Trouble("uv found no set of versions that fits pyproject.toml. Its reason is above; nothing was changed.")
    lock = ROOT / "uv.lock"
    lock.write_text(without_hosts(lock.read_text()))
    for name in LISTS:
        (ROOT / name).write_text(exported(name))
    return 0


def without_hosts(text: str) -> str:
    """File names and hashes pin a package; where it is fetched from is each installation's own choice."""
    text = re.sub(r'url = "https://[^"]*/([^"/]+)"', r'filename = "\1"', text)
    return re.sub(r'registry = "https://[^"]*"', 'registry = "index"', text)


def exported(name: str, folder: Path = ROOT) -> str:
    """The list as it must be, from uv.lock."""
    what, groups = LISTS[name]
    done = subprocess.run([*EXPORT, *groups], cwd=folder, check=True, capture_output=True, text=True)
    return HEADER.format(what=what) + done.stdout
