"""A letter on a day that somebody chose for themselves: an anniversary, a hearing. Nobody else can ask for it."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext

from healing import sealed
from healing.errors import HealingError
from healing.models import Site
from support import house
from support.actions import closing
from support.actions.plans import plan
from support.house import Visitor
from support.models import Due, Key, Reminder

MOST = 10
AT = time(9)
AFTER = timedelta(hours=1)  # then its address goes


@transaction.atomic
def remind(*, by: Visitor, site: Site, fingerprint: str, on: date, address: str) -> Reminder:
    """Whoever has the reply words may ask for a letter, and take it back with them."""
    house.show_words(by, fingerprint)
    if Reminder.objects.visible_to(by).filter(words_hash=fingerprint).count() >= MOST:
        raise HealingError(gettext("You have %(most)d letters to come. Take one back to add another.") % {"most": MOST})
    reminder = Reminder(site=site, words_hash=fingerprint, on=on)
    reminder.save(force_insert=True)
    house.take(by, reminder.pk)
    sealed.create_key(reminder.pk, Key)
    reminder.address = address
    reminder.save(update_fields=["address"])
    at = datetime.combine(on, AT, ZoneInfo(site.time_zone))
    plan("support.reminder", subject=reminder.pk, at=at, key=f"support.reminder:{reminder.pk}")
    plan("support.reminded", subject=reminder.pk, at=at + AFTER, key=f"support.reminded:{reminder.pk}")
    return reminder


@transaction.atomic
def forget_mine(*, by: Visitor, reminder: Reminder) -> None:
    """Taken back: the address, its key and what was planned go."""
    house.take(by, reminder.pk)
    closing.forget_reminder(by=by, reminder_id=reminder.pk)  # first, as for due work: neither waits for the other
    Due.objects.visible_to(by).filter(subject=reminder.pk).delete()
