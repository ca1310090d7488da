"""bin/check: everything that can be known without running the product."""

import os
import subprocess
import time
from collections.abc import Mapping

from . import environment, local_env, static
from .environment import PYTHON, VENV
from .places import ROOT
from .processes import Command
from .trouble import run

TOOLS = VENV / "bin"
MANAGE: Command = [PYTHON, "-W", "ignore::RuntimeWarning", "manage.py"]
BRIEFLY = ["--quiet", "--output-format", "concise"]
CHECKS: dict[str, Command] = {
    "format": [TOOLS / "ruff", "format", "--check", *BRIEFLY, "."],
    "lint": [TOOLS / "ruff", "check", *BRIEFLY, "."],
    "templates": [TOOLS / "djlint", "templates", "--lint", "--quiet"],
    "types": [TOOLS / "mypy"],
    "import contracts": [TOOLS / "lint-imports"],
    "migrations": [*MANAGE, "makemigrations", "--check", "--dry-run"],
    "deployment settings": [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"],
}
# As in production, with servers that are named but never asked.
PRODUCTION = {
    "BASE_URL": "https://healing.example.org",
    "DATABASE_URL": "postgresql://healing_web@localhost/healing",
    "DATABASE_WORKER_URL": "postgresql://healing_worker@localhost/healing",
    "DATABASE_OWNER_URL": "postgresql://healing_owner@localhost/healing",
    "REDIS_URL": "redis://localhost:6379/0",
    "DEMO": "0",
}


def main() -> None:
    run(_main)


def _main() -> int:
    environment.ensure()
    static.ensure(ROOT / "var/npm-cache")  # the deployment check asks for built styles
    inherited = {name: os.environ[name] for name in local_env.INHERITED if name in os.environ}
    env = inherited | local_env.with_generated(PRODUCTION)
    failed = [name for name, command in CHECKS.items() if not _passes(name, command, env)]
    print(
        f"\n{len(CHECKS) - len(failed)} of {len(CHECKS)} checks pass"
        + (f"; not: {', '.join(failed)}" if failed else "")
    )
    return 1 if failed else 0


def _passes(name: str, command: Command, env: Mapping[str, str]) -> bool:
    began = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    print(f"{'ok' if done.returncode == 0 else 'NO':4}{name} ({time.monotonic() - began:.1f} s)", flush=True)
    if done.returncode != 0:
        print((done.stdout + done.stderr).strip(), flush=True)
    return done.returncode == 0
