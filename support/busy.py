"""How many asked at a site in the last minutes: one number, in a store that forgets it, and nothing about who."""

from contextlib import suppress

from django.core.cache import cache

from healing import ids
from healing.models import Site
from support.tickets import BUSY

BLUR = 10


def lately(site: Site) -> int:
    """More than asked, by fewer than `BLUR`: by how many nobody knows."""
    return int(cache.get(_key(site), 0))


def one_more(site: Site) -> None:
    """Counting begins anywhere. Else whoever asks until the page slows down would know how many had asked before."""
    cache.add(_key(site), ids.new().int % BLUR, int(BUSY.total_seconds()))
    with suppress(ValueError):  # the minutes were over just now
        cache.incr(_key(site))


def forget(site: Site) -> None:
    cache.delete(_key(site))


def _key(site: Site) -> str:
    return f"support.lately:{site.pk}"
