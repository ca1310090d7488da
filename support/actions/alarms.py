"""What coordinators hear while somebody waits: that there is something to look at, again and again until it is over."""

from datetime import datetime, timedelta

from healing import clock
from support.actions import news
from support.actions.plans import plan
from support.house import Visitor
from support.models import Effect, Request
from support.queries import candidates

A_DAY = timedelta(hours=24)


def tell(by: Visitor, request: Request) -> None:
    """Each coordinator, on each of their ways: at once, after the target, then after twice as long each time.

    What was sent is not planned again: the error would stand in a log.
    """
    now, told = clock.now(), _told(by, request)
    keepers = candidates.coordinators(by, request.site, request.asker)
    for user in keepers.values_list("user_id", flat=True).distinct():
        moments = told.get(str(user), {})
        if moments and now < max(moments.values()) + _pause(request, len(moments)):
            continue
        for way in [user, *news.devices(by, user)]:
            key = f"{_about(request)}{user}:{len(moments)}:{way}"
            plan("support.alarm", subject=request.pk, at=now, key=key, to=way)


def _told(by: Visitor, request: Request) -> dict[str, dict[str, datetime]]:
    """Coordinator by coordinator, when each of the letters about the alarm that stands was sent."""
    told: dict[str, dict[str, datetime]] = {}
    sent = Effect.objects.visible_to(by).filter(subject=request.pk, key__startswith=_about(request))
    for key, at in sent.values_list("key", "at"):
        user, number, _way = key.removeprefix(_about(request)).split(":")
        told.setdefault(user, {})[number] = at
    return told


def _pause(request: Request, told: int) -> timedelta:
    """A night without anybody does not fill an inbox, and is not forgotten either."""
    target: timedelta = request.site.clock("peer_call_back")
    return min(target * 2 ** (told - 1), A_DAY)


def _about(request: Request) -> str:
    return f"support.alarm:{request.alarm}:"
