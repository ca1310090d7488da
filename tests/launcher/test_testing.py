"""bin/test says what it could not run, gives pytest's verdict, and stops what it started."""

import os
import signal
import sys
import time

import pytest
from launch import browser
from launch.processes import birth
from launch.trouble import Trouble

SLOW = """
import pathlib, time

def test_slow():
    pathlib.Path(__file__).with_name("begun").touch()
    time.sleep(60)
"""


@pytest.mark.parametrize(("ci", "code"), [("", 0), ("1", 1)])
def test_a_missing_browser_is_named_and_the_rest_runs(project, ci, code):
    project.env["CI"] = ci
    process = project.run(sys.executable, project.root / "bin/test", "--version")
    said = process.communicate(timeout=60)[0]
    assert process.returncode == code
    assert "Not run: the tests in a browser. CHROMIUM is set to /nowhere/chromium, which does not start." in said


def test_a_failing_suite_fails(project):
    process = project.run(sys.executable, project.root / "bin/test", "--no-such-option")
    process.communicate(timeout=60)
    assert process.returncode == 4


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_nothing(project, place, number):
    (place / "test_slow.py").write_text(SLOW)
    process = project.run(sys.executable, project.root / "bin/test", place / "test_slow.py")
    while not (place / "begun").exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    records = list((project.root / "var/test/1/run").glob("*.pid"))
    pids = [int(record.read_text().splitlines()[0]) for record in records]
    assert len(pids) == 2
    os.killpg(process.pid, number)
    assert process.wait(30) == 130
    assert not any(birth(pid) for pid in pids)


def test_no_browser_and_no_way_to_install_one(monkeypatch, tmp_path):
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(browser, "NAMES", ["no-such-browser"])
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Trouble, match="Chromium is missing. Install it"):
        browser.find()


@pytest.mark.usefixtures("as_root")
def test_an_install_that_fails_says_why(monkeypatch, tmp_path):
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(browser, "NAMES", ["no-such-browser"])
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    (tmp_path / "apt-get").write_text("#!/bin/sh\necho 'E: Unable to locate package chromium' >&2\nexit 100\n")
    (tmp_path / "apt-get").chmod(0o755)
    with pytest.raises(Trouble, match="could not be installed \\(E: Unable to locate package chromium\\)"):
        browser.find()
