"""Calling colleagues: one after the other until somebody says yes, and the coordinator when nobody does.

All of it is due work. A find that comes twice, late or after the request has moved on changes nothing.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Max

from healing import clock, ids
from healing.protected import ScopedQuerySet
from healing.transitions import move
from support import house
from support.actions import alarms, news
from support.actions.plans import plan
from support.fair import Candidate, next_to_call
from support.house import Visitor
from support.models import Alarm, Due, Load, Page, Request, Shift, Supporter
from support.queries import candidates
from support.queries.waits import quarter_of

SOME_TIME = ("before_shift", "after_shift")  # only the two of them know when that is
A_DAY = timedelta(hours=24)
TRY_AGAIN = timedelta(minutes=10)  # while nobody can be called: somebody may come on duty, or be free again


def start(request: Request) -> None:
    """Colleagues are called from `begin_at` on; a target later somebody looks whether the request was answered."""
    look_for_somebody(request, at=request.called_from)
    look_again(request, at=request.wanted_from + request.site.clock("peer_call_back"))
    lapses = request.wanted_from + request.site.clock("peer_lapses")
    plan("support.lapse", subject=request.pk, at=lapses, key=f"support.lapse:{ids.token()}")


def look_for_somebody(request: Request, at: datetime) -> None:
    plan("support.find", subject=request.pk, at=at, key=f"support.find:{ids.token()}")


def look_again(request: Request, at: datetime) -> None:
    plan("support.overdue", subject=request.pk, at=at, key=f"support.overdue:{ids.token()}")


def call_next(*, by: Visitor, request_id: UUID) -> None:
    """Call the next colleague, unless one may still answer. With nobody to call, tell the coordinator at once.

    Whoever did not answer in time may still say yes, as long as nobody else is found: late is better than nobody.
    """
    now = clock.now()
    rows = Request.objects.visible_to(by).select_for_update(of=("self",)).select_related("site")
    request = rows.filter(pk=request_id, status="waiting").first()
    if request is None or _may_still_answer(by, request, now):
        return
    later = request.called_from > now  # another time was chosen since
    if later or not _did_not_answer(by, request):
        _let_go(by, request)
    if later:
        return
    if request.alarm:
        alarms.tell(by, request)
    chosen = next_to_call(candidates.wish(by, request), candidates.candidates(by, request.site))
    if chosen is None:
        escalate(by=by, request=request)
        _look_later(by, request, now)
    else:
        _let_go(by, request)
        _page(by, request, chosen, now)


def overdue(*, by: Visitor, request_id: UUID) -> None:
    """The target has passed. Whoever still waits is made known; who was promised a call and got none is asked for."""
    rows = Request.objects.visible_to(by).select_for_update(of=("self",)).select_related("site")
    request = rows.filter(pk=request_id, status__in=("waiting", "claimed")).first()
    if request is None:
        return
    now, late_from = clock.now(), request.wanted_from + request.site.clock("peer_call_back")
    if now >= late_from and not (request.claimed_at and request.when in SOME_TIME):
        escalate(by=by, request=request)
    if request.claimed_at is None:
        if now < late_from:  # the time was changed since
            look_again(request, at=late_from)
        _look_later(by, request, now)  # also where a search was set aside, since workers died in it
    elif now < silent_from(request, request.claimed_at):
        look_again(request, at=silent_from(request, request.claimed_at))
    else:
        give_back(by=by, request=request)


def shift_over(*, by: Visitor, request_id: UUID, supporter: UUID) -> None:
    """At the end of a shift, whoever was not reached goes to the colleague on call next, unless it was kept.

    A supporter whose next shift begins then goes on with it.
    """
    rows = Request.objects.visible_to(by).select_for_update(of=("self",)).select_related("site")
    request = rows.filter(pk=request_id, status="claimed", supporter=supporter, kept=False).first()
    if request is not None and not watch_shift(by, request, supporter):
        give_back(by=by, request=request)


def tend(*, by: Visitor, request_id: UUID) -> None:
    """Day by day: whoever is with somebody who no longer supports, for whatever reason, is given to a colleague."""
    rows = Request.objects.visible_to(by).select_for_update(of=("self",)).select_related("site")
    request = rows.filter(pk=request_id, status__in=("claimed", "reached")).first()
    if request is None:
        return
    if candidates.serving(by, request.site).filter(pk__in=[request.supporter_id]).exists():
        look_after(request)
    else:
        give_back(by=by, request=request)


def look_after(request: Request) -> None:
    plan("support.tend", subject=request.pk, at=clock.now() + A_DAY, key=f"support.tend:{ids.token()}")


def give_back(*, by: Visitor, request: Request) -> None:
    """A promise that was not kept in time is taken on by somebody else, and whoever waits for that is made known."""
    now = clock.now()
    Page.objects.visible_to(by).filter(request=request, outcome="accepted").update(outcome="timed_out", until=now)
    move(request, "waiting", by=by, supporter=None, page_until=None, **request.let_go())
    look_for_somebody(request, at=now)
    look_again(request, at=now + request.site.clock("peer_call_back"))


def escalate(*, by: Visitor, request: Request) -> None:
    """The coordinators hear that somebody waits, and nothing else. While an alarm stands there is no second one."""
    if request.alarm is not None:
        return
    alarm = Alarm.objects.create(site=request.site)
    request.escalated_at, request.alarm = request.escalated_at or clock.now(), alarm.pk
    request.save(update_fields=["escalated_at", "alarm"])
    alarms.tell(by, request)


def all_clear(by: Visitor, request: Request) -> None:
    """Nobody waits any more: the coordinators' page says so, and not who it was. The next wait has its own alarm."""
    if request.alarm:
        house.take_alarm(by, request.alarm)
        Alarm.objects.visible_to(by).filter(pk=request.alarm).delete()
        Request.objects.visible_to(by).filter(pk=request.pk).update(alarm=None)
        request.alarm = None


