"""Throw-away checkouts in awkward places, with the services' programs but without installing anything."""

import hashlib
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2
import pytest

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "bin"))

from launch.programs import stop_leftovers  # noqa: E402
from launch.software import PARTS, site_packages  # noqa: E402

SERVE = Path(__file__).with_name("serve.py")
OURS = ("DATABASE_", "REDIS_URL", "VAR_DIR", "PG")


@dataclass
class Served:
    process: subprocess.Popen
    addresses: dict
    folders: dict

    def query(self, sql: str, role: str = "DATABASE_OWNER_URL") -> list:
        connection = psycopg2.connect(self.addresses[role])
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(sql)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def pid(self, name: str) -> int:
        return int((Path(self.folders["own"]) / "run" / f"{name}.pid").read_text().splitlines()[0])

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(30)


@dataclass
class Checkout:
    root: Path
    user: str | None = None
    env: dict = field(default_factory=dict)
    started: list = field(default_factory=list)

    def run(self, *command: object) -> subprocess.Popen:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        process = subprocess.Popen(
            [str(part) for part in command],
            env=inherited | self.env,
            cwd="/",
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
            **as_user(self.user),
        )
        self.started.append(process)
        return process

    def serve(self, *options: str) -> Served:
        process = self.run(python_for(self.user), self.root / "serve.py", self.root, *options)
        line = process.stdout.readline()
        assert line, process.communicate()[1] + "".join(log.read_text() for log in self.root.glob("var/log/*.log"))
        return Served(process, **json.loads(line))

    def failure(self, *command: object) -> str:
        """Run something that must fail, and return the one sentence it says."""
        process = self.run(*command)
        said, complaint = process.communicate(timeout=60)
        assert process.returncode == 1, (said, complaint)
        assert "Traceback" not in complaint
        assert len(complaint.strip().splitlines()) == 1, complaint
        return complaint.strip()

    def serve_failure(self) -> str:
        return self.failure(python_for(self.user), self.root / "serve.py", self.root)


def as_user(name: str | None) -> dict:
    if not name:
        return {}
    entry = pwd.getpwnam(name)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def python_for(user: str | None) -> str:
    """A Python that this user can reach."""
    if not user:
        return sys.executable
    question = "import sys; print(sys.version_info >= (3, 11))"
    for python in ("/usr/bin/python3", "/usr/local/bin/python3", sys.executable):
        try:
            asked = subprocess.run([python, "-c", question], capture_output=True, text=True, cwd="/", **as_user(user))
        except OSError:
            continue
        if asked.stdout.strip() == "True":
            return python
    pytest.skip(f"the user {user} can reach no Python of 3.11 or newer")


@pytest.fixture
def as_root() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can act as another user")


@pytest.fixture(scope="session")
def programs() -> Iterator[Path]:
    """The services' programs where everybody can reach them."""
    folder = Path(tempfile.mkdtemp(prefix="healing-programs-"))
    folder.chmod(0o755)
    for part in PARTS:
        shutil.copytree(site_packages() / part, folder / part, symlinks=True)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def place() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="healing-place-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def checkout(place: Path, programs: Path) -> Iterator:
    """Make a checkout at `place / name` for a user."""
    made = []

    def make(name: str = "checkout", user: str | None = None, mode: int = 0o755, link: bool = True) -> Checkout:
        root = place / name
        shutil.copytree(PROJECT / "bin", root / "bin", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(SERVE, root)
        packages = root / ".venv/packages"
        for minor in range(11, 20):  # the user's Python may be another than ours
            library = root / f".venv/lib/python3.{minor}"
            library.mkdir(parents=True)
            (library / "site-packages").symlink_to(packages)
        if link:
            packages.symlink_to(programs)
        else:
            shutil.copytree(programs, packages, symlinks=True, copy_function=os.link)
        root.chmod(mode)
        if user:
            shutil.chown(root, user)
        made.append(Checkout(root, user))
        return made[-1]

    yield make
    for each in made:
        end(each)


@pytest.fixture
def project(checkout) -> Checkout:
    """This project in another place, so that a demo which is running here is left alone."""
    place = checkout()
    shutil.rmtree(place.root / ".venv")
    for path in PROJECT.iterdir():
        if path.name not in {"bin", "var", ".git"}:
            (place.root / path.name).symlink_to(path)
    place.env["CHROMIUM"] = "/nowhere/chromium"
    return place


def end(checkout: Checkout) -> None:
    for process in checkout.started:
        if process.poll() is None:
            process.terminate()
            process.wait(30)
        process.stdout.close()
        process.stderr.close()
    for records in checkout.root.glob("var/**/run"):  # of a launcher that the test has killed
        stop_leftovers(records)
    mark = hashlib.sha256(os.fsencode(checkout.root)).hexdigest()[:12]
    for home in {"/var/tmp", "/tmp", tempfile.gettempdir()}:
        for left in Path(home).glob(f"healing-*-{mark}*"):
            shutil.rmtree(left)
