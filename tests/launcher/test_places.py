"""The embedded services start in every place that a checkout may lie in, under the account that must run them."""

import os
import pwd
import stat
from pathlib import Path

import pytest
from launch import places

ROLES = "SELECT rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname LIKE 'healing%'"
NAMES = ['it\'s a "quoted" place with $HOME, commas; and ünïcode', "long-" * 30]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_of_the_checkout(checkout, name):
    served = checkout(name).serve()
    sign_in = dict.fromkeys(("healing_owner", "healing_web", "healing_worker"), True)
    put_on = dict.fromkeys(("healing_support", "healing_support_worker"), False)
    expected = [(role, signs_in, False, False, False) for role, signs_in in (sign_in | put_on).items()]
    assert sorted(served.query(ROLES)) == sorted(expected)
    assert served.query("SELECT current_user", "DATABASE_WORKER_URL") == [("healing_worker",)]
    assert served.stop() == 0


@pytest.mark.usefixtures("as_root")
def test_root_whose_home_nobody_else_can_enter(checkout):
    """Neither the programs nor the data can stay in the checkout: the server's account cannot enter it."""
    home = checkout("home", mode=0o700, link=False)
    served = home.serve()
    data = Path(served.folders["data"])
    assert home.root not in data.parents
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert data.owner() == "pgserver"
    assert served.query("SELECT 1") == [(1,)]
    program = os.readlink(f"/proc/{served.pid('postgres')}/exe")
    assert str(home.root) not in program


@pytest.mark.usefixtures("as_root")
def test_root_keeps_data_in_a_checkout_that_the_server_can_enter(checkout):
    open_place = checkout()
    served = open_place.serve()
    assert served.folders["data"] == str(open_place.root / "var/servers")
    assert os.stat(f"/proc/{served.pid('postgres')}").st_uid == pwd.getpwnam("pgserver").pw_uid


@pytest.mark.usefixtures("as_root")
def test_an_ordinary_user(checkout):
    served = checkout(user="nobody").serve()
    assert Path(served.folders["data"]).owner() == "nobody"
    assert served.query("SELECT current_user", "DATABASE_URL") == [("healing_web",)]


@pytest.mark.usefixtures("as_root")
def test_a_checkout_and_a_home_that_cannot_be_written(checkout):
    read_only = checkout()
    read_only.user = "nobody"
    read_only.env["HOME"] = "/nonexistent"
    served = read_only.serve()
    for folder in served.folders.values():
        assert read_only.root not in Path(folder).parents
        assert Path(folder).owner() == "nobody"
    assert served.query("SELECT 1") == [(1,)]


@pytest.mark.usefixtures("as_root")
def test_a_folder_that_somebody_else_prepared_is_refused(checkout, monkeypatch):
    trapped = checkout()
    monkeypatch.setattr(places, "ROOT", trapped.root)
    folder = places.temporary_names("sockets")[0]
    folder.mkdir()
    os.chown(folder, pwd.getpwnam("nobody").pw_uid, -1)
    said = trapped.serve_failure()
    assert said == f"{folder} belongs to somebody else and is not trusted. Remove it, then start this again."


def test_only_its_account_can_reach_the_sockets_and_the_secrets(checkout):
    served = checkout().serve()
    sockets = Path(served.folders["sockets"])
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    assert len(str(sockets / ".s.PGSQL.5432")) < 100
    assert stat.S_IMODE((Path(served.folders["own"]) / "local.env").stat().st_mode) == 0o600
