"""The demo's peer support can begin at any hour: somebody waits for Tom, and a quarter's numbers can be shown."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from healing.demo.seed import peers
from support import busy
from support.models import Alarm, Encounter, Request, Shift, Supporter, Swap
from support.queries import rota, waits
from support.queries.supporters import names, training_due
from support.wall_clock import monday_of
from tests.conftest import become
from tests.factories.cases import make_site
from tests.factories.peers import working

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 11, 20, 13, tzinfo=UTC),
        datetime(2027, 1, 1, 0, 0, 30, tzinfo=UTC),  # the first night of a quarter
        datetime(2027, 3, 28, 1, 30, tzinfo=UTC),  # the night on which the clocks go forward
        datetime(2026, 10, 25, 23, 59, tzinfo=UTC),  # the end of a week and of a day of 25 hours
    ],
)
def test_it_can_begin_at_any_hour(now: datetime) -> None:
    site = make_site(slug="harbour", time_zone="Europe/London")
    with time_machine.travel(now, tick=False):
        become("healing_worker")
        peers.fill(site)
        become("healing_web")
        with working() as by:
            check(by, site, now)
    assert busy.lately(site) == 0  # the first page that is sent need not wait


def check(by: Any, site: Any, now: datetime) -> None:
    waiting, claimed = Request.objects.visible_to(by).filter(status__in=["waiting", "claimed"]).order_by("-status")
    called = names([one.user_id for one in Supporter.objects.visible_to(by)])
    assert called[waiting.supporter.user_id] == "Tom Lindqvist"
    assert called[claimed.supporter.user_id] == "Asha Perera"
    assert (
        Shift.objects.visible_to(by).filter(supporter=waiting.supporter, starts_at__lte=now, ends_at__gt=now).exists()
    )
    assert Swap.objects.visible_to(by).filter(state="open").count() == 1
    assert not Alarm.objects.visible_to(by).exists()
    assert [(one.name, one.number) for one in training_due(by, site)] == [("Ben Carter", "COM13")]
    weeks = [rota.week(by, site, monday_of(now.date()) + number * timedelta(weeks=1)) for number in range(4)]
    assert sum(week.hours - week.covered for week in weeks) in (11, 12, 13)
    quarter = waits.quarters(by, site)[0]
    assert None not in (quarter.median, quarter.ninetieth, quarter.in_target.percent)
    assert Encounter.objects.visible_to(by).count() == peers.REQUESTS
    assert (quarter.requests, [cell.number is None for cell in quarter.kinds]) == (30, [False, False, True, True])
