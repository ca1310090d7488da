"""Peer support in the demo: wards, six supporters, a rota, a finished quarter, and somebody who waits for Tom."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from healing import access, clock
from healing.demo.seed.staff import account
from healing.models import Membership, Site
from healing.roles import Role
from support import busy, house, words
from support.actions import asking, closing, competence, giving, paging, records, shifts, units
from support.house import Visitor
from support.models import Request, Shift, Supporter, Unit
from support.queries.waits import quarter_of
from support.wall_clock import Span, coming, monday_of

DIVISION = "Acute care"
WARDS = ("Emergency", "Intensive care", "Maternity", "Children's ward")
PEOPLE = (  # sign-in, name, ward, profession, backup; the first is on call when the demo begins
    ("peer", "Tom Lindqvist", "Intensive care", "nurse", False),
    ("asha", "Asha Perera", "Maternity", "midwife", True),
    ("ben", "Ben Carter", "Emergency", "paramedic", False),
    ("carmen", "Carmen Ruiz", "Children's ward", "nurse", False),
    ("declan", "Declan Hughes", "Emergency", "doctor", True),
    ("efua", "Efua Boateng", "Intensive care", "therapist", False),
)
RUNS_OUT = "paramedic"  # whose training does soon
HANDOVERS = (time(7), time(19))
WEEKS = 4
GAP, OFFERED = 5, 7  # how many shifts after the one that is running
LET_TOM_ANSWER = {"peer_answer": 20}  # whoever looks needs a while to sign in; a call is still returned in time

REQUESTS = 30
KINDS = ("self", "referral", "self", "self", "referral", "self", "team", "self", "referral", "self")
REFERRALS = ("none", "eap", "none", "none", "counsellor", "none", "eap", "none", "chaplain")
TRIGGERS = ("none", "death", "error", "many", "violence", "child")
TO_SAY_YES = (3, 6, 2, 9, 4, 12, 5, 17)
TO_REACH = (8, 14, 11, 22, 9, 41, 16, 27, 12)


def fill(site: Site) -> None:
    Site.objects.filter(pk=site.pk).update(clocks={**site.clocks, **LET_TOM_ANSWER})
    site.refresh_from_db()
    users = [_peer(site, sign_in, name) for sign_in, name, *_ in PEOPLE]
    with house.entered_by_worker() as by:
        wards = _wards(by, site)
        people = [
            _supporter(by, site, user, wards[ward], profession, backup)
            for user, (_, _, ward, profession, backup) in zip(users, PEOPLE, strict=True)
        ]
        _rota(by, site, people)
        _finished_quarter(by, site, wards)
        _claimed(by, site, people[1], wards["Emergency"])
        _waiting(by, site, wards["Emergency"])
    busy.forget(site)  # they are invented, and did not ask in these minutes


def _peer(site: Site, sign_in: str, name: str) -> Any:
    user = account(sign_in, name=name)
    with access.opened("site", site.pk) as viewer:
        held = Membership.objects.visible_to(viewer).filter(user=user, site=site, role=Role.PEER_SUPPORTER)
        if not held.exists():
            Membership.objects.create(user=user, site=site, role=Role.PEER_SUPPORTER)
    return user.pk


def _wards(by: Visitor, site: Site) -> dict[str, Unit]:
    division = units.add(by=by, site=site, name=DIVISION, slug="acute", parent=None)
    slugs = {"Emergency": "emergency", "Intensive care": "icu", "Maternity": "maternity", "Children's ward": "children"}
    return {name: units.add(by=by, site=site, name=name, slug=slugs[name], parent=division) for name in WARDS}


def _supporter(by: Visitor, site: Site, user: Any, ward: Unit, profession: str, backup: bool) -> Supporter:
    """Trained and signed before the quarter that is shown. Ben's training runs out soon."""
    today = clock.today(site.time_zone)
    with clock.pinned(clock.now() - timedelta(days=400)):
        record: dict[str, Any] = {
            "unit": ward,
            "profession": profession,
            "languages": "en",
            "capacity": 2,
            "backup": backup,
        }
        supporter = records.begin(by=by, site=site, user_id=user, **record)
        learnt = clock.today(site.time_zone)
        expires = today + timedelta(days=30 if profession == RUNS_OUT else 730)
        competence.record(by=by, supporter=supporter, number="COM13", gained_on=learnt, expires_on=expires)
        competence.record(by=by, supporter=supporter, number="COM06", gained_on=learnt, expires_on=None)
    Supporter.objects.visible_to(by).filter(pk=supporter.pk).update(agreed_on=learnt)
    supporter.agreed_on = learnt
    return supporter


