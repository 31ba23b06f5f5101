"""Encoded rows in Redis, kept so that no slow reader puts an old row back.

A key holds one of:

    =<schema>{json}   a row, as this schema encodes it
    ?<token>          a claim: a reader has found nothing and fetches the row
    !                 a bar: a writer is at work, everybody reads from the database

Only a reader whose claim is still there may fill the key (the lease of "Scaling Memcache at
Facebook", 2013). A writer bars the key before it writes and clears it after the commit; both end
every claim, so a row that was read before the commit is never stored after it. Where a writer dies
in between, the bar runs out by itself. All of it is one key, so that it works in a cluster too.
"""

import random

from core.redis.pool import RedisPool

CLAIM = 3.0  # seconds until others may fetch a row that its reader has not delivered
BAR = 10.0  # seconds that a writer's death keeps a row out of the cache
BARRED = b"!"

FIND_OR_CLAIM = """
local found = redis.call('GET', KEYS[1])
if found then
    local kind = string.sub(found, 1, 1)
    if kind ~= '=' or string.sub(found, 1, #ARGV[1]) == ARGV[1] then return found end
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return ARGV[2]
"""

FILL = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '' then return redis.call('DEL', KEYS[1]) end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
"""


class RowStore:
    """Keep encoded rows; every method raises RedisError when Redis is down."""

    def __init__(self, redis: RedisPool, schema: str, ttl: float) -> None:
        self.head = f"={schema}".encode()
        self._redis = redis
        self._ttl = ttl

    async def find(self, key: str, claim: bytes) -> bytes:
        """Return what the key holds; where that is nothing of use, put the claim there."""
        found = await self._redis.client.get(key)
        if isinstance(found, bytes) and (found.startswith(self.head) or found[:1] != b"="):
            return found
        script = self._redis.client.register_script(FIND_OR_CLAIM)
        answer: bytes = await script(keys=[key], args=[self.head, claim, int(CLAIM * 1000)])
        return answer

    async def fill(self, key: str, claim: bytes, row: bytes) -> None:
        """Put the row in the place of the claim, if that still stands; no bytes withdraw it.

        The time to live varies by a tenth, so that rows stored together don't end together.
        """
        ttl = self._ttl * random.uniform(0.9, 1)  # noqa: S311 - spreads load, keeps no secret
        script = self._redis.client.register_script(FILL)
        value = self.head + row if row else b""
        await script(keys=[key], args=[claim, value, int(ttl * 1000)])

    async def bar(self, key: str) -> None:
        """Send readers to the database until the key is cleared."""
        await self._redis.client.set(key, BARRED, px=int(BAR * 1000))

    async def clear(self, *keys: str) -> None:
        """Forget the keys, with every claim and bar on them."""
        await self._redis.client.unlink(*keys)
