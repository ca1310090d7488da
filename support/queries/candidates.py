"""Who could be called about a request, as plain data for `support.fair`."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q

from healing import clock
from healing.access import Ids
from healing.models import Membership, Site, User
from healing.protected import ScopedQuerySet
from healing.roles import Permission, with_permission
from support.codes import NEEDED_COMPETENCES
from support.fair import Candidate, Wish
from support.house import Visitor
from support.models import Away, Competence, Exclusion, Lead, Page, Request, Shift, Supporter, Unit

OPEN = ("waiting", "claimed", "reached")


def candidates(by: Visitor, site: Site) -> list[Candidate]:
    """Everybody who supports at this site, is trained and is not away. Their rows are locked: one choice at a time."""
    now = clock.now()
    rows = list(fit(by, site).select_for_update(no_key=True, of=("self",)).order_by("pk"))
    pks = [row.pk for row in rows]
    on_call = set(
        covering(Shift.objects.visible_to(by), now).filter(supporter__in=pks).values_list("supporter", flat=True)
    )
    leads, not_for = _units(Lead, by, site), _units(Exclusion, by, site)
    busy = _busy(by, pks)
    return [
        Candidate(
            id=row.pk,
            user_id=row.user_id,
            unit=row.unit_id,
            leads=leads.get(row.pk, frozenset()),
            profession=row.profession,
            languages=frozenset(row.languages.split(",")),
            on_call=row.pk in on_call,
            backup=row.backup,
            has_room=busy.get(row.pk, 0) < row.capacity,
            last_turn=row.last_turn,
            not_for=not_for.get(row.pk, frozenset()),
        )
        for row in rows
    ]


def fit(by: Visitor, site: Site) -> ScopedQuerySet[Supporter]:
    """Supporters who may be called at all today: they have signed, learnt what is needed, and are not away."""
    away = covering(away_anywhere(by), clock.now()).values("supporter__user_id")
    return trained(by, site).exclude(user_id__in=away)


def away_anywhere(by: Visitor) -> ScopedQuerySet[Away]:
    """Whoever is away is away at every site where they support, wherever it was written down."""
    return Away.objects.visible_to(by).filter(supporter__in=standing(by))


def standing(by: Visitor) -> ScopedQuerySet[Supporter]:
    """Records at every site that have not ended, of people who have the role there: those that their own pages show."""
    roles = with_permission(Permission.SUPPORT_GIVE)
    part = Membership.objects.visible_to(by).filter(user_id=OuterRef("user_id"), site=OuterRef("site"), ended_at=None)
    return Supporter.objects.visible_to(by).filter(Exists(part.filter(role__in=roles)), ended_on=None)


def serving(by: Visitor, site: Site) -> ScopedQuerySet[Supporter]:
    """Supporters whose record, role and account all stand."""
    users = holders(by, site, Permission.SUPPORT_GIVE).values("user_id")
    return Supporter.objects.visible_to(by).filter(site=site, ended_on=None, user_id__in=users)


def holders(by: Visitor, site: Site, permission: Permission) -> ScopedQuerySet[Membership]:
    """Roles that stand, of accounts that can be signed in to."""
    roles = with_permission(permission)
    rows = Membership.objects.visible_to(by).filter(site=site, role__in=roles, ended_at=None)
    return rows.filter(user_id__in=User.objects.filter(is_active=True).values("pk"))


def coordinators(by: Visitor, site: Site, asker: UUID | None) -> ScopedQuerySet[Membership]:
    """Who is told that somebody waits, never the one who asked."""
    return holders(by, site, Permission.SUPPORT_COORDINATE).exclude(user_id__in=[asker])


def trained(by: Visitor, site: Site) -> ScopedQuerySet[Supporter]:
    """Supporters who have signed, learnt what is needed and are understood by somebody who asks, here or away."""
    today = clock.today(site.time_zone)
    one_of_the_site_s = f"(^|,)({site.languages.replace(',', '|')})(,|$)"
    return learnt(serving(by, site).filter(agreed_on__lte=today, languages__regex=one_of_the_site_s), by, site)


def learnt(rows: ScopedQuerySet[Supporter], by: Visitor, site: Site) -> ScopedQuerySet[Supporter]:
    """Of these, who has learnt what is needed, and it is valid today."""
    today = clock.today(site.time_zone)
    for number in NEEDED_COMPETENCES:
        rows = rows.filter(pk__in=_valid(by, number, today).values("supporter"))
    return rows


def covering(rows: Any, moment: datetime) -> Any:
    """Rows with a beginning and an end that this moment lies in."""
    return rows.filter(Q(ends_at=None) | Q(ends_at__gt=moment), starts_at__lte=moment)


def wish(by: Visitor, request: Request) -> Wish:
    site_leads = _units(Lead, by, request.site)
    own = Supporter.objects.visible_to(by).filter(site=request.site, user_id__in=[request.asker], ended_on=None)
    led = frozenset().union(*(site_leads.get(pk, frozenset()) for pk in own.values_list("pk", flat=True)))
    parents = dict(Unit.objects.visible_to(by).filter(site=request.site).values_list("pk", "parent"))
    long_ago = clock.now() - request.site.clock("peer_call_back")  # who did not answer then may be able to now
    called = Page.objects.visible_to(by).filter(request=request).exclude(outcome="accepted")
    called = called.exclude(outcome__in=("timed_out", "open"), until__lt=long_ago)
    return Wish(
        asker=request.asker,
        asker_leads=frozenset(unit for unit in parents if led & _line(parents, unit)),
        unit=request.unit_id,
        line=_line(parents, request.unit_id),
        parts=frozenset(unit for unit in parents if request.unit_id in _line(parents, parents[unit])),
        from_where=request.from_where,
        profession=request.profession,
        alike=request.alike,
        language=request.language,
        avoid=request.avoid_id,
        prefer=request.prefer_id,
        called_before=frozenset(called.values_list("supporter", flat=True)),
    )


def _busy(by: Visitor, supporters: list[UUID]) -> dict[UUID, int]:
    """How many people each of them looks after now. Whoever is not named looks after nobody.

    A call that was not answered in time counts no more, though they may still say yes to it.
    """
    rows = Request.objects.visible_to(by).filter(supporter__in=supporters, status__in=OPEN)
    rows = rows.exclude(status="waiting", page_until__lte=clock.now())
    return dict(rows.values_list("supporter").annotate(count=Count("pk")))


def _valid(by: Visitor, number: str, today: date) -> ScopedQuerySet[Competence]:
    learnt = Competence.objects.visible_to(by).filter(number=number, gained_on__lte=today)
    return learnt.filter(Q(expires_on=None) | Q(expires_on__gt=today))


def _units(model: type[Lead | Exclusion], by: Visitor, site: Site) -> dict[UUID, Ids]:
    """Supporter by supporter, the units that they lead or do not want to be called for."""
    found: dict[UUID, set[UUID]] = {}
    for supporter, unit in model.objects.visible_to(by).filter(site=site).values_list("supporter", "unit"):
        found.setdefault(supporter, set()).add(unit)
    return {supporter: frozenset(units) for supporter, units in found.items()}


def _line(parents: dict[UUID, UUID | None], unit: UUID | None) -> Ids:
    """The unit and every part of the house above it."""
    line: set[UUID] = set()
    while unit and unit not in line:
        line.add(unit)
        unit = parents.get(unit)
    return frozenset(line)