def _rota(by: Visitor, site: Site, people: list[Supporter]) -> None:
    """Two shifts a day from the finished quarter to three weeks after this one; Tom has the one that runs now."""
    today = clock.today(site.time_zone)
    spans = _spans(_last_quarter(today), monday_of(today) + timedelta(weeks=WEEKS), site.time_zone)
    now = next(number for number, span in enumerate(spans) if span.start <= clock.now() < span.end)
    planned = []
    for number, span in enumerate(spans):
        after = number - now
        who = people[(after + after // len(people)) % len(people)]
        planned.append(Shift(site=site, supporter=who, starts_at=span.start, ends_at=span.end))
    offered = planned[now + OFFERED]
    del planned[now + GAP]
    Shift.objects.bulk_create(planned)
    shifts.offer(by=_as(by, offered.supporter), shift=offered)


def _spans(first: date, last: date, zone: str) -> list[Span]:
    """From handover to handover, until the morning of the last day."""
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    handovers = [coming(day, at, zone) for day in days for at in HANDOVERS][:-1]
    return [Span(*pair) for pair in pairwise(handovers)]


def _last_quarter(today: date) -> date:
    return quarter_of(quarter_of(today) - timedelta(days=1))


def _finished_quarter(by: Visitor, site: Site, wards: dict[str, Unit]) -> None:
    """Enough requests, each from asking to closing, that its numbers can be shown; of teams there are few."""
    first = _last_quarter(clock.today(site.time_zone))
    for number in range(REQUESTS):
        at = coming(first + timedelta(days=3 * number), time(8 + number * 5 % 14, 7), site.time_zone)
        with clock.pinned(at):
            request = _ask(by, site, number, kind=KINDS[number % len(KINDS)], unit=wards[WARDS[number % len(WARDS)]])
            who = _call(by, request)
            if number % 9 == 4:
                giving.pass_on(by=who, request=request)
                who = _call(by, request)
        _support(who, request, number, at)


def _support(who: Visitor, request: Request, number: int, at: datetime) -> None:
    yes = timedelta(minutes=TO_SAY_YES[number % len(TO_SAY_YES)])
    with clock.pinned(at + yes):
        giving.accept(by=who, request=request)
    with clock.pinned(at + yes + timedelta(minutes=TO_REACH[number % len(TO_REACH)])):
        giving.reached(by=who, request=request)
    with clock.pinned(at + timedelta(hours=2)):
        closing.close(
            by=who,
            request=request,
            outcome="supported",
            people=6 if request.kind == "team" else 1,
            group="group" if request.kind == "team" else "individual",
            length="30_44",
            place="phone",
            tier="2",
            profession="nurse",
            trigger=TRIGGERS[number % len(TRIGGERS)],
            referral=REFERRALS[number % len(REFERRALS)],
            met_need="yes",
        )


def _claimed(by: Visitor, site: Site, asha: Supporter, ward: Unit) -> None:
    """Somebody asked before their shift to be called after it, and Asha said yes."""
    with clock.pinned(clock.now() - timedelta(hours=2)):
        request = _ask(by, site, REQUESTS, unit=ward, when="after_shift", name="Jo", prefer=asha)
        giving.accept(by=_call(by, request), request=request)


def _waiting(by: Visitor, site: Site, ward: Unit) -> None:
    request = _ask(by, site, REQUESTS + 1, unit=ward, name="Robin", contact="07700 900461", profession="nurse")
    _call(by, request)


def _ask(by: Visitor, site: Site, number: int, **wish: Any) -> Request:
    wish = {"reach_by": "phone", "contact": "07700 900100", "when": "now", **wish}
    return asking.ask(by=by, site=site, reply_words=words.reply_words(f"demo {number}"), **wish)


def _call(by: Visitor, request: Request) -> Visitor:
    """Whoever is called next, as themselves."""
    paging.call_next(by=by, request_id=request.pk)
    called = Request.objects.visible_to(by).select_related("supporter").get(pk=request.pk)
    assert called.supporter is not None, "nobody could be called in the demo"
    return _as(by, called.supporter)


def _as(by: Visitor, supporter: Supporter) -> Visitor:
    return replace(by, supporters=frozenset({supporter.pk}))
