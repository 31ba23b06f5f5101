"""The connection to Redis that a service has."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.connection import parse_url
from redis.exceptions import AuthenticationError, AuthorizationError, RedisError, ResponseError
from redis.maint_notifications import MaintNotificationsConfig

from core.lifecycle import StartError
from core.redis.settings import RedisSettings
from core.redis.stand_in import StandIn, find_stand_in
from core.redis.watch import Watch, WatchedPool, log

HEALTH_CHECK = 15  # seconds of idleness after which a connection is tried before it is used


class RedisPool:
    """Redis, shared by all requests of a process.

    While Redis is down every command raises redis.exceptions.ConnectionError at once, which is
    answered with 503 where nobody catches it; soon after it is back (0.1 s) commands work again.
    """

    name = "redis"

    def __init__(self, settings: RedisSettings) -> None:
        self.required = settings.redis_required
        self.stand_in: str | None = None
        self.watch = Watch()
        self._settings = settings
        self._stand_in: StandIn | None = None
        self._client: Redis | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def client(self) -> Redis:
        """The client of redis-py; answers are bytes."""
        if self._client is None:
            raise RuntimeError("Redis is used before the service opened it or after it closed it")
        return self._client

    @property
    def is_open(self) -> bool:
        """Whether the service has opened it and not closed it yet."""
        return self._client is not None

    def key(self, *parts: object) -> str:
        """Return the full name of a key: the prefix, and the parts joined by colons."""
        return self._settings.redis_keys + ":".join(map(str, parts))

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something beside requests, at most until the pool is closed."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def open(self) -> None:
        """Connect, to the stand-in where no address is set."""
        url = self._settings.redis_url
        if url is None:
            self._stand_in = await asyncio.to_thread(find_stand_in, self._settings)
            self.stand_in = self._stand_in.sentence
            url = self._stand_in.url
        self._client = Redis(connection_pool=self._pool(url)) if url else _in_process()
        await self._greet()

    async def close(self) -> None:
        """Close every connection; the last process ends the stand-in."""
        client, self._client = self._client, None
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.watch.close()
        if client is not None:
            await client.aclose()
            await client.connection_pool.disconnect()
        if self._stand_in is not None:
            stand_in, self._stand_in = self._stand_in, None
            await asyncio.to_thread(stand_in.stop)

    async def ping(self) -> None:
        """Return when Redis answers."""
        await self.client.ping()

    def _pool(self, url: str) -> WatchedPool:
        settings = self._settings
        options: dict[str, Any] = {
            "max_connections": settings.redis_pool_max,
            "timeout": settings.redis_pool_wait,
            "socket_connect_timeout": settings.redis_connect_timeout,
            "socket_timeout": settings.redis_timeout,
            "health_check_interval": HEALTH_CHECK,
            "client_name": settings.name,
            # Off, or redis-py does not look for a closed connection before it reuses one.
            "maint_notifications_config": MaintNotificationsConfig(enabled=False),
        }
        return WatchedPool(self.watch, **options, **parse_url(url))

    async def _greet(self) -> None:
        try:
            await self.ping()
        except (AuthenticationError, AuthorizationError, ResponseError) as error:
            raise StartError(f"Redis at {self._address()} refuses the service: {error}") from None
        except RedisError as error:
            if self.required:
                raise StartError(f"Redis at {self._address()} is unreachable: {error}") from None
            log.warning("redis is down at start", address=self._address())

    def _address(self) -> str:
        parsed = parse_url(self._settings.redis_url or "")
        place = parsed.get("path") or f"{parsed.get('host')}:{parsed.get('port', 6379)}"
        return f"{place} ({self._settings.variable('redis_url')})"


def _in_process() -> Redis:
    import fakeredis  # only where a development extra has brought it

    return fakeredis.FakeAsyncRedis(max_connections=10_000)  # its pool refuses, it does not wait
