"""A PostgreSQL of your own: the three roles are made if the given role may make them; else a sentence asks for them."""

import pytest
from launch import outside
from launch.postgres import ADDRESSES
from launch.trouble import Trouble

MEMBERS = "SELECT rolcreatedb FROM pg_roles WHERE rolname = 'healing_owner'"


@pytest.fixture
def served(checkout):
    return checkout().serve()


def test_a_role_that_may_make_roles_makes_the_three(served):
    superuser = served.addresses["DATABASE_URL"].replace("healing_web@", "postgres@")
    first = outside.addresses({"DATABASE_URL": superuser}, {}, for_tests=False)
    for role in ("web", "worker", "owner"):
        served.addresses = first
        assert served.query("SELECT current_user", ADDRESSES[role]) == [(f"healing_{role}",)]
    assert served.query(MEMBERS) == [(False,)]
    assert outside.addresses({"DATABASE_URL": superuser}, first, for_tests=True) == first
    assert served.query(MEMBERS) == [(True,)]


def test_a_role_that_may_not_is_told_what_is_needed(served):
    with pytest.raises(Trouble, match="Set three addresses: DATABASE_URL for the role healing_web"):
        outside.addresses({"DATABASE_URL": served.addresses["DATABASE_URL"]}, {}, for_tests=False)


def test_three_addresses_are_taken_as_they_are(served):
    assert outside.addresses(served.addresses, {}, for_tests=False) == {
        name: served.addresses[name] for name in ADDRESSES.values()
    }


def test_a_server_that_is_away_is_one_sentence():
    with pytest.raises(Trouble, match="The database did not accept a step: .*refused"):
        outside.addresses({"DATABASE_URL": "postgresql://someone:secret@127.0.0.1:1/healing"}, {}, for_tests=False)
