"""The embedded Valkey on a unix socket only: broker for the workers, counters for rate limits."""

import socket
import time
from pathlib import Path
from urllib.parse import quote

from .accounts import Account
from .local_env import clean_environment
from .places import private_folder
from .programs import Program, Programs
from .software import Software
from .trouble import Trouble

SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "dir": ".",
    "appendonly": "no",  # nothing is written: a file would keep the moment at which somebody asked for a peer
    "save": "",
    "maxmemory-policy": "noeviction",
}


def start(programs: Programs, software: Software, account: Account, data: Path, sockets: Path) -> str:
    """Start it and return its address."""
    private_folder(data, account)
    address = sockets / "valkey.sock"
    command: list[str | Path] = [software.valkey(), "--unixsocket", address]
    for name, value in SETTINGS.items():
        command += [f"--{name}", value]
    program = programs.start("valkey", command, env=clean_environment(), cwd=data, account=account)
    _wait_until_ready(program, address)
    return f"unix://{quote(str(address))}"


def _wait_until_ready(program: Program, address: Path, patience: float = 60) -> None:
    limit = time.monotonic() + patience
    while time.monotonic() < limit:
        if program.ended():
            raise Trouble(program.story())
        if _answers(address):
            return
        time.sleep(0.02)
    raise Trouble(f"Valkey was not ready after {patience:.0f} seconds. What it wrote is in {program.log}")


def _answers(address: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(2)
            connection.connect(str(address))
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
    except OSError:
        return False
