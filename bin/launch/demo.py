"""bin/demo: everything in one terminal, with invented data."""

import argparse
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from . import accounts, environment, local_env, places, static
from .environment import PYTHON
from .places import ROOT, Folders
from .programs import Programs, stop_on_signals
from .services import Services
from .trouble import Trouble, reason, run

PEOPLE = {
    "lead": "sees load and cases without a next step",
    "facilitator": "works with the people of assigned cases",
    "patient": "has a room of their own",
    "family": "has a room of their own",
    "hcw": "healthcare worker, has a room of their own",
    "supporter": "comes along, one guest page",
    "peer": "peer supporter on call",
    "coordinator": "keeps the peer supporters' rota",
    "admin": "people, roles, reports; no cases",
    "privacy": "audit chain and erasure; no words",
}


def main() -> None:
    run(_main)


def _main() -> int:
    port = _arguments().port
    stop_on_signals()
    try:
        _serve(port)
    except KeyboardInterrupt:
        print("\nStopped.", flush=True)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Run Healing Conversations with invented data. Ctrl-C stops it.")
    parser.add_argument("--port", type=int, default=8000, help="where the pages are served (default 8000)")
    arguments = parser.parse_args()
    if not 0 < arguments.port < 65536:
        parser.error("--port takes a number from 1 to 65535")
    return arguments


def _serve(port: int) -> None:
    servers = accounts.server()
    folders = places.choose(servers)
    if not places.hold(folders.own):
        address = local_env.read(folders.own).get("BASE_URL", "another port")
        raise Trouble(f"bin/demo is already running in this folder, at {address}. Stop it there with Ctrl-C first.")
    with Programs(folders.own) as programs:
        _need_free(port)
        environment.ensure()
        static.ensure(folders.own / "npm-cache")
        settings = _settings(programs, folders, servers, port)
        _prepare(settings)
        _start(programs, folders, settings, port)
        _wait_for_page(programs, settings["BASE_URL"])
        _greet(settings, folders)
        while True:
            programs.check()
            time.sleep(0.3)


def _settings(programs: Programs, folders: Folders, servers: accounts.Account, port: int) -> dict[str, str]:
    kept = local_env.read(folders.own)
    addresses = Services(programs, folders, servers, for_tests=False).start(kept)
    # Passkeys belong to a name: they do not work at a number. Both are answered, on this machine only.
    here = {"DEMO": "1", "BASE_URL": f"http://localhost:{port}", "ALLOWED_HOSTS": "localhost,127.0.0.1"}
    settings = local_env.with_generated(kept | addresses | here | {"VAR_DIR": str(folders.own)})
    local_env.write(folders.own, settings)
    return settings


def _prepare(settings: dict[str, str]) -> None:
    print("Preparing the database ...", flush=True)
    manage(["migrate", "--verbosity=0"], settings)
    manage(["seed_demo"], settings)
    manage(["collectstatic", "--noinput", "--clear", "--verbosity=0"], settings)


def manage(command: list[str], settings: dict[str, str]) -> None:
    """Run a management command; manage.py picks the database role that it needs."""
    done = subprocess.run(
        [PYTHON, "manage.py", *command],
        cwd=ROOT,
        env=program_environment(settings),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        words = done.stdout + done.stderr
        log = Path(settings["VAR_DIR"]) / "log/manage.log"
        log.write_text(words)
        raise Trouble(f"manage.py {command[0]} failed: {reason(words).rstrip('.')}. All of it is in {log}")


def program_environment(settings: dict[str, str]) -> dict[str, str]:
    """Our settings over the caller's environment, without what would redirect PostgreSQL's client."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "DATABASE_ROLE"))}
    return inherited | settings | {"PYTHONUNBUFFERED": "1"}


def _start(programs: Programs, folders: Folders, settings: dict[str, str], port: int) -> None:
    env = program_environment(settings)
    gunicorn = ["-m", "gunicorn", "healing.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4"]
    celery = ["-m", "celery", "-A", "healing.celery"]
    worker = [*celery, "worker", "-c", "2", "--without-gossip", "--without-mingle", "--loglevel", "INFO"]
    schedule = folders.own / "celerybeat-schedule"
    beat = [*celery, "beat", "--schedule", str(schedule), "--pidfile=", "--loglevel", "INFO"]
    web = [*gunicorn, "--worker-class", "gthread", "--graceful-timeout", "5", "--no-control-socket"]
    for name, role, command in (("web", "web", web), ("worker", "worker", worker), ("beat", "worker", beat)):
        programs.start(name, [PYTHON, *command], env=env | {"DATABASE_ROLE": role}, cwd=ROOT)


def _need_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            reason = (error.strerror or "unknown").lower()
            raise Trouble(f"Port {port} cannot be used: {reason}. Choose another: bin/demo --port 8010") from None


def _wait_for_page(programs: Programs, base_url: str, patience: float = 90) -> None:
    limit = time.monotonic() + patience
    while time.monotonic() < limit:
        programs.check()
        try:
            with urllib.request.urlopen(f"{base_url}/healthz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise Trouble(f"The web server did not answer within {patience:.0f} seconds. What it wrote is in the folder log.")


def _greet(settings: dict[str, str], folders: Folders) -> None:
    print(f"\nHealing Conversations is ready at {settings['BASE_URL']}\n")
    for name, role in PEOPLE.items():
        print(f"  {name + '@demo.example':26}{role}")
    print(f"\nThe password of all of them is {settings['DEMO_PASSWORD']}")
    print(f"Login codes, and the codes of the second step, appear at {settings['BASE_URL']}/demo")
    print(
        f"Everything is invented. Data is in {folders.data}, logs are in {folders.own / 'log'}. Ctrl-C stops it.",
        flush=True,
    )
