"""The embedded PostgreSQL: a cluster, its server on a unix socket only, its three roles."""

import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from .accounts import Account
from .local_env import clean_environment
from .processes import Command, birth, command_line, end, in_use
from .programs import Program, Programs
from .software import Software
from .trouble import DISK_FULL, Trouble, reason

ROLES = {"owner": "healing_owner", "web": "healing_web", "worker": "healing_worker"}
ADDRESSES = {"owner": "DATABASE_OWNER_URL", "web": "DATABASE_URL", "worker": "DATABASE_WORKER_URL"}
ROLES_SQL = Path(__file__).resolve().parents[1] / "roles.sql"
SUPERUSER = "postgres"

# Local connections are trusted: only the account itself and root can enter the folder that the socket is in.
INITDB = ["--auth=trust", "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
# A test's data need not outlive a power cut.
HASTY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
MAKE_DATABASE = """SELECT 'CREATE DATABASE healing'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'healing') \\gexec"""
# Tests make their own databases as the owner, and put on the other roles. Nowhere else may the owner do either.
TEST_OWNER = "ALTER ROLE healing_owner CREATEDB; GRANT healing_web, healing_worker TO healing_owner"


@dataclass(frozen=True)
class Postgres:
    software: Software
    account: Account
    data: Path
    sockets: Path

    def addresses(self) -> dict[str, str]:
        host = quote(str(self.sockets), safe="/")
        return {ADDRESSES[role]: f"postgresql://{name}@/healing?host={host}" for role, name in ROLES.items()}

    def initialise(self, *, for_tests: bool) -> None:
        """Make the cluster, unless it is there."""
        if (self.data / "PG_VERSION").exists():
            return
        command: Command = [
            self.software.postgres("initdb"),
            "-D",
            self.data,
            "-U",
            SUPERUSER,
            *INITDB,
            *(["--no-sync"] if for_tests else []),
        ]
        env = clean_environment()
        made = subprocess.run(
            command, capture_output=True, text=True, cwd=self.data.parent, env=env, **self.account.options()
        )
        if made.returncode != 0:
            if "No space left" in made.stderr:
                raise Trouble(DISK_FULL.format(where=f" at {self.data}"))
            raise Trouble(f"PostgreSQL could not make its data folder: {reason(made.stderr)}")

    def start(self, programs: Programs, *, for_tests: bool) -> Program:
        self._clear_the_way()
        settings = {"port": "5432", "listen_addresses": "", "unix_socket_directories": f'"{self.sockets}"'}
        options = [f"--{name}={value}" for name, value in (settings | (HASTY if for_tests else {})).items()]
        program = programs.start(
            "postgres",
            [self.software.postgres("postgres"), "-D", self.data, *options],
            env=clean_environment(),
            cwd=self.data,
            account=self.account,
            stop_signal=signal.SIGINT,  # its quick and clean way to stop: it ends connections instead of waiting
        )
        self._wait_until_ready(program)
        return program

    def sql(self, text: str, database: str = "healing") -> None:
        """Run SQL as the superuser."""
        address: Command = ["-h", self.sockets, "-p", "5432", "-U", SUPERUSER, "-d", database]
        psql(self.software, address, text, self.account)

    def prepare_database(self, *, for_tests: bool) -> None:
        self.sql(MAKE_DATABASE, "postgres")
        self.sql(ROLES_SQL.read_text())
        if for_tests:
            self.sql(TEST_OWNER)

    def _wait_until_ready(self, program: Program, patience: float = 120) -> None:
        limit = time.monotonic() + patience
        while time.monotonic() < limit:
            if program.ended():
                raise Trouble(program.story())
            if self._says_ready(program.process.pid):
                return
            time.sleep(0.02)
        raise Trouble(f"PostgreSQL was not ready after {patience:.0f} seconds. What it wrote is in {program.log}")

    def _says_ready(self, pid: int) -> bool:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"

    def _clear_the_way(self) -> None:
        """Lock files of a server that was killed: PostgreSQL would not start if their number is in use again."""
        for lock in (self.data / "postmaster.pid", self.sockets / ".s.PGSQL.5432.lock"):
            if not lock.exists():
                continue
            pid = int(lock.read_text().split(maxsplit=1)[0])
            began = birth(pid)
            if began and str(self.data) in command_line(pid):
                end(pid, began, signal.SIGINT)
            elif in_use(pid):  # if not, PostgreSQL itself looks for survivors of that server, then starts
                lock.unlink()


def psql(
    software: Software, address: Command, text: str, account: Account, secrets: Mapping[str, str] | None = None
) -> str:
    command: Command = [software.postgres("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", *address]
    env = clean_environment() | dict(secrets or {})
    done: subprocess.CompletedProcess[str] = subprocess.run(
        command, input=text, capture_output=True, text=True, cwd="/", env=env, **account.options()
    )
    if done.returncode != 0:
        raise Trouble(f"The database did not accept a step: {reason(done.stderr)}")
    return done.stdout.strip()
