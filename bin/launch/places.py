"""Where things are kept: in the checkout's var/ when that works, else in a private temporary folder that lasts."""

import fcntl
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from .accounts import Account, own
from .trouble import DISK_FULL, FULL, Trouble

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Folders:
    own: Path  # ours: generated settings, logs, process files
    data: Path  # the servers': what must survive a restart
    sockets: Path  # the servers': a short path, because addresses of unix sockets end near 100 characters


def choose(servers: Account, *name: str) -> Folders:
    """The three folders of one installation: the demo's, or one test run's."""
    sockets = _temporary((*name, "sockets"), servers, 0o700)
    own_folder = _first_usable(name, own(), 0o711)  # others may pass through to the servers' folder, not look around
    return Folders(own_folder, _first_usable((*name, "servers"), servers, 0o700), sockets)


def hold(folder: Path) -> bool:
    """Take a folder for as long as this process lives; no if another process has it. A killed process has nothing."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return False
    return True


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Wait until no other process is at this in the folder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def private_folder(path: Path, account: Account, mode: int = 0o700) -> Path:
    """A folder that belongs to this account alone; one that somebody else has put there is refused."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if _is_foreign(path, account):
        raise PermissionError(f"{path} belongs to somebody else")
    if path.stat().st_uid != account.uid:
        os.chown(path, account.uid, account.gid)
    path.chmod(mode)
    return path


def temporary_names(*name: str) -> list[Path]:
    """Folders named after us and this checkout, in each place for temporary files, the most lasting first."""
    mark = hashlib.sha256(os.fsencode(ROOT)).hexdigest()[:12]
    homes = dict.fromkeys(["/var/tmp", "/tmp", tempfile.gettempdir()])
    return [Path(home) / "-".join(["healing", str(os.geteuid()), mark, *name]) for home in homes]


def _first_usable(name: tuple[str, ...], account: Account, mode: int) -> Path:
    """Data that is already somewhere wins, so that no start seems to have lost it."""
    in_checkout = ROOT.joinpath("var", *name)
    if not _usable(in_checkout, account, mode):
        return _temporary(name, account, mode)
    places = [in_checkout, *temporary_names(*name)]
    return next((place for place in places if os.path.exists(place / "postgres")), in_checkout)


def _temporary(name: tuple[str, ...], account: Account, mode: int) -> Path:
    names = temporary_names(*name)
    for folder in names:
        if os.path.lexists(folder) and _is_foreign(folder, account):
            raise Trouble(f"{folder} belongs to somebody else and is not trusted. Remove it, then start this again.")
        if _usable(folder, account, mode):
            return folder
    raise Trouble(
        f"No folder for data can be used: tried {', '.join(map(str, names))}. "
        "Make one of them writable, or set TMPDIR to a folder that is."
    )


def _is_foreign(path: Path, account: Account) -> bool:
    found = path.lstat()
    return not stat.S_ISDIR(found.st_mode) or found.st_uid not in {account.uid, os.geteuid()}


def _usable(folder: Path, account: Account, mode: int) -> bool:
    try:
        private_folder(folder, account, mode)
        code = account.attempt(partial(_try_out, folder))
    except OSError as error:
        code = error.errno or 255
    if code in FULL:
        raise Trouble(DISK_FULL.format(where=f" at {folder}"))
    return code == 0


def _try_out(folder: Path) -> None:
    """Some shared or foreign file systems keep no owner or mode; secrets and PostgreSQL need both."""
    probe = Path(tempfile.mkdtemp(dir=folder))
    try:
        (probe / "file").write_bytes(b"0" * 8192)
        (probe / "file").rename(probe / "moved")
        found = probe.stat()
        if stat.S_IMODE(found.st_mode) != 0o700 or found.st_uid != os.geteuid():
            raise PermissionError(f"{folder} keeps no permissions")
    finally:
        shutil.rmtree(probe, ignore_errors=True)
