"""Invalidations that Redis could not take yet."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from redis.exceptions import RedisError

from core.redis.pool import RedisPool

AGAIN = 0.1  # seconds between attempts when Redis is up and refuses all the same


class Debts:
    """Deliver keys to `pay` as soon as Redis takes them.

    A key is owed for as long as Redis may hold an old row under it; after that it has run out.
    """

    def __init__(self, redis: RedisPool, ttl: float, pay: Callable[..., Awaitable[None]]) -> None:
        self._redis = redis
        self._ttl = ttl
        self._pay = pay
        self._owed: dict[str, float] = {}
        self._paying = False

    def __contains__(self, key: str) -> bool:
        """Whether what Redis holds under the key must not be believed."""
        return key in self._owed

    def owe(self, key: str) -> None:
        """Remember the key and begin to deliver it."""
        self._owed[key] = time.monotonic() + self._ttl
        if not self._paying:
            self._paying = True
            self._redis.spawn(self._settle())

    async def _settle(self) -> None:
        try:
            while self._owed:
                await self._redis.watch.up.wait()
                await self._try()
        finally:
            self._paying = False

    async def _try(self) -> None:
        batch = dict(list(self._owed.items())[:500])
        try:
            await self._pay(*batch)
        except RedisError:
            self._forget_expired()
            await asyncio.sleep(AGAIN)
            return
        for key, until in batch.items():
            if self._owed[key] == until:  # else it was owed once more meanwhile
                del self._owed[key]

    def _forget_expired(self) -> None:
        now = time.monotonic()
        self._owed = {key: until for key, until in self._owed.items() if until > now}
