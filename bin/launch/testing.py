"""bin/test: everything the tests need, then pytest, then everything stopped again.

Without a browser its tests do not run, and with CI set that is a failure.
"""

import itertools
import os
import signal
import subprocess
import sys

from . import accounts, browser, environment, local_env, places, static
from .demo import program_environment
from .environment import PYTHON
from .places import ROOT, Folders
from .processes import Command
from .programs import Programs, stop_on_signals
from .services import Services
from .trouble import Trouble, run

WHOLE_SUITE = ["-n", "2", "--dist", "loadscope"]


def main() -> None:
    run(_main)


def _main() -> int:
    stop_on_signals()
    environment.ensure()
    servers = accounts.server()
    folders = _free_folders(servers)
    static.ensure(folders.own / "npm-cache")
    chromium, missing = _browser()
    with Programs(folders.own) as programs:
        kept = local_env.read(folders.own)
        addresses = Services(programs, folders, servers, for_tests=True).start(kept)
        here = {"BASE_URL": "http://localhost", "VAR_DIR": str(folders.own)}
        settings = local_env.with_generated(kept | addresses | here)
        local_env.write(folders.own, settings)
        code = _pytest(program_environment(settings | chromium))
    if missing:
        print(f"\nNot run: the tests in a browser. {missing}", flush=True)
    return code or int(bool(missing and os.environ.get("CI")))


def _free_folders(servers: accounts.Account) -> Folders:
    """Each run at the same time has a PostgreSQL of its own; the next run takes over what an ended one left."""
    for number in itertools.count(1):
        folders = places.choose(servers, "test", str(number))
        if places.hold(folders.own):
            return folders
    raise AssertionError("unreachable")


def _browser() -> tuple[dict[str, str], str]:
    try:
        return {"CHROMIUM": browser.find()}, ""
    except Trouble as trouble:
        print(f"The tests in a browser will not run. {trouble}", flush=True)
        return {}, str(trouble)


def _pytest(env: dict[str, str]) -> int:
    command: Command = [PYTHON, "-m", "pytest", *(sys.argv[1:] or WHOLE_SUITE)]
    process = subprocess.Popen(command, cwd=ROOT, env=env)
    try:
        return process.wait()
    except KeyboardInterrupt as interrupt:
        if interrupt.args != (signal.SIGINT,):  # a terminal has sent Ctrl-C to pytest too
            process.terminate()
        return _ended(process)


def _ended(process: subprocess.Popen[bytes], patience: float = 20) -> int:
    try:
        process.wait(patience)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        process.kill()
    return 130
