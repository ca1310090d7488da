"""The settings that are documented, the settings that containers get, and the settings that are read are the same."""

import itertools
import re
import runpy

import pytest
import yaml
from launch.deployment import _values
from launch.local_env import GENERATED
from launch.places import ROOT

from healing import env

ADDRESSES = ["DATABASE_URL", "DATABASE_WORKER_URL", "DATABASE_OWNER_URL"]


@pytest.fixture(scope="module")
def read() -> set[str]:
    """Every name that the settings ask for, in any role, with and without the demo."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(env, "READ", set())
        for name in ADDRESSES:
            patch.setenv(name, "postgresql://somebody@localhost/healing")
        for role, demo in itertools.product(["web", "worker", "owner"], "01"):
            patch.setenv("DATABASE_ROLE", role)
            patch.setenv("DEMO", demo)
            runpy.run_path(str(ROOT / "healing/settings.py"))
        return env.READ


def documented() -> set[str]:
    return set(re.findall(r"^#?([A-Z][A-Z0-9_]*)=", (ROOT / ".env.example").read_text(), re.MULTILINE))


def compose() -> dict:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def test_each_setting_is_documented_and_no_other(read):
    assert documented() == read


def test_containers_get_only_settings_that_are_read(read):
    for name in ("web", "worker", "beat", "migrate"):
        given = compose()["services"][name]["environment"]
        assert {key.removesuffix("_FILE") for key in given} <= read


def test_each_secret_of_a_container_is_a_file_that_it_gets_and_that_is_made():
    described = compose()
    for name, service in described["services"].items():
        files = [value for value in service.get("environment", {}).values() if value.startswith("/run/secrets/")]
        assert {path.rpartition("/")[2] for path in files} <= set(service.get("secrets", [])), name
    used = {secret for service in described["services"].values() for secret in service.get("secrets", [])}
    assert used == set(described["secrets"]) == set(_values())


def test_only_the_migration_knows_the_owner():
    for name, service in compose()["services"].items():
        knows = any("owner" in secret for secret in service.get("secrets", []))
        assert knows == (name in {"migrate", "postgres"}), name


def test_no_server_is_published_and_no_container_can_write_its_own_files():
    for name, service in compose()["services"].items():
        assert service["read_only"] is True, name
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), name
        if name in {"postgres", "redis", "migrate"}:
            assert service["networks"] == ["inside"], name


def test_the_broker_writes_nothing_down():
    """What is due lives in PostgreSQL; a file of the broker's would keep when somebody asked for a peer."""
    redis = compose()["services"]["redis"]
    command = redis["command"]
    assert command[:5] == ["redis-server", "--appendonly", "no", "--save", ""]
    assert " ".join(command[5:]) == "--maxmemory-policy noeviction"
    assert redis["tmpfs"] == ["/data"]
    assert "volumes" not in redis


def test_the_launcher_makes_each_secret_that_the_settings_need(read):
    assert GENERATED.keys() <= read
