"""Rows of a table, read through Redis."""

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from itertools import count
from typing import Generic, TypeVar

import orjson
from pydantic import BaseModel, ValidationError
from redis.exceptions import RedisError
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.models import Model

from core.cache.commit import after, transaction_of
from core.cache.debts import Debts
from core.cache.flights import Flights
from core.cache.settings import CacheSettings
from core.cache.signals import follow
from core.cache.store import BARRED, CLAIM, RowStore
from core.redis.pool import RedisPool

S = TypeVar("S", bound=BaseModel)

POLL = 0.01  # seconds between two looks at a row that another process fetches


class CachedRows(Generic[S]):
    """Keep rows by primary key, as the schema that the service answers.

    - Many who ask for a row that is not there cause one query, in all processes together.
    - A row that is saved or deleted is out of the cache when `save` or `delete` returns, or when
      the transaction around it has ended. Changes by queryset or SQL are not noticed: make them
      inside `changing`, or call `invalidate` after them.
    - Redis down: rows come from the database, one query at a time for each row and process. What
      changes meanwhile is invalidated as soon as Redis is back.
    - An old row is answered for `cache_ttl` seconds at most, and only where a process changed it
      that could not reach Redis while others could, or where Redis restarts with old data.
    - A missing row is not remembered, and a transaction sees the database only.
    """

    def __init__(
        self, redis: RedisPool, settings: CacheSettings, model: type[Model], schema: type[S]
    ) -> None:
        self._redis = redis
        self._model = model
        self._schema = schema
        self._store = RowStore(redis, _fingerprint(schema), settings.cache_ttl)
        self._debts = Debts(redis, settings.cache_ttl + CLAIM, self._store.clear)
        self._flights = Flights[S | None]()
        self._claims = f"?{secrets.token_hex(8)}:".encode()
        self._numbers = count()
        follow(model, self._changing, self._changed)

    async def get(self, pk: object) -> S | None:
        """Return the row, or None where there is none."""
        if transaction_of(self._model._meta.db):
            return await self.load(pk)
        key = self._key(pk)
        try:
            found = await self._find(key)
        except RedisError:
            return await self._flights.share(key, partial(self.load, pk))
        if found.startswith(self._store.head):
            with suppress(ValidationError):  # a validator has changed since
                return self._schema.model_validate_json(found[len(self._store.head) :])
            return await self.load(pk)
        # All who saw this claim or bar share: it stood when they came, so no change was over
        # between the beginning of the work and their coming.
        return await self._flights.share((key, found), partial(self._fetch, pk, key, found))

    async def load(self, pk: object) -> S | None:
        """Read the row from the database."""
        row = await self._model.get_or_none(pk=pk)
        return None if row is None else self._schema.model_validate(row, from_attributes=True)

    async def invalidate(self, *pks: object) -> None:
        """Forget rows: at once, or when the transaction has ended."""
        for pk in pks:
            await self._changed(pk, self._model._meta.db)

    @asynccontextmanager
    async def changing(self, *pks: object) -> AsyncIterator[None]:
        """Change rows by queryset or SQL in this block; no old one is answered after it."""
        for pk in pks:
            await self._changing(pk, None)
        try:
            yield
        finally:
            await self.invalidate(*pks)

    def _key(self, pk: object) -> str:
        return self._redis.key("cache", self._model.__name__.lower(), pk)

    async def _find(self, key: str) -> bytes:
        if key in self._debts:
            return BARRED
        claim = self._claims + str(next(self._numbers)).encode()
        found = await self._store.find(key, claim)
        if found != claim and found.startswith(self._claims) and (key, found) not in self._flights:
            # Its work has ended while this answer was on its way.
            found = await self._store.find(key, claim)
        return found

    async def _fetch(self, pk: object, key: str, found: bytes) -> S | None:
        """Do what a claim or a bar asks for."""
        if found == BARRED:
            return await self.load(pk)
        if not found.startswith(self._claims):
            return await self._wait(pk, key, found)
        row: S | None = None
        try:
            row = await self.load(pk)
        finally:
            with suppress(RedisError):
                await self._store.fill(key, found, _encoded(row))
        return row

    async def _wait(self, pk: object, key: str, claim: bytes) -> S | None:
        """Wait while another process fetches; its claim runs out if it dies."""
        found = claim
        with suppress(RedisError):
            while found == claim:
                await asyncio.sleep(POLL)
                found = await self._find(key)
        return await self.get(pk)

    async def _changing(self, pk: object, db: BaseDBAsyncClient | None) -> None:
        await self._tell(self._key(pk), self._store.bar)

    async def _changed(self, pk: object, db: BaseDBAsyncClient | None) -> None:
        key = self._key(pk)
        transaction = transaction_of(db)
        if transaction is None:
            await self._forget(key)
        else:
            after(transaction, (self, key), partial(self._forget, key))

    async def _forget(self, key: str) -> None:
        for flight in (key, (key, BARRED)):
            self._flights.part(flight)
        await self._tell(key, self._store.clear)

    async def _tell(self, key: str, tell: Callable[[str], Awaitable[None]]) -> None:
        if not self._redis.is_open:
            return
        try:
            await tell(key)
        except RedisError:
            self._debts.owe(key)


def _encoded(row: BaseModel | None) -> bytes:
    return b"" if row is None else row.model_dump_json(by_alias=True, round_trip=True).encode()


def _fingerprint(schema: type[BaseModel]) -> str:
    """Tell versions of a schema apart: a deployed one does not read rows of another."""
    described = orjson.dumps(schema.model_json_schema())
    return hashlib.blake2s(described, digest_size=4).hexdigest()
