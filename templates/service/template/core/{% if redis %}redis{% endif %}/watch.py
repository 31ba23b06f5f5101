"""Notice that Redis is down, refuse its callers at once, notice that it is back.

redis-py by itself lets every caller find out alone, by time-outs and retries: with its defaults an
outage of two seconds is felt for many more. Here the first failure counts for all: until a probe
has seen the server answer, callers get a ConnectionError within microseconds.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import Context
from typing import Any, Self, TypeVar

import structlog
from redis.asyncio import BlockingConnectionPool
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff
from redis.exceptions import ConnectionError, ReadOnlyError, RedisError, TimeoutError

T = TypeVar("T")

PROBE_EVERY = 0.1  # seconds

log = structlog.stdlib.get_logger("core.redis")


class Watch:
    """Know whether Redis answers."""

    def __init__(self) -> None:
        self.up = asyncio.Event()
        self.up.set()
        self._pool: WatchedPool | None = None
        self._probe: asyncio.Task[None] | None = None

    def over(self, pool: "WatchedPool") -> None:
        """Probe by connections like those of this pool."""
        self._pool = pool

    def failed(self, error: Exception) -> None:
        """Take Redis for down and start to probe it."""
        if self.up.is_set() and self._pool is not None:
            self.up.clear()
            log.warning("redis is down", error=str(error))
            # Its own context: what it logs is not about the request that noticed.
            probing = self._until_back(self._pool)
            self._probe = asyncio.create_task(probing, context=Context())

    def refuse(self) -> None:
        """Raise ConnectionError while Redis is down."""
        if not self.up.is_set():
            raise ConnectionError("Redis is down; it is probed and will be used when it is back.")

    async def close(self) -> None:
        """Stop probing."""
        if self._probe is not None:
            self._probe.cancel()
            with suppress(asyncio.CancelledError):
                await self._probe

    async def _until_back(self, pool: "WatchedPool") -> None:
        while not self.up.is_set():
            await asyncio.sleep(PROBE_EVERY)
            if await _answers(pool):
                self.up.set()
        log.info("redis is back")


async def _answers(pool: "WatchedPool") -> bool:
    connection: Any = pool.make_connection()  # type: ignore[no-untyped-call]
    try:
        await connection.connect()
        # A server that still loads its data accepts connections and refuses commands.
        await connection.send_command("PING", check_health=False)
        await connection.read_response()
    except (RedisError, OSError):
        return False
    finally:
        with suppress(RedisError, OSError):
            await connection.disconnect(nowait=True)
    return True


class WatchedRetry(Retry):
    """Try once more on a new connection, never after a time-out, and tell the watch.

    A server that has become a replica counts as a broken connection: its name may lead elsewhere.
    A command that is not idempotent (INCR) may count twice when its connection breaks between
    the server's work and its answer.
    """

    def __init__(self, watch: Watch) -> None:
        super().__init__(ConstantBackoff(0.01), 1, (ConnectionError, ReadOnlyError))
        self._watch = watch

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Stay one for all connections: the pool copies its retry for each."""
        return self

    async def call_with_retry(
        self,
        do: Callable[[], Awaitable[T]],
        fail: Callable[..., Any],
        is_retryable: Callable[[Exception], bool] | None = None,
        with_failure_count: bool = False,
    ) -> T:
        """Do what redis-py's own does, and report what failed in spite of it."""
        try:
            return await super().call_with_retry(do, fail, is_retryable, with_failure_count)
        except (ConnectionError, TimeoutError) as error:
            self._watch.failed(error)
            raise


class WatchedPool(BlockingConnectionPool):
    """A pool that hands out no connection while Redis is down."""

    def __init__(self, watch: Watch, **options: Any) -> None:
        super().__init__(retry=WatchedRetry(watch), **options)
        self._watch = watch
        watch.over(self)

    async def ensure_connection(self, connection: AbstractConnection) -> None:
        """Refuse before connecting; the ones who waited in the queue are refused here too."""
        self._watch.refuse()
        await super().ensure_connection(connection)
