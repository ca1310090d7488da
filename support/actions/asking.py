"""Asking for a peer: for oneself, for a colleague, for a team. Nothing about what happened can be said."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from healing import clock, sealed
from healing.errors import HealingError
from healing.models import Site
from healing.transitions import move
from support import busy, house, words
from support.actions import closing, news, paging
from support.house import Visitor
from support.models import Key, Request

AHEAD = timedelta(hours=1)  # colleagues are called so long before a time that somebody chose


@transaction.atomic
def ask(
    *, by: Visitor, site: Site, reply_words: str, kind: str = "self", signed_in: bool = False, **wish: Any
) -> Request:
    """Write a request down and start looking for somebody. The same words twice are the same request.

    `wish`: reach_by, contact, name, when, at, unit, from_where, profession, alike, language, avoid, prefer, people.
    `signed_in`: the asker chose to be known to the programme, and reads the answer in their account.
    """
    fingerprint = words.fingerprint(reply_words)
    house.show_words(by, fingerprint)
    known = Request.objects.visible_to(by).filter(words_hash=fingerprint).first()
    if known is not None:
        return known
    contact, name = wish.pop("contact"), wish.pop("name", "")
    now = clock.now()
    request = Request(site=site, kind=kind, words_hash=fingerprint, asked_at=now, **wish)
    request.asker = by.user_id if signed_in else None
    request.begin_at = begins(now, request.when, request.at)
    # The same form, sent twice at one moment, is one. An error about it would leave all of it in the database's log.
    Request.objects.bulk_create([request], ignore_conflicts=True)
    first = Request.objects.visible_to(by).get(words_hash=fingerprint)
    if first.pk != request.pk:
        return first
    house.take(by, request.pk)
    sealed.create_key(request.pk, Key)
    request.contact, request.name = contact, name
    request.save(update_fields=["contact", "name"])
    paging.start(request)
    busy.one_more(site)  # and not when the same form comes again
    return request


def refer(*, by: Visitor, site: Site, nonce: str, **wish: Any) -> None:
    """A word put in for a colleague. Whoever does it gets no reply words: they hear nothing back, whatever follows."""
    ask(by=by, site=site, reply_words=words.reply_words(f"{nonce}:referral"), kind="referral", **wish)


@transaction.atomic
def change_time(*, by: Visitor, request: Request, when: str, at: datetime | None) -> None:
    """Another time suits better. Whoever has the request is told; otherwise the search starts anew from then.

    Until then nobody waits, so that an alarm which stands goes.
    """
    locked, now = _open(by, request), clock.now()
    locked.when, locked.at, locked.reply, locked.reply_at = when, at, "", None
    locked.begin_at = begins(now, when, at)
    locked.save(update_fields=["when", "at", "begin_at", "reply", "reply_at"])
    if locked.called_from > now:
        paging.all_clear(by, locked)
    paging.start(locked)
    news.changed(locked)


@transaction.atomic
def change_contact(*, by: Visitor, request: Request, reach_by: str, contact: str) -> None:
    locked = _open(by, request)
    house.take(by, locked.pk)
    locked.reach_by, locked.contact, locked.reply, locked.reply_at = reach_by, contact, "", None
    locked.save(update_fields=["reach_by", "contact", "reply", "reply_at"])
    news.changed(locked)


@transaction.atomic
def ask_for_someone_else(*, by: Visitor, request: Request) -> None:
    """Another colleague, please. Nobody asks why, and whoever had it is not told."""
    locked = _open(by, request)
    now = clock.now()
    if locked.status == "waiting":
        Request.objects.visible_to(by).filter(pk=locked.pk).update(supporter=None, page_until=None)
    else:
        move(locked, "waiting", by=by, supporter=None, page_until=None, **locked.let_go())
    paging.look_for_somebody(locked, at=max(now, locked.called_from))
    paging.look_again(locked, at=max(now, locked.wanted_from) + locked.site.clock("peer_call_back"))


@transaction.atomic
def answer(*, by: Visitor, request: Request, answer: str) -> None:
    """One of the prepared sentences, for the colleague who has said yes. They hear that something waits for them.

    It goes with that colleague: whoever has the request next does not read it.
    """
    locked = _open(by, request)
    if locked.status not in ANSWERED_IN:
        raise HealingError(NOBODY_YET)
    if locked.answer != answer:
        locked.answer = answer
        locked.save(update_fields=["answer"])
        news.changed(locked)


@transaction.atomic
def cancel(*, by: Visitor, request: Request) -> None:
    """Taken back: everything about the person goes at once."""
    closing.end(by=by, request=_open(by, request), outcome="cancelled", keep_days=0)


@transaction.atomic
def rate(*, by: Visitor, request: Request, met_need: str) -> None:
    """Whether it met the need, in one code; counted when the last of the request goes."""
    rows = Request.objects.visible_to(by).filter(pk=request.pk, status__in=("closed", "erased"))
    rows.update(met_need=met_need)


def begins(now: datetime, when: str, at: datetime | None) -> datetime:
    return max(now, at - AHEAD) if when == "at" and at else now


def _open(by: Visitor, request: Request) -> Request:
    rows = Request.objects.visible_to(by).select_for_update(of=("self",)).select_related("site")
    locked = rows.filter(pk=request.pk, status__in=("waiting", "claimed", "reached")).first()
    if locked is None:
        raise HealingError(CLOSED)
    return locked


ANSWERED_IN = ("claimed", "reached")
NOBODY_YET = "Nobody has said yes so far, so there is nobody to read an answer. You can send one later."
CLOSED = "This request is closed, so nothing was changed. You can ask again at any time."
