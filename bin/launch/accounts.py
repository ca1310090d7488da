"""The operating system account the servers run under: our own, or `pgserver` when we are root."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .trouble import Trouble

SERVER = "pgserver"
INSTEAD = "Start this as an ordinary user, or set DATABASE_URL and REDIS_URL to servers of your own."


@dataclass(frozen=True)
class Account:
    uid: int
    gid: int

    def options(self) -> dict[str, Any]:
        """Arguments for `subprocess` that make a program run under this account."""
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def attempt(self, action: Callable[[], None]) -> int:
        """Run `action` under this account in a process of its own; 0, or the number of the error it met."""
        pid = os.fork()
        if pid == 0:
            code = 255
            try:
                self._become()
                action()
                code = 0
            except OSError as error:
                code = error.errno or 255
            finally:
                os._exit(code)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    def _become(self) -> None:
        if self.uid != os.geteuid():
            os.setgroups([])
            os.setgid(self.gid)
            os.setuid(self.uid)


def own() -> Account:
    return Account(os.geteuid(), os.getegid())


def server() -> Account:
    """PostgreSQL refuses to run as root, so root lends it an account that owns nothing else."""
    if os.geteuid() != 0 or {"DATABASE_URL", "REDIS_URL"} <= os.environ.keys():
        return own()
    account = _known() or _created()
    if account.attempt(lambda: None) != 0:
        raise Trouble(f"PostgreSQL does not run as root, and root may not act as {SERVER} here. {INSTEAD}")
    return account


def _known() -> Account | None:
    try:
        entry = pwd.getpwnam(SERVER)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid)


def _created() -> Account:
    path = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"
    useradd = shutil.which("useradd", path=path) or "useradd"
    command = [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    try:
        subprocess.run([*command, "--shell", "/bin/false", SERVER], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        account = _known()  # another run may have been quicker
        if account:
            return account
        reason = getattr(error, "stderr", "") or str(error)
        raise Trouble(
            f"PostgreSQL does not run as root, and the account {SERVER} could not be made ({reason.strip()}). {INSTEAD}"
        ) from None
    return _known() or own()
