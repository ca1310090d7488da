"""Many requests at once are slowed down, and nobody is turned away.

Each form carries a ticket: a signed secret and when it was made. When many ask, a form is taken only after it has been
open for a while. This needs no address, no cookie and no counter of who asked. The secret also makes it harmless to
send the same form twice.

A ticket that has brought one request counts as made anew from then, for any other request. It is not refused: whoever
knows the ticket of a form that was left open for others would learn from that whether somebody had sent it.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.core import signing
from django.core.cache import cache
from django.utils.translation import gettext

from healing import clock, ids
from healing.errors import HealingError

GOOD_FOR = timedelta(hours=24)
BUSY = timedelta(minutes=10)  # requests asked at the site in this time count as lately

# Fewer lately than this: how long a form must have been open.
WAITS = (
    (20, timedelta(seconds=2)),
    (30, timedelta(seconds=10)),
    (50, timedelta(seconds=30)),
    (90, timedelta(minutes=1)),
    (170, timedelta(minutes=2)),
)
LONGEST = timedelta(minutes=5)


class BadTicket(HealingError):
    """Forged, unreadable or from yesterday. The page is shown with a new ticket and all that was typed."""

    def __init__(self) -> None:
        super().__init__(
            gettext("This page has been open for too long. All you wrote is still here. Press send again.")
        )


class Ticket(NamedTuple):
    nonce: str
    made_at: datetime


def new() -> str:
    return _signer().sign_object([ids.token(), clock.now().isoformat()])


def read(ticket: str) -> Ticket:
    try:
        nonce, made_at = _signer().unsign_object(ticket)
    except signing.BadSignature as error:
        raise BadTicket from error
    carried = Ticket(nonce, datetime.fromisoformat(made_at))
    if clock.now() - carried.made_at > GOOD_FOR:
        raise BadTicket
    return carried


def wait(ticket: Ticket, lately: int) -> timedelta:
    """How much longer until this form is taken, when so many have asked at the site lately."""
    needed = next((time for fewer_than, time in WAITS if lately < fewer_than), LONGEST)
    return max(needed - (clock.now() - ticket.made_at), timedelta(0))


def since_another(ticket: Ticket, said: str) -> Ticket:
    """The ticket, made anew when something else was last sent with it. The same form sent again is not something else.

    This is known for as long as anybody ever waits, in a store that may forget it; then the form is taken sooner.
    """
    what, at = cache.get(_key(ticket)) or ("", "")
    another = at and what != _fingerprint(said)
    return ticket._replace(made_at=max(ticket.made_at, datetime.fromisoformat(at))) if another else ticket


def use(ticket: Ticket, said: str) -> None:
    cache.set(_key(ticket), (_fingerprint(said), clock.now().isoformat()), int(LONGEST.total_seconds()))


def _key(ticket: Ticket) -> str:
    return f"support.used:{ids.fingerprint(ticket.nonce, 'support.used')}"


def _fingerprint(said: str) -> str:
    return ids.fingerprint(said, "support.said")


def _signer() -> signing.Signer:
    return signing.Signer(salt="support.ticket")
