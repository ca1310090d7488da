"""The cast of peer support: units, supporters on call, and somebody who asks.

with asking(site) as by: request = ask(by, site)
with supporting(tom) as by: giving.accept(by=by, request=...)
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from django.utils.text import slugify

from healing import access, clock, due, sealed
from healing.models import Site, User
from healing.roles import Role
from support import house
from support.actions import asking
from support.house import Visitor
from support.models import Channel, Competence, Key, Lead, Request, Shift, Supporter, Unit
from tests.conftest import become
from tests.factories.cases import make_staff

PHONE = "07700 900123"
number = count(1)


@contextmanager
def coordinating(user: User) -> Iterator[Visitor]:
    with access.opened("user", user.pk) as viewer, house.entered(viewer) as visitor:
        yield visitor


@contextmanager
def supporting(supporter: Supporter) -> Iterator[Visitor]:
    with access.opened("user", supporter.user_id) as viewer, house.entered(viewer) as visitor:
        yield visitor


@contextmanager
def asking_as(words: str = "") -> Iterator[Visitor]:
    """Whoever has these reply words, without an account."""
    with house.entered(access.NOBODY) as visitor:
        if words:
            house.show_words(visitor, asking.words.fingerprint(words))
        yield visitor


@contextmanager
def working() -> Iterator[Visitor]:
    """As due work sees peer support."""
    become("healing_worker")
    try:
        with house.entered_by_worker() as visitor:
            yield visitor
    finally:
        become("healing_web")


def tick() -> None:
    become("healing_worker")
    try:
        due.tick()
    finally:
        become("healing_web")


def make_unit(site: Site, name: str = "", parent: Unit | None = None) -> Unit:
    name = name or f"Ward {next(number)}"
    with working():
        return Unit.objects.create(site=site, name=name, slug=slugify(name)[:20], parent=parent)


def make_supporter(site: Site, *, on_call: bool = True, leads: tuple[Unit, ...] = (), **changes: Any) -> Supporter:
    """Trained, signed, and unless said otherwise on call from an hour ago for a day."""
    user = make_staff(site, Role.PEER_SUPPORTER)
    fields: dict[str, Any] = {"agreed_on": date(2020, 1, 1), "joined_on": date(2020, 1, 1), **changes}
    with working():
        supporter = Supporter.objects.create(site=site, user_id=user.pk, **fields)
        sealed.create_key(supporter.pk, Key)
        Competence.objects.create(supporter=supporter, site=site, number="COM13", gained_on=date(2020, 1, 1))
        for unit in leads:
            Lead.objects.create(supporter=supporter, site=site, unit=unit)
        if on_call:
            make_shift(supporter)
    return supporter


def opened_at(site: Site) -> Site:
    """Somebody could be called one day, so that what is sent is taken. Nobody is named, and nobody is on call."""
    make_supporter(site, on_call=False, listed=False)
    return site


def make_shift(supporter: Supporter, start: datetime | None = None, hours: int = 25) -> Shift:
    start = start or clock.now() - timedelta(hours=1)
    shift = Shift(site_id=supporter.site_id, supporter=supporter, starts_at=start)
    shift.ends_at = start + timedelta(hours=hours)
    shift.save(force_insert=True)
    return shift


def make_channel(supporter: Supporter, kind: str, address: str) -> Channel:
    with working():
        return Channel.objects.create(supporter=supporter, kind=kind, address=address)


def ask(site: Site, nonce: str = "", **wish: Any) -> tuple[Request, str]:
    """Somebody asks without signing in. The request, and the words with which they read the answer."""
    reply_words = asking.words.reply_words(nonce or f"nonce {next(number)}")
    wish = {"reach_by": "phone", "contact": PHONE, "when": "now"} | wish
    with asking_as() as by:
        return asking.ask(by=by, site=site, reply_words=reply_words, **wish), reply_words


def seen_by_due_work(request: Request) -> Request:
    """The request as it now stands in the table."""
    with working() as by:
        return Request.objects.visible_to(by).select_related("site", "supporter").get(pk=request.pk)
