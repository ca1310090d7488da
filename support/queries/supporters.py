"""Who supports at a site: their record, their training and whether they could be called."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.utils.html import format_html_join

from healing import clock
from healing.languages import language_label, shares_one
from healing.models import Site, User
from healing.protected import ScopedQuerySet
from healing.roles import Permission
from support.codes import COMPETENCE_WORDS, NEEDED_COMPETENCES
from support.house import Visitor
from support.models import Competence, Lead, Shift, Supporter
from support.queries.candidates import away_anywhere, covering, holders
from support.wall_clock import monday_of, whole_week

SOON = timedelta(days=60)


@dataclass(frozen=True)
class Training:
    """What a supporter has to learn or learn again: `expires_on` is empty when it was never learnt."""

    supporter: Supporter
    name: str
    number: str
    expires_on: date | None
    over: bool

    @property
    def words(self) -> str:
        return competence_words(self.number)

    @property
    def needed(self) -> bool:
        return self.number in NEEDED_COMPETENCES


@dataclass(frozen=True)
class Listed:
    supporter: Supporter
    name: str
    training: list[Training]
    shifts: int
    paused: bool
    understood: bool  # they speak a language in which somebody here can ask

    @property
    def languages(self) -> str:
        return format_html_join(", ", "{}", ((language_label(one),) for one in self.supporter.languages.split(",")))


def serving(by: Visitor, site: Site) -> ScopedQuerySet[Supporter]:
    """Records that have not ended."""
    return Supporter.objects.visible_to(by).filter(site=site, ended_on=None).select_related("unit")


def names(user_ids: Iterable[UUID]) -> dict[UUID, str]:
    return dict(User.objects.filter(pk__in=set(user_ids)).values_list("pk", "name"))


def called(by: Visitor, site: Site) -> list[tuple[UUID, str]]:
    """Everybody who can be put on the rota, by name."""
    rows = list(serving(by, site).values_list("pk", "user_id"))
    known = names(user for _, user in rows)
    return sorted(((pk, known.get(user, "")) for pk, user in rows), key=lambda one: (one[1], str(one[0])))


def without_record(by: Visitor, site: Site) -> list[tuple[UUID, str]]:
    """People with the role of a peer supporter here who are not in the list of supporters yet."""
    known = serving(by, site).values_list("user_id", flat=True)
    users = givers(by, site) - set(known)
    return sorted(names(users).items(), key=lambda one: (one[1], str(one[0])))


def givers(by: Visitor, site: Site) -> set[UUID]:
    """Accounts with the role of a peer supporter here."""
    return set(holders(by, site, Permission.SUPPORT_GIVE).values_list("user_id", flat=True))


def listed(by: Visitor, site: Site) -> list[Listed]:
    rows = list(serving(by, site))
    known, due = names(row.user_id for row in rows), training_due(by, site)
    week = whole_week(monday_of(clock.today(site.time_zone)), site.time_zone)
    shifts = Shift.objects.visible_to(by).filter(site=site, starts_at__lt=week.end, ends_at__gt=week.start)
    on_call = list(shifts.values_list("supporter", flat=True))
    away = set(covering(away_anywhere(by), clock.now()).values_list("supporter__user_id", flat=True))
    found = [
        Listed(
            supporter=row,
            name=known.get(row.user_id, ""),
            training=[one for one in due if one.supporter.pk == row.pk],
            shifts=on_call.count(row.pk),
            paused=row.user_id in away,
            understood=shares_one(site.languages, row.languages),
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (one.name, str(one.supporter.pk)))


def training_due(by: Visitor, site: Site) -> list[Training]:
    """What has run out or does within two months, and what nobody may be on call without. The most urgent first."""
    today = clock.today(site.time_zone)
    rows = {row.pk: row for row in serving(by, site)}
    known = names(row.user_id for row in rows.values())
    learnt = list(Competence.objects.visible_to(by).filter(supporter__in=rows))
    due: list[tuple[UUID, str, date | None]] = [
        (one.supporter_id, one.number, one.expires_on)
        for one in learnt
        if one.expires_on and one.expires_on <= today + SOON
    ]
    have = {(one.supporter_id, one.number) for one in learnt}
    due += [(pk, number, None) for pk in rows for number in NEEDED_COMPETENCES if (pk, number) not in have]
    found = [
        Training(rows[pk], known.get(rows[pk].user_id, ""), number, until, until is None or until <= today)
        for pk, number, until in due
    ]
    return sorted(found, key=lambda one: (one.expires_on or date.min, one.name, one.number))


def competences(by: Visitor, supporter: Supporter) -> ScopedQuerySet[Competence]:
    return Competence.objects.visible_to(by).filter(supporter=supporter)


def leads(by: Visitor, supporter: Supporter) -> set[UUID]:
    return set(Lead.objects.visible_to(by).filter(supporter=supporter).values_list("unit", flat=True))


def shifts_to_come(by: Visitor, supporter: Supporter) -> ScopedQuerySet[Shift]:
    """Also the one that is running."""
    return Shift.objects.visible_to(by).filter(supporter=supporter, ends_at__gt=clock.now())


def competence_words(number: str) -> str:
    return f"{number} {COMPETENCE_WORDS[number]}" if number in COMPETENCE_WORDS else number
