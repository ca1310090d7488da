"""What a supporter does with a request: say yes or pass, reach the person, answer in codes, hand it on."""

from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F

from healing import clock
from healing.errors import HealingError
from healing.transitions import move
from support.actions import measuring, news, paging
from support.house import Visitor
from support.models import Load, Page, Request
from support.queries.waits import quarter_of

MOST_CONTACTS = 3
GONE = "A colleague has been asked meanwhile. Thank you for being there."


@transaction.atomic
def accept(*, by: Visitor, request: Request) -> Request:
    """Yes, I will reach them. From now on the way to reach them can be read."""
    locked = _mine(by, request, "waiting", "claimed")
    if locked.status == "claimed":
        return locked  # pressed twice
    pages = Page.objects.visible_to(by).filter(request=locked, supporter=locked.supporter_id, outcome="open")
    page = pages.first()
    if page is None:
        raise HealingError(GONE)
    pages.update(outcome="accepted")
    assert locked.supporter_id is not None  # it is with whoever asks
    now = clock.now()
    move(locked, "claimed", by=by, claimed_at=now)
    quarter = quarter_of(page.sent_at.astimezone(ZoneInfo(locked.site.time_zone)).date())  # where the call is counted
    loads = Load.objects.visible_to(by).filter(supporter=locked.supporter_id, quarter=quarter)
    loads.update(accepted=F("accepted") + 1)
    paging.all_clear(by, locked)
    paging.watch_shift(by, locked, locked.supporter_id)
    paging.look_again(locked, at=paging.silent_from(locked, now))
    paging.look_after(locked)
    news.bring_to_mind(locked)
    return locked


@transaction.atomic
def pass_on(*, by: Visitor, request: Request) -> None:
    """Not now. The next colleague is asked at once, and nobody learns that this one was."""
    locked = _mine(by, request, "waiting")
    pages = Page.objects.visible_to(by).filter(request=locked, supporter=locked.supporter_id, outcome="open")
    if pages.update(outcome="passed"):
        paging.look_for_somebody(locked, at=clock.now())


@transaction.atomic
def keep(*, by: Visitor, request: Request) -> None:
    """Mine, also when my shift is over."""
    locked = _mine(by, request, "claimed", "reached")
    locked.kept = True
    locked.save(update_fields=["kept"])


@transaction.atomic
def reached(*, by: Visitor, request: Request) -> None:
    """We have spoken. Pressed again it is the next contact; three at most, then it is time for somebody else's help."""
    locked = _mine(by, request, "claimed", "reached")
    if locked.status == "claimed":
        contacts = min(locked.contacts + 1, MOST_CONTACTS)
        waits = measuring.of_first_talk(locked)
        move(locked, "reached", by=by, contacts=contacts, reply="", reply_at=None, **waits)
        paging.all_clear(by, locked)
    elif locked.contacts < MOST_CONTACTS:
        locked.contacts += 1
        locked.save(update_fields=["contacts"])
    else:
        raise HealingError("Three contacts are written down. Close this one, or hand it on.")


@transaction.atomic
def answer(*, by: Visitor, request: Request, reply: str) -> None:
    """One of the prepared answers, which whoever asked reads with their reply words."""
    locked = _mine(by, request, "claimed", "reached")
    locked.reply, locked.reply_at = reply, clock.now()
    locked.save(update_fields=["reply", "reply_at"])


@transaction.atomic
def refer_on(*, by: Visitor, request: Request, referral: str) -> None:
    """Where else help was offered, as a code; it is counted when the request is closed."""
    locked = _mine(by, request, "claimed", "reached")
    locked.referral = referral
    locked.save(update_fields=["referral"])


@transaction.atomic
def hand_on(*, by: Visitor, request: Request) -> None:
    """Somebody else is better for this. The next colleague is asked at once."""
    locked = _mine(by, request, "claimed", "reached")
    Page.objects.visible_to(by).filter(request=locked, supporter=locked.supporter_id).update(outcome="passed")
    move(locked, "waiting", by=by, page_until=None, **locked.let_go())
    paging.look_for_somebody(locked, at=clock.now())
    paging.look_again(locked, at=clock.now() + locked.site.clock("peer_call_back"))


def _mine(by: Visitor, request: Request, *statuses: str) -> Request:
    rows = Request.objects.visible_to(by).select_for_update(of=("self",)).select_related("site")
    locked = rows.filter(pk=request.pk, supporter__in=by.supporters, status__in=statuses).first()
    if locked is None:
        raise HealingError(GONE)
    return locked
