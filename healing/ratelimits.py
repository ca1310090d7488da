"""Counters for rate limits live in Redis. When it is away, pages still work and the limits pause."""

import logging
from time import monotonic
from typing import Any, ClassVar

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
QUIET = 60  # seconds


class ForgivingRedisCache(RedisCache):
    """A cache whose loss signs nobody out and stops no page."""

    _quiet_until: ClassVar[float] = 0

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        return self._or(default, lambda: super(ForgivingRedisCache, self).get(key, default, version))

    def set(self, key: Any, value: Any, timeout: Any = 300, version: Any = None) -> Any:
        return self._or(None, lambda: super(ForgivingRedisCache, self).set(key, value, timeout, version))

    def add(self, key: Any, value: Any, timeout: Any = 300, version: Any = None) -> bool:
        return bool(self._or(True, lambda: super(ForgivingRedisCache, self).add(key, value, timeout, version)))

    def incr(self, key: Any, delta: int = 1, version: Any = None) -> int:
        return int(self._or(0, lambda: super(ForgivingRedisCache, self).incr(key, delta, version)))

    def delete(self, key: Any, version: Any = None) -> bool:
        return bool(self._or(False, lambda: super(ForgivingRedisCache, self).delete(key, version)))

    def _or(self, otherwise: Any, call: Any) -> Any:
        try:
            return call()
        except RedisError:
            self._tell()
            return otherwise

    @classmethod
    def _tell(cls) -> None:
        """Now and then, and not for each page: so many lines for each would tell when somebody asks for a peer."""
        if monotonic() >= cls._quiet_until:
            cls._quiet_until = monotonic() + QUIET
            logger.warning("the counters' store is away; rate limits pause")
