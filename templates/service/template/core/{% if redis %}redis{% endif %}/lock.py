"""A lock that all processes of a service respect, kept for as long as its holder works."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from redis.asyncio.lock import Lock
from redis.exceptions import LockError, LockNotOwnedError, RedisError

from core.redis.pool import RedisPool

POLL = 0.05  # seconds between two looks at a lock that somebody else holds

# The time of the server's own clock, in microseconds: it grows from one holder to the next, and
# unlike a counter it survives the loss of the data.
ACQUIRE = """
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return false end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
local now = redis.call('TIME')
return string.format('%.0f', now[1] * 1000000 + now[2])
"""


class LockBusy(LockError):
    """Say that somebody else held the lock for longer than the caller would wait."""


class LockLost(LockError):
    """Say that the lock ran out while its holder worked: somebody else may hold it now."""


@dataclass(frozen=True)
class Held:
    """A lock in one's hands.

    `fence` grows with every holder. Store it with what you write and refuse to overwrite a higher
    one: that stops a holder that was paused for longer than the lock lasts.
    """

    name: str
    fence: int


@asynccontextmanager
async def hold(
    redis: RedisPool, name: str, *, ttl: float = 10, wait: float | None = 5
) -> AsyncIterator[Held]:
    """Hold the lock of this name; raise LockBusy when it is not free within `wait` seconds.

    It is renewed every third of `ttl` seconds, so the work may take any time, and a holder that
    dies blocks the others for `ttl` seconds at most. When it cannot be renewed in time - Redis is
    down, or its data is gone - the work is cancelled and LockLost raised. `wait` None waits for
    ever, 0 not at all.
    """
    lock = _Lock(redis, name, ttl)
    if not await lock.acquire(blocking=wait != 0, blocking_timeout=wait):
        raise LockBusy(f"{name} is locked")
    try:
        async with asyncio.timeout_at(lock.until) as deadline:
            renewing = asyncio.create_task(_renew(lock, ttl, deadline))
            try:
                yield Held(name, lock.fence)
            finally:
                renewing.cancel()
    except TimeoutError:
        if deadline.expired():
            raise LockLost(f"{name} was lost") from None
        raise
    finally:
        with suppress(RedisError):  # it runs out by itself
            await lock.release()


async def _renew(lock: "_Lock", ttl: float, deadline: asyncio.Timeout) -> None:
    loop = asyncio.get_running_loop()
    pause = ttl / 3
    while True:
        await asyncio.sleep(pause)
        asked = loop.time()
        try:
            await lock.reacquire()
        except LockNotOwnedError:
            deadline.reschedule(asked)
            return
        except RedisError:
            pause = min(ttl / 20, 0.2)
            continue
        deadline.reschedule(asked + ttl)
        pause = ttl / 3


class _Lock(Lock):
    """redis-py's lock, with a fence and the time until which it is safely held."""

    def __init__(self, redis: RedisPool, name: str, ttl: float) -> None:
        super().__init__(redis.client, redis.key("lock", name), timeout=ttl, sleep=POLL)
        self.fence = 0
        self.until = 0.0
        self._ttl = ttl
        self._acquire = redis.client.register_script(ACQUIRE)

    async def do_acquire(self, token: Any) -> bool:
        """Take the lock if it is free; redis-py calls this until it is."""
        asked = asyncio.get_running_loop().time()
        fence = await self._acquire(keys=[self.name], args=[token, int(self._ttl * 1000)])
        self.fence = int(fence or 0)
        self.until = asked + self._ttl
        return fence is not None
