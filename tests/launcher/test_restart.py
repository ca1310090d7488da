"""A stop is clean; after a launcher that was killed, the next start finds its programs and all data."""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from launch.processes import birth
from launch.programs import stop_leftovers

LASTING = "--lasting"  # as in the demo: what is committed is on the disk
MAKE = "CREATE TABLE public.kept AS SELECT 7 AS number"
ASK = "SELECT number FROM public.kept"


def ended(pids: list[int]) -> bool:
    return all(birth(pid) is None for pid in pids)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_each_way_to_stop_ends_everything_cleanly(checkout, number):
    if signal.getsignal(number) == signal.SIG_IGN:
        pytest.skip("This signal is ignored here, as under nohup, and so by whatever is started.")
    served = checkout().serve()
    pids = [served.pid(name) for name in ("postgres", "valkey")]
    os.killpg(served.process.pid, number)  # as a terminal does: the whole group gets it
    assert served.process.wait(30) == 0
    assert ended(pids)
    log = Path(served.folders["own"]) / "log"
    assert "database system is shut down" in (log / "postgres.log").read_text()
    assert "bye bye" in (log / "valkey.log").read_text()
    assert not list((Path(served.folders["own"]) / "run").iterdir())


def test_a_second_start_keeps_data_and_keys(checkout):
    place = checkout()
    first = place.serve()
    first.query(MAKE)
    first.stop()
    keys = (Path(first.folders["own"]) / "local.env").read_text()
    second = place.serve()
    assert second.query(ASK) == [(7,)]
    assert (Path(second.folders["own"]) / "local.env").read_text() == keys


def test_after_kill_9_of_the_launcher(checkout):
    place = checkout()
    killed = place.serve(LASTING)
    killed.query(MAKE)
    left = [killed.pid(name) for name in ("postgres", "valkey")]
    killed.stop(signal.SIGKILL)
    assert not ended(left)
    again = place.serve()
    assert ended(left)
    assert again.query(ASK) == [(7,)]


def test_after_everything_was_killed(checkout):
    """Stale sockets and a stale postmaster.pid, whose number has become another program's."""
    place = checkout()
    killed = place.serve(LASTING)
    killed.query(MAKE)
    pids = [killed.pid(name) for name in ("postgres", "valkey")]
    killed.stop(signal.SIGKILL)
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    while not ended(pids):
        time.sleep(0.01)
    other = subprocess.Popen(["sleep", "60"])
    try:
        _hand_over(Path(killed.folders["data"]) / "postgres/postmaster.pid", other.pid)
        for record in (Path(killed.folders["own"]) / "run").glob("*.pid"):
            _hand_over(record, other.pid)
        assert place.serve().query(ASK) == [(7,)]
        assert other.poll() is None, "a program that only has an old number of ours was stopped"
    finally:
        other.kill()
        other.wait()


def _hand_over(record: Path, pid: int) -> None:
    lines = record.read_text().splitlines()
    record.write_text("\n".join([str(pid), *lines[1:]]) + "\n")


def test_a_program_that_ends_by_itself_is_named_and_the_rest_is_stopped(checkout):
    served = checkout().serve()
    postgres, valkey = served.pid("postgres"), served.pid("valkey")
    os.kill(valkey, signal.SIGKILL)
    said = served.process.communicate(timeout=30)[1]
    assert served.process.returncode == 1
    assert "valkey stopped by itself" in said
    assert ended([postgres])


@pytest.mark.parametrize("record", ["", "12", "x\ny\nz\n", "1\n\n15\n"])
def test_a_record_that_was_written_half_stops_nothing(tmp_path, monkeypatch, record):
    monkeypatch.setattr(os, "kill", lambda *_: pytest.fail("a stranger was stopped"))
    (tmp_path / "valkey.pid").write_text(record)
    stop_leftovers(tmp_path)
    assert not list(tmp_path.iterdir())


def test_signals_at_any_moment_of_a_start_leave_nothing_behind(checkout):
    place = checkout()
    place.serve().stop()
    for wait in (0.05, 0.15, 0.25, 0.35):
        process = place.run("python3", place.root / "serve.py", place.root)
        time.sleep(wait)
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        assert process.poll() is not None
        assert not list((place.root / "var/run").glob("*.pid"))
