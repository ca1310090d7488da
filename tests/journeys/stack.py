"""The whole product, running: gunicorn, a Celery worker and beat, on a database and a queue of their own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from redis import Redis

from tests.conftest import OWN_PARTS, part_of_valkey

ROOT = Path(__file__).resolve().parents[2]
ADDRESSES = ("DATABASE_URL", "DATABASE_WORKER_URL", "DATABASE_OWNER_URL")
A_WHILE = 1800  # seconds for which a queue stays taken when a run is killed


@dataclass
class Stack:
    url: str
    env: dict[str, str]

    @property
    def password(self) -> str:
        return self.env["DEMO_PASSWORD"]

    @property
    def today(self) -> date:
        """The demo's clock may have been moved on."""
        moved = Path(self.env["VAR_DIR"], "demo-clock")
        return (datetime.now(UTC) + timedelta(seconds=int(moved.read_text()) if moved.exists() else 0)).date()

    def manage(self, *arguments: str, role: str = "worker") -> str:
        done = subprocess.run(
            [sys.executable, ROOT / "manage.py", *arguments],
            env=self.env | {"DATABASE_ROLE": role},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@contextmanager
def running(name: str, var: Path) -> Iterator[Stack]:
    """Up, with the demo's invented people in it; afterwards nothing is left."""
    port = free_port()
    env = dict(os.environ) | {key: renamed(os.environ[key], name) for key in ADDRESSES}
    env |= {
        "DEMO": "1",
        "DEMO_PASSWORD": "for the journeys only",
        "BASE_URL": f"http://127.0.0.1:{port}",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "VAR_DIR": str(var),
        "TICK_SECONDS": "1",
    }
    with database(name), queue() as env["REDIS_URL"]:
        here = Stack(env["BASE_URL"], env)
        here.manage("migrate", "--verbosity=0", role="owner")
        here.manage("collectstatic", "--noinput", "--verbosity=0")
        here.manage("seed_demo")
        with programs(here, var, port):
            wait_for(here.url + "/healthz")
            yield here


@contextmanager
def programs(here: Stack, var: Path, port: int) -> Iterator[None]:
    started = []
    try:
        for number, (role, command) in enumerate(commands(port)):
            started.append(start(command, here.env, role, var / f"{role}{number}.log"))
        yield
    finally:
        for program in reversed(started):
            program.send_signal(signal.SIGTERM)
        for program in reversed(started):
            stopped(program)


def commands(port: int) -> list[tuple[str, list[str]]]:
    python = [sys.executable, "-m"]
    web = ["gunicorn", "healing.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "4", "--no-control-socket"]
    celery = ["celery", "-A", "healing.celery"]
    return [
        ("web", [*python, *web]),
        ("worker", [*python, *celery, "worker", "-c", "1", "--without-gossip", "--without-mingle"]),
        ("worker", [*python, *celery, "beat"]),
    ]


def start(command: list[str], env: dict[str, str], role: str, log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as output:
        return subprocess.Popen(
            command, env=env | {"DATABASE_ROLE": role}, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT
        )


def stopped(program: subprocess.Popen[bytes]) -> None:
    try:
        program.wait(15)
    except subprocess.TimeoutExpired:
        program.kill()
        program.wait()


@contextmanager
def database(name: str) -> Iterator[None]:
    """A database of this run's own, made and dropped by the owner."""
    as_owner(f"create database {name}")
    try:
        yield
    finally:
        as_owner(f"drop database {name} with (force)")


@contextmanager
def queue() -> Iterator[str]:
    """A numbered part of Valkey that no other run uses: a worker takes whatever lies in its queue."""
    here = os.environ["REDIS_URL"]
    free = (
        number
        for number in range(OWN_PARTS + 1, 16)
        if Redis.from_url(here).set(f"journeys:{number}", 1, nx=True, ex=A_WHILE)
    )
    number = next(free)
    address = part_of_valkey(here, number)
    try:
        yield address
    finally:
        Redis.from_url(address).flushdb()
        Redis.from_url(here).delete(f"journeys:{number}")


def as_owner(sql: str) -> None:
    connection = psycopg2.connect(os.environ["DATABASE_OWNER_URL"])
    connection.autocommit = True
    connection.cursor().execute(sql)
    connection.close()


def renamed(address: str, name: str) -> str:
    return urlunsplit(urlsplit(address)._replace(path=f"/{name}"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(url: str, seconds: float = 30) -> None:
    stop = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(url, timeout=2).read()
            return
        except OSError:
            if time.monotonic() > stop:
                raise
            time.sleep(0.2)
