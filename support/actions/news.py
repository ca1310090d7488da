"""What supporters hear of a request that is with them: that something waits for them, and never what."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from healing import clock
from support.actions.plans import plan
from support.house import Visitor
from support.models import Channel, Request

A_WEEK = timedelta(days=7)
COLLECTED = timedelta(minutes=2)  # what changes within them is one message, and a message follows each change


def ways(by: Visitor, supporter: UUID) -> list[UUID]:
    """On which they hear: the account's own address, and each way of their own."""
    return [supporter, *Channel.objects.visible_to(by).filter(supporter=supporter).values_list("pk", flat=True)]


def devices(by: Visitor, user: UUID) -> list[UUID]:
    """The ways of their own of somebody who supports, at whichever sites."""
    theirs = Channel.objects.visible_to(by).filter(supporter__user_id=user, supporter__ended_on=None)
    return list(theirs.values_list("pk", flat=True))


def changed(request: Request) -> None:
    """Another time or another way to reach them: whoever has said yes would ring at the wrong hour or number."""
    if request.status in ("claimed", "reached"):
        slot = clock.now().timestamp() // COLLECTED.total_seconds() + 1
        at = datetime.fromtimestamp(slot * COLLECTED.total_seconds(), UTC)
        plan("support.changed", subject=request.pk, at=at, key=f"support.changed:{request.pk}:{slot:.0f}")


def tell(*, by: Visitor, request_id: UUID) -> None:
    """Whoever it is with, on each of their ways."""
    rows = Request.objects.visible_to(by).filter(pk=request_id, status__in=("claimed", "reached"))
    request = rows.exclude(supporter=None).first()
    if request is not None and request.supporter_id is not None:
        now = clock.now()
        key = f"support.news:{request.pk}:{now.timestamp():.0f}"
        for way in ways(by, request.supporter_id):
            plan("support.news", subject=request.pk, at=now, key=f"{key}:{way}", to=way)


def bring_to_mind(request: Request) -> None:
    """At the end of each week in which nobody has closed it. The same week twice is the same work."""
    if request.claimed_at:
        since = max(request.claimed_at, request.wanted_from)
        at = since + max(1, (clock.now() - since) // A_WEEK + 1) * A_WEEK
        key = f"support.forgotten:{request.pk}:{at.timestamp():.0f}"
        plan("support.forgotten", subject=request.pk, at=at, key=key)


def forgotten(*, by: Visitor, request_id: UUID) -> None:
    """Whoever it is with hears that something waits for them, if it was theirs for the whole week."""
    rows = Request.objects.visible_to(by).filter(pk=request_id, status__in=("claimed", "reached"))
    request = rows.select_related("site").first()
    if request is not None and request.claimed_at:
        if clock.now() >= max(request.claimed_at, request.wanted_from) + A_WEEK:
            tell(by=by, request_id=request.pk)
        bring_to_mind(request)


def still_with(by: Visitor, request_id: UUID, supporter: UUID) -> bool:
    """Whether it is still this supporter's. Held until the message has left."""
    rows = Request.objects.visible_to(by).select_for_update(no_key=True, of=("self",))
    return rows.filter(pk=request_id, status__in=("claimed", "reached"), supporter=supporter).first() is not None
