"""A letter on a day that somebody chose for themselves: an anniversary, a hearing. Nobody else can ask for it."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext

from healing import clock, ids, sealed
from healing.errors import HealingError
from healing.models import Site
from support import house
from support.actions import closing
from support.actions.plans import plan
from support.house import Visitor
from support.models import Key, Reminder

MOST = 3
AT = time(9)
AFTER = timedelta(hours=1)  # then its address goes


@transaction.atomic
def remind(*, by: Visitor, site: Site, fingerprint: str, on: date, address: str) -> bool:
    """Whoever has the reply words may ask for a letter, and take it back with them. One comes on a day.

    False: one is to come on this day already. To what address is not compared: whoever found the words could try names.
    """
    house.show_words(by, fingerprint)
    theirs = Reminder.objects.visible_to(by).filter(words_hash=fingerprint)
    if theirs.filter(on=on).exists():
        return False
    if theirs.count() >= MOST:
        raise HealingError(gettext("You have %(most)d letters to come. Take one back to add another.") % {"most": MOST})
    reminder = Reminder(site=site, words_hash=fingerprint, on=on)
    # Sent twice at one moment it is one. An error about it would leave the day in the database's log.
    Reminder.objects.bulk_create([reminder], ignore_conflicts=True)
    if theirs.get(on=on).pk != reminder.pk:
        return False
    house.take(by, reminder.pk)
    sealed.create_key(reminder.pk, Key)
    reminder.address = address
    reminder.save(update_fields=["address"])
    plan_letter(reminder)
    plan_end(reminder, at=_morning(reminder) + AFTER)
    return True


def plan_letter(reminder: Reminder) -> None:
    """On its morning by the clock on the wall, also when the site has another time zone by then."""
    _plan("support.reminder", reminder, _morning(reminder))


def plan_end(reminder: Reminder, at: datetime) -> None:
    """Then it is looked whether the letter has left, and whether its address can go."""
    _plan("support.reminded", reminder, at)


@transaction.atomic
def forget_mine(*, by: Visitor, reminder: Reminder) -> None:
    """Taken back: the address, its key and what was planned go."""
    house.take(by, reminder.pk)
    closing.forget_reminder(by=by, reminder_id=reminder.pk)


def _morning(reminder: Reminder) -> datetime:
    return datetime.combine(reminder.on, AT, ZoneInfo(reminder.site.time_zone))


def _plan(kind: str, reminder: Reminder, at: datetime) -> None:
    """Written down for today: it does not tell at what time somebody sat there."""
    zone = ZoneInfo(reminder.site.time_zone)
    midnight = datetime.combine(clock.today(reminder.site.time_zone), time(), zone)
    plan(kind, subject=reminder.pk, at=at, key=f"{kind}:{ids.token()}", created_at=midnight)
