"""Who is on call at a site now, as whoever asks may see it: listed colleagues by first name, the others unnamed."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, Max, Min, OuterRef, Q
from django.utils.translation import gettext

from healing import clock
from healing.models import Site, User
from healing.protected import ScopedQuerySet
from support.house import Visitor
from support.models import Shift, Supporter, Unit
from support.queries.candidates import away_anywhere, coordinators, covering, fit, trained

HALF_A_DAY = timedelta(hours=14)  # as long as a shift
TITLES = ("dr", "prof", "mr", "mrs", "ms")


@dataclass(frozen=True)
class OnCall:
    """Nobody may be on call: then `starts_at` is when the next colleague is, if that is planned."""

    named: list[tuple[str, datetime]]  # who, until when
    unnamed_until: datetime | None
    starts_at: datetime | None
    starts: str  # today, tomorrow, or neither
    coordinated: bool  # somebody hears of it when nobody can be called
    tomorrow: datetime  # a time before this needs no date

    @property
    def anybody(self) -> bool:
        return bool(self.named) or self.unnamed_until is not None


def on_call(by: Visitor, site: Site, asker: UUID | None = None) -> OnCall:
    shifts = covering(Shift.objects.visible_to(by).filter(site=site), clock.now())
    until = dict(shifts.values_list("supporter").annotate(until=Max("ends_at")))
    here = fit(by, site).filter(pk__in=until).exclude(user_id__in=[asker])  # nobody is called about themselves
    names = labels(here)
    unnamed = [until[pk] for pk in here.filter(listed=False).values_list("pk", flat=True)]
    named = sorted((names[pk], until[pk]) for pk in names)
    starts_at = None if named or unnamed else _next_start(by, site, asker)
    told = coordinators(by, site, asker).exists()
    starts = _near(starts_at, site) if starts_at else ""
    return OnCall(named, max(unnamed, default=None), starts_at, starts, told, clock.now() + HALF_A_DAY)


def somebody_hears(by: Visitor, site: Site, asker: UUID | None = None) -> bool:
    """Whether anybody at this site can ever be called or told. Where nobody can, a request would wait for no one."""
    return coordinators(by, site, asker).exists() or _others(by, site, asker).exists()


def listed(by: Visitor, site: Site, asker: UUID | None = None) -> list[tuple[str, str]]:
    """Whom a form may name: colleagues who agreed to it, also when they are away. Nobody names themselves."""
    named = labels(_others(by, site, asker))
    return sorted(((str(pk), name) for pk, name in named.items()), key=lambda choice: choice[1])


def recorded(by: Visitor, site: Site) -> ScopedQuerySet[Supporter]:
    """Who may be told never to be called for a request: everybody with a record here, listed or not."""
    return Supporter.objects.visible_to(by).filter(site=site)


def record_of(by: Visitor, site: Site, user: UUID | None) -> UUID | None:
    """The record of somebody who supports here, so that they are not called about what they send themselves."""
    return recorded(by, site).filter(user_id__in=[user], ended_on=None).values_list("pk", flat=True).first()


def units(by: Visitor, site: Site) -> list[tuple[str, str]]:
    rows = Unit.objects.visible_to(by).filter(site=site, closed_on=None)
    return [(str(unit.pk), unit.name) for unit in rows]


def unit_at(by: Visitor, site: Site, slug: str) -> Unit | None:
    """The unit on whose wall the poster hangs. A poster from long ago still opens the page."""
    return Unit.objects.visible_to(by).filter(site=site, slug=slug, closed_on=None).first()


def first_name(supporter: Supporter) -> str:
    """Only of a colleague who agreed to be named; else nothing."""
    return _first_names([supporter.user_id]).get(supporter.user_id, "") if supporter.listed else ""


def labels(supporters: ScopedQuerySet[Supporter]) -> dict[UUID, str]:
    """First name and profession of those who are listed; where two would be the same, the unit too."""
    rows = list(supporters.filter(listed=True).select_related("unit"))
    names = _first_names([row.user_id for row in rows])
    short = {row.pk: _label(names[row.user_id], row.get_profession_display()) for row in rows if row.user_id in names}
    twice = {label for label, count in Counter(short.values()).items() if count > 1}
    return {row.pk: _with_unit(short[row.pk], row.unit, twice) for row in rows if row.pk in short}


def _near(moment: datetime, site: Site) -> str:
    """The day in a word, as people at the site count days."""
    days = (moment.astimezone(ZoneInfo(site.time_zone)).date() - clock.today(site.time_zone)).days
    return {0: "today", 1: "tomorrow"}.get(days, "")


def _others(by: Visitor, site: Site, asker: UUID | None) -> ScopedQuerySet[Supporter]:
    """Who could be called, today or when they are back. Nobody is called about themselves."""
    return trained(by, site).exclude(user_id__in=[asker])


def _label(name: str, profession: str) -> str:
    return gettext("%(name)s (%(profession)s)") % {"name": name, "profession": profession}


def _with_unit(label: str, unit: Unit | None, twice: set[str]) -> str:
    return gettext("%(colleague)s, %(unit)s") % {"colleague": label, "unit": unit} if label in twice and unit else label


def _first_names(users: list[UUID]) -> dict[UUID, str]:
    written = User.objects.filter(pk__in=users).values_list("pk", "name")
    found = {pk: [word for word in name.split() if word.strip(".").casefold() not in TITLES] for pk, name in written}
    return {pk: words[0] for pk, words in found.items() if words}


def _next_start(by: Visitor, site: Site, asker: UUID | None) -> datetime | None:
    others = _others(by, site, asker)
    shifts = Shift.objects.visible_to(by).filter(site=site, starts_at__gt=clock.now(), supporter__in=others)
    over = Q(ends_at=None) | Q(ends_at__gt=OuterRef("starts_at"))
    away = away_anywhere(by).filter(over, supporter__user_id=OuterRef("supporter__user_id"))
    away = away.filter(starts_at__lte=OuterRef("starts_at"))
    return shifts.exclude(Exists(away)).aggregate(start=Min("starts_at"))["start"]
