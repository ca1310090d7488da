"""A session with a team that nobody had asked for here: it took place, for so many. Counts and codes only."""

from uuid import UUID

from django.db import transaction

from healing import clock, ids
from healing.errors import NotAllowed
from healing.models import Site
from support.house import Visitor
from support.models import Encounter


@transaction.atomic
def record(*, by: Visitor, site: Site, nonce: str, people: int, **codes: str) -> None:
    """`codes`: length, place, tier, trigger, referral, met_need. The same form twice is one session."""
    if not by.supporters:
        raise NotAllowed
    line = Encounter(
        site=site, day=clock.today(site.time_zone), kind="session", outcome="supported", people=people, **codes
    )
    line.pk, line.group, line.contacts = UUID(ids.token_of(site.pk, f"support.session.{nonce}")), "group", 1
    Encounter.objects.bulk_create([line], ignore_conflicts=True)
