"""The end of a request: a line of codes is counted, and everything that leads to a person goes.

What goes: the contact and the name with their key, whom it was with, the unit, every wish and every time, the pages to
supporters and what was due. What stays for the site's days is the hash of the reply words and whether there was a talk,
so that whoever asked can say whether it helped. Then that goes too.
"""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from healing import access, clock, ids
from healing.errors import HealingError
from healing.transitions import move
from support import house
from support.actions.measuring import at_the_end
from support.actions.paging import all_clear
from support.actions.plans import plan
from support.house import Visitor
from support.models import Due, Effect, Encounter, Key, Page, Reminder, Request
from support.models.requests import ENDED, PERSONAL, TIMES

# The bare hash of what was taken back stays for as long as its form could be sent again, so that it asks for nobody.
CANCELLED_STAYS = timedelta(days=2)
NO_TIMES: dict[str, Any] = dict.fromkeys(TIMES)
NOBODY: dict[str, Any] = dict.fromkeys(PERSONAL) | {
    "contact": b"",
    "name": b"",
    "people": None,
    "alike": False,
    "kept": False,
    "language": "en",
    "from_where": "any",
    **dict.fromkeys(("reach_by", "when", "profession", "reply", "answer", "referral"), ""),
}


@transaction.atomic
def close(*, by: Visitor, request: Request, outcome: str, **codes: Any) -> None:
    """A supporter closes with codes: group, people, length, place, tier, profession, trigger, referral, met_need."""
    rows = Request.objects.visible_to(by).select_for_update(of=("self",)).select_related("site")
    locked = rows.filter(pk=request.pk, supporter__in=by.supporters, status__in=("claimed", "reached")).first()
    if locked is None:
        raise HealingError("This is closed already. Nothing more is kept of it.")
    end(by=by, request=locked, outcome=outcome, keep_days=_days(locked, "peer_keeps"), **codes)


def end(*, by: Visitor, request: Request, outcome: str, keep_days: int, **codes: Any) -> None:
    """Count it, blank its times, and erase it now or after the site's days. The caller holds the request."""
    house.take(by, request.pk)
    today = clock.today(request.site.time_zone)
    line = Encounter(
        site=request.site, day=today, kind=request.kind, outcome=outcome, **at_the_end(request, outcome), **codes
    )
    line.escalated = request.escalated_at is not None
    line.contacts = max(request.talks, 1) if outcome == "supported" else request.talks
    line.referral = line.referral or request.referral
    if outcome == "supported":
        line.profession = line.profession or request.profession
    line.save(force_insert=True)
    all_clear(by, request)
    _drop_traces(by, request)
    erase_on = today + timedelta(days=keep_days)
    hears = CANCELLED_STAYS if outcome == "cancelled" else request.site.clock("peer_hears")
    forget_on = erase_on + hears
    days: dict[str, Any] = {"erase_on": erase_on, "forget_on": forget_on}
    # Their asker reads whether there was a talk, and not how often.
    talked: dict[str, Any] = {"contacts": min(line.contacts, 1), "contacts_before": 0}
    counted = None if outcome == "cancelled" else line.pk  # of what was taken back, nobody says whether it helped
    move(request, "closed", by=by, encounter=counted, alarm=None, **talked, **days, **NO_TIMES)
    _plan_for_day("support.forget", request, forget_on)
    if keep_days:
        _plan_for_day("support.erase", request, erase_on)
    else:
        _erase(by, request)


def erase_later(*, by: Visitor, request_id: UUID) -> None:
    """The site's days are over."""
    request = Request.objects.visible_to(by).filter(pk=request_id, status="closed").first()
    if request is not None:
        house.take(by, request.pk)
        _erase(by, request)


def lapse(*, by: Visitor, request_id: UUID) -> None:
    """Nobody has closed it for as long as a request may stay open: nothing is kept because somebody forgot."""
    rows = Request.objects.visible_to(by).select_for_update(of=("self",)).select_related("site")
    request = rows.filter(pk=request_id).exclude(status__in=ENDED).first()
    if request is None:
        return
    lapses = request.wanted_from + request.site.clock("peer_lapses")
    if clock.now() < lapses:  # another time was chosen since
        plan("support.lapse", subject=request_id, at=lapses, key=f"support.lapse:{ids.token()}")
        return
    end(by=by, request=request, outcome="supported" if request.talks else "not_reached", keep_days=0)


def forget(*, by: Visitor, request_id: UUID) -> None:
    """The last of a request goes, also when it could not be erased on its day. What its asker said of it is counted."""
    rows = Request.objects.visible_to(by).select_for_update(of=("self",))
    request = rows.filter(pk=request_id, status__in=ENDED).first()
    if request is None:
        return
    if request.met_need:
        lines = Encounter.objects.visible_to(by).filter(pk__in=[request.encounter])
        lines.update(met_need_asker=request.met_need)
    Key.objects.visible_to(by).filter(holder=request.pk).delete()
    Effect.objects.visible_to(by).filter(subject=request.pk).delete()  # of a worker that died while it was closed
    request.delete()


def forget_reminder(*, by: Visitor, reminder_id: UUID) -> None:
    """The reminder goes first, as for due work that sends it: neither waits for the other."""
    Reminder.objects.visible_to(by).filter(pk=reminder_id).delete()
    Key.objects.visible_to(by).filter(holder=reminder_id).delete()
    Effect.objects.visible_to(by).filter(subject=reminder_id).delete()
    due = Due.objects.visible_to(by).filter(subject=reminder_id)
    due.exclude(kind="support.reminded", state="leased").delete()  # that one is being done, and goes by itself


def _erase(by: Visitor, request: Request) -> None:
    Key.objects.visible_to(by).filter(holder=request.pk).delete()
    access.current().keys.pop(request.pk, None)
    move(request, "erased", by=by, **NOBODY)


def _drop_traces(by: Visitor, request: Request) -> None:
    """Whom it was with and when anything was due. A message that is being handed over is waited for."""
    Page.objects.visible_to(by).filter(request=request.pk).delete()
    due = Due.objects.visible_to(by).filter(subject=request.pk)
    due.exclude(kind="support.lapse", state="leased").delete()  # that one is being done, and goes by itself
    Effect.objects.visible_to(by).filter(subject=request.pk).delete()


def _plan_for_day(kind: str, request: Request, day: date) -> None:
    """Due on that day and written down for today: neither tells the time of day at which it was closed."""
    zone = ZoneInfo(request.site.time_zone)
    midnight = datetime.combine(clock.today(request.site.time_zone), time(), zone)
    at = datetime.combine(day, time(), zone)
    plan(kind, subject=request.pk, at=at, key=f"{kind}:{request.pk}", created_at=midnight)


def _days(request: Request, name: str) -> int:
    return request.site.clock(name).days
