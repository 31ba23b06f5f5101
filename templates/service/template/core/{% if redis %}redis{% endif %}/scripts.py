"""What takes more than one command of Redis."""

import re
from collections.abc import AsyncIterator

from core.redis.pool import RedisPool

BATCH = 500

INCREMENT = """
local count = tonumber(redis.call('GET', KEYS[1]) or '0')
if count + ARGV[1] > tonumber(ARGV[2]) then return false end
count = redis.call('INCRBY', KEYS[1], ARGV[1])
if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
return count
"""


async def increment(
    redis: RedisPool, name: str, *, limit: int, ttl: float, by: int = 1
) -> int | None:
    """Add to a counter unless that takes it over its limit; return the new count, or None.

    The counter is forgotten `ttl` seconds after it was first counted up.
    """
    script = redis.client.register_script(INCREMENT)
    count = await script(keys=[redis.key(name)], args=[by, limit, int(ttl * 1000)])
    return None if count is None else int(count)


async def find(redis: RedisPool, pattern: str) -> AsyncIterator[bytes]:
    """Yield the full names of the keys that match a glob pattern, such as `cache:note:*`.

    Redis goes on serving meanwhile. A key may come twice, and one that is made or deleted during
    the search may come or not.
    """
    prefix = re.sub(r"([*?\[\]\\])", r"\\\1", redis.key())
    async for key in redis.client.scan_iter(match=prefix + pattern, count=BATCH):
        yield key


async def delete(redis: RedisPool, pattern: str) -> int:
    """Delete the keys that match a glob pattern, in batches; return how many were deleted."""
    deleted, batch = 0, []
    async for key in find(redis, pattern):
        batch.append(key)
        if len(batch) >= BATCH:
            deleted += await redis.client.unlink(*batch)
            batch.clear()
    return deleted + (await redis.client.unlink(*batch) if batch else 0)
