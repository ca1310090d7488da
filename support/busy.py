"""How many asked at a site in the last minutes: one number, in a store that forgets it, and nothing about who."""

from contextlib import suppress

from django.core.cache import cache

from healing.models import Site
from support.tickets import BUSY


def lately(site: Site) -> int:
    return int(cache.get(_key(site), 0))


def one_more(site: Site) -> None:
    cache.add(_key(site), 0, int(BUSY.total_seconds()))
    with suppress(ValueError):  # the minutes were over just now
        cache.incr(_key(site))


def _key(site: Site) -> str:
    return f"support.lately:{site.pk}"
