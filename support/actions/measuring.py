"""How long somebody waited. It is decided once: when they were first reached, or else at the end.

What happens later (a second talk, another colleague, another time) does not change how long they waited then.
"""

from datetime import datetime
from typing import Any

from healing import clock
from support.actions.paging import SOME_TIME
from support.models import Request
from support.models.requests import WAITS


def of_first_talk(request: Request) -> dict[str, Any]:
    """When they say that they have spoken. Later talks are not measured."""
    return {} if request.talks else _waits(request, reached_at=clock.now())


def at_the_end(request: Request, outcome: str) -> dict[str, Any]:
    """What the log says of the wait. Whoever is not known to have been reached in time counts as outside the target.

    A talk that nobody noted was before the end: where that is within the target, so was the talk. Later, nobody knows.
    """
    if request.talks:
        return {name: getattr(request, name) for name in WAITS}
    now = clock.now()
    if outcome == "supported" and now <= _target(request):
        return _waits(request, reached_at=now)
    missed = outcome in ("supported", "not_reached") and request.when not in SOME_TIME
    return _waits(request, reached_at=None) | {"in_target": False if missed else None}


def _waits(request: Request, reached_at: datetime | None) -> dict[str, Any]:
    """From when they wanted to be reached. Before or after a shift, only the two of them know when that was."""
    start = request.wanted_from
    timed = None if request.when in SOME_TIME else reached_at
    return {
        "minutes_to_claim": _minutes(start, request.claimed_at),
        "minutes_to_reach": _minutes(start, timed),
        "in_target": timed <= _target(request) if timed else None,
    }


def _target(request: Request) -> datetime:
    return request.wanted_from + request.site.clock("peer_call_back")


def _minutes(start: datetime, end: datetime | None) -> int | None:
    return max(0, int((end - start).total_seconds() // 60)) if end else None
