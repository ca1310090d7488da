"""Start programs, stop them in reverse order, and find those that a killed launcher left behind."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from .accounts import Account, own
from .processes import Command, birth, end
from .trouble import DISK_FULL, Trouble, reason

OURS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LOG_LIMIT = 5_000_000


def stop_on_signals() -> None:
    """Ctrl-C, TERM and a closed terminal all end the `with Programs(...)` block."""

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt(number)

    for number in OURS:
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, interrupt)


@dataclass
class Program:
    name: str
    process: subprocess.Popen[bytes]
    record: Path
    log: Path
    log_start: int
    stop_signal: signal.Signals

    def ended(self) -> bool:
        return self.process.poll() is not None

    def story(self) -> str:
        """How it ended, for a person."""
        with self.log.open(errors="replace") as log:
            log.seek(self.log_start)
            words = log.read()
        if "No space left" in words:
            return DISK_FULL.format(where="")
        return f"{self.name} stopped by itself ({reason(words)}). All of it is in {self.log}"

    def stop(self, patience: float = 25) -> None:
        if not self.ended():
            self.process.send_signal(self.stop_signal)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(patience)
        with suppress(ProcessLookupError, PermissionError):  # whatever of it does not stop, or survived it
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.record.unlink(missing_ok=True)


class Programs:
    """The running programs. Each has a session of its own, so that Ctrl-C reaches only the launcher."""

    def __init__(self, folder: Path) -> None:
        self.records = folder / "run"
        self.logs = folder / "log"
        self.running: list[Program] = []

    def __enter__(self) -> "Programs":
        for part in (self.records, self.logs):
            part.mkdir(mode=0o700, exist_ok=True)
        stop_leftovers(self.records)
        return self

    def __exit__(self, *_: object) -> None:
        for number in OURS:
            signal.signal(number, signal.SIG_IGN)
        for program in reversed(self.running):
            program.stop()

    def __iter__(self) -> Iterator[Program]:
        return iter(self.running)

    def start(
        self,
        name: str,
        command: Command,
        *,
        env: Mapping[str, str],
        cwd: Path,
        account: Account | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> Program:
        log = fresh_log(self.logs / f"{name}.log")
        signal.pthread_sigmask(signal.SIG_BLOCK, OURS)  # no signal may come between the start and its record
        try:
            with log.open("ab") as output:
                log_start = output.tell()
                process = begun(command, output, env=env, cwd=cwd, account=account or own())
            program = Program(name, process, self.records / f"{name}.pid", log, log_start, stop_signal)
            self.running.append(program)
            program.record.write_text(f"{process.pid}\n{birth(process.pid)}\n{int(stop_signal)}\n")
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, OURS)
        return program

    def check(self) -> None:
        for program in self.running:
            if program.ended():
                raise Trouble(program.story())


def begun(
    command: Command, output: IO[bytes], *, env: Mapping[str, str], cwd: Path, account: Account
) -> subprocess.Popen[bytes]:
    """In a session of its own, and with the signals that the launcher holds back."""
    return subprocess.Popen(
        command,
        env=env,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, OURS),
        **account.options(),
    )


def fresh_log(log: Path) -> Path:
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
    return log


def stop_leftovers(records: Path) -> None:
    """Stop what a killed launcher left running, the latest first."""
    for record in sorted(records.glob("*.pid"), key=lambda path: path.stat().st_mtime_ns, reverse=True):
        with suppress(ValueError):  # a record that was written half
            pid, began, number = record.read_text().splitlines()
            if birth(int(pid)) == began:
                end(int(pid), began, int(number))
        record.unlink()
