"""The real thing: gunicorn, a Celery worker and beat with a database of their own, and headless Chromium in front."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
ADDRESSES = ("DATABASE_URL", "DATABASE_WORKER_URL", "DATABASE_OWNER_URL")
PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
QUIET += ["--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]


@dataclass
class Stack:
    url: str
    env: dict[str, str]

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


@pytest.fixture(scope="session")
def stack(tmp_path_factory: Any, worker_id: str) -> Iterator[Stack]:
    name = f"journeys_{worker_id}_{os.getpid()}"
    var = tmp_path_factory.mktemp("var")
    port = free_port()
    env = dict(os.environ) | {key: renamed(os.environ[key], name) for key in ADDRESSES}
    env |= {
        "DEMO": "1",
        "DEMO_PASSWORD": "for the journeys only",
        "BASE_URL": f"http://127.0.0.1:{port}",
        "VAR_DIR": str(var),
        "TICK_SECONDS": "1",
    }
    with database(name):
        here = Stack(env["BASE_URL"], env)
        here.manage("migrate", "--verbosity=0", role="owner")
        here.manage("collectstatic", "--noinput", "--verbosity=0")
        here.manage("seed_demo")
        programs = [start(command, env, role, var / f"{role}{number}.log") for number, (role, command) in enumerate(commands(port))]
        try:
            wait_for(here.url + "/healthz")
            yield here
        finally:
            for program in reversed(programs):
                program.send_signal(signal.SIGTERM)
            for program in reversed(programs):
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


class database:
    """A database of this run's own, made and dropped by the owner."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        self.run(f"create database {self.name}")

    def __exit__(self, *_: object) -> None:
        self.run(f"drop database {self.name} with (force)")

    def run(self, sql: str) -> None:
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


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM")
    if not path:
        pytest.skip("no Chromium was found: set CHROMIUM to its path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


@dataclass
class Person:
    """One person in their own browser, with an ear for whatever goes wrong in it."""

    context: BrowserContext
    url: str
    troubles: list[str]

    def __post_init__(self) -> None:
        self.page = self.context.new_page()
        self.page.on("console", self.hear)
        self.page.on("pageerror", lambda error: self.troubles.append(f"page error: {error}"))
        self.page.on("request", self.watch)

    def hear(self, message: Any) -> None:
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.troubles.append(f"console: {message.text}")

    def watch(self, request: Any) -> None:
        if not request.url.startswith((self.url, "data:")):
            self.troubles.append(f"third party: {request.url}")

    def open(self, path: str) -> "Person":
        self.page.goto(path if path.startswith("http") else self.url + path)
        return self

    def press(self, name: str) -> "Person":
        """The button, or else the link, with these words."""
        words = re.compile(re.escape(name))
        button = self.page.get_by_role("button", name=words)
        (button if button.count() else self.page.get_by_role("link", name=words)).first.click()
        self.page.wait_for_load_state()
        return self

    def write(self, label: str, text: str) -> "Person":
        self.page.get_by_label(re.compile(re.escape(label))).first.fill(text)
        return self

    def choose(self, label: str) -> "Person":
        self.page.get_by_label(re.compile(re.escape(label))).first.check()
        return self

    def sees(self, text: str) -> "Person":
        assert text in self.page.locator("body").inner_text(), self.page.locator("main").inner_text()
        return self


@pytest.fixture
def someone(stack: Stack, chromium: Browser) -> Iterator[Any]:
    """`someone(phone=True, javascript=False)`: a new person with a browser of their own. Troubles fail the test."""
    people: list[Person] = []

    def enter(*, phone: bool = False, javascript: bool = True, dark: bool = False) -> Person:
        context = chromium.new_context(
            viewport=PHONE if phone else DESKTOP,
            java_script_enabled=javascript,
            color_scheme="dark" if dark else "light",
            base_url=stack.url,
        )
        context.set_default_timeout(10_000)
        people.append(Person(context, stack.url, []))
        return people[-1]

    yield enter
    troubles = [trouble for person in people for trouble in person.troubles]
    for person in people:
        person.context.close()
    assert troubles == []
