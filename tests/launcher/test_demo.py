"""bin/demo as a person meets it: up, killed, up again with everything there, and stopped."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest
from launch.demo import PEOPLE
from launch.places import ROOT
from launch.processes import birth

PROGRAMS = ["postgres", "valkey", "web", "worker", "beat"]


def start(project, port: int):
    process = project.run(sys.executable, project.root / "bin/demo", "--port", port)
    said = ""
    for line in process.stdout:
        said += line
        if "Ctrl-C stops it" in line:
            return process, said
    pytest.fail(said + process.communicate()[1])


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def pids(project) -> list[int]:
    records = [project.root / f"var/run/{name}.pid" for name in PROGRAMS]
    return [int(record.read_text().splitlines()[0]) for record in records]


def page(port: int, path: str) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return answer.status


def knows_the_database(project) -> bool:
    """manage.py in a shell of its own finds the running services by itself."""
    env = {name: os.environ[name] for name in ("PATH", "HOME")} | {"VAR_DIR": str(project.root / "var")}
    command = [ROOT / ".venv/bin/python", "manage.py", "migrate", "--check"]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True).returncode == 0


def test_up_killed_up_again_and_stopped(project):
    port = free_port()
    process, said = start(project, port)
    for name in PEOPLE:
        assert f"{name}@demo.example" in said
    assert f"ready at http://localhost:{port}\n" in said
    assert re.search(r"The password of all of them is \S{12,}", said)
    assert page(port, "/healthz") == page(port, "/") == 200
    assert knows_the_database(project)

    process.kill()
    left = pids(project)
    assert all(birth(pid) for pid in left)
    process, said_again = start(project, port)
    assert not any(birth(pid) for pid in left)
    assert said_again.split("\n\n", 1)[1] == said.split("\n\n", 1)[1], "the password has changed"

    running = pids(project)
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(60) == 0
    assert not any(birth(pid) for pid in running)
    assert "Traceback" not in "".join(log.read_text() for log in (project.root / "var/log").iterdir())