def rouse(*, by: Visitor, site_id: UUID) -> None:
    """Somebody may be called who could not be before: nobody who waits in vain waits for the next search."""
    rows = Request.objects.visible_to(by).select_for_update(of=("self",)).order_by("pk")
    for request in rows.filter(site=site_id, status="waiting").exclude(alarm=None):
        look_for_somebody(request, at=clock.now())


def still_paged(by: Visitor, request_id: UUID, supporter: UUID) -> bool:
    """Whether this supporter is still asked and has not passed. Held until the message has left."""
    rows = Request.objects.visible_to(by).select_for_update(no_key=True, of=("self",))
    request = rows.filter(pk=request_id, status="waiting", supporter=supporter, page_until__gt=clock.now()).first()
    return request is not None and _open_pages(by, request).filter(supporter=supporter).exists()


def _may_still_answer(by: Visitor, request: Request, now: datetime) -> bool:
    return request.page_until is not None and request.page_until > now and _did_not_answer(by, request)


def _did_not_answer(by: Visitor, request: Request) -> bool:
    """Whoever was called has neither said yes nor passed so far, and nobody asked for somebody else."""
    return request.supporter_id is not None and _open_pages(by, request).filter(supporter=request.supporter_id).exists()


def _let_go(by: Visitor, request: Request) -> None:
    """Whoever was called before is not called again about this request, and is not told why."""
    replaced = request.supporter_id is None
    _open_pages(by, request).update(outcome="replaced" if replaced else "timed_out")
    Page.objects.visible_to(by).filter(request=request, outcome="accepted").update(outcome="replaced")
    Request.objects.visible_to(by).filter(pk=request.pk).update(supporter=None, page_until=None)
    request.supporter, request.page_until = None, None


def _look_later(by: Visitor, request: Request, now: datetime) -> None:
    """While nobody can be called, one search at a time is enough."""
    later = now + TRY_AGAIN
    planned = Due.objects.visible_to(by).filter(subject=request.pk, kind="support.find", state="pending")
    if not planned.filter(due_at__gt=now, due_at__lte=later).exists():
        look_for_somebody(request, at=later)


def _open_pages(by: Visitor, request: Request) -> ScopedQuerySet[Page]:
    return Page.objects.visible_to(by).filter(request=request, outcome="open")


def _page(by: Visitor, request: Request, chosen: Candidate, now: datetime) -> None:
    until = now + request.site.clock("peer_answer")
    page = Page.objects.create(request=request, supporter_id=chosen.id, sent_at=now, until=until)
    Request.objects.visible_to(by).filter(pk=request.pk).update(supporter=chosen.id, page_until=until)
    supporters = Supporter.objects.visible_to(by).filter(site=request.site)
    newest = supporters.aggregate(turn=Max("last_turn"))["turn"]
    supporters.filter(pk=chosen.id).update(last_turn=newest + 1)
    _count(by, request, chosen.id)
    for way in news.ways(by, chosen.id):
        plan("support.page", subject=request.pk, at=now, key=f"support.page:{page.pk}:{way}", to=way)
    look_for_somebody(request, at=until)


def _count(by: Visitor, request: Request, supporter: UUID) -> None:
    quarter = quarter_of(clock.today(request.site.time_zone))
    loads = Load.objects.visible_to(by).filter(supporter=supporter, quarter=quarter)
    if not loads.update(pages=F("pages") + 1):
        Load.objects.create(supporter_id=supporter, site=request.site, quarter=quarter, pages=1)


def watch_shift(by: Visitor, request: Request, supporter: UUID) -> bool:
    """When the shift ends that they are on, it is asked whether the request goes on. False: they are on none."""
    end = end_of_shift(by, supporter)
    if end is not None:
        key = f"support.shift_over:{request.pk}:{supporter}:{end.timestamp():.0f}"
        plan("support.shift_over", subject=request.pk, at=end, key=key, to=supporter)
    return end is not None


def end_of_shift(by: Visitor, supporter: UUID) -> datetime | None:
    """When the shift ends that this supporter is on now."""
    now = clock.now()
    shifts = candidates.covering(Shift.objects.visible_to(by), now).filter(supporter=supporter)
    return shifts.aggregate(end=Max("ends_at"))["end"]


def silent_from(request: Request, claimed_at: datetime) -> datetime:
    """From when somebody who was promised a call, and got none, is a colleague's to take on."""
    if request.when in SOME_TIME:
        return claimed_at + A_DAY
    return max(claimed_at, request.wanted_from) + 2 * request.site.clock("peer_call_back")
