"""A web server or a worker whose database role could see past the walls does not start."""

import os
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection

from healing import access
from tests.factories.cases import as_role

pytestmark = pytest.mark.django_db
REFUSED = "could see past row-level security"
WEB = ["gunicorn", "healing.wsgi", "--bind", "127.0.0.1:0", "--no-control-socket"]
WORKER = ["celery", "-A", "healing.celery", "worker", "--pool", "solo", "--without-gossip", "--without-mingle"]


def environment(role: str, address: str) -> dict[str, str]:
    """This test's database, with one of the roles' own addresses."""
    names = {"web": "DATABASE_URL", "worker": "DATABASE_WORKER_URL", "owner": "DATABASE_OWNER_URL"}
    here = urlunsplit(urlsplit(os.environ[address])._replace(path=f"/{connection.settings_dict['NAME']}"))
    return dict(os.environ) | {"DATABASE_ROLE": role, names[role]: here}


@pytest.mark.parametrize("program", [WEB, WORKER], ids=["web", "worker"])
@pytest.mark.parametrize("role", ["owner", "web"])
def test_the_owner_s_role_does_not_serve(program: list[str], role: str) -> None:
    """Also when the owner's address was given by mistake under another name."""
    env = environment(role, "DATABASE_OWNER_URL")

    command = [sys.executable, "-m", *program]

    done = subprocess.run(command, env=env, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=60)

    assert done.returncode != 0
    assert REFUSED in done.stdout + done.stderr


@pytest.mark.parametrize("role", ["healing_web", "healing_worker"])
def test_the_two_roles_that_serve_are_let_in(role: str) -> None:
    with as_role(role):
        access.refuse_bypassing_role()
