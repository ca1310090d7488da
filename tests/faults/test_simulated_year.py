"""A simulated year: every request is reached or escalated, nobody is called who must not be, and nothing is left."""

import os
import sys
from random import Random
from typing import Any

import pytest
import time_machine

from healing import due, ids
from support.models import Due
from tests.faults.checks import everything, figures
from tests.faults.simulated_year import BEGIN, Year

REQUESTS = int(os.environ.get("SIMULATED_REQUESTS", "100"))
SEED = int(os.environ.get("SIMULATED_SEED", "1"))


@pytest.mark.usefixtures("committed")
def test_a_year_of_peer_support(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    monkeypatch.setattr(ids.secrets, "token_bytes", Random(SEED).randbytes)  # the same seed is the same year
    with time_machine.travel(BEGIN, tick=False) as traveller:
        year = Year(REQUESTS, SEED, traveller)
        monkeypatch.setattr(due, "TABLES", [Due])  # nothing is due for any case
        monkeypatch.setattr(due, "write_down", year.noticing(due.write_down))
        year.run()
        sys.stdout.write(f"{figures(year)}\n")
        wrong = everything(year)
    assert not wrong, "\n".join(wrong)
