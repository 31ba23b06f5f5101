"""SQLite through aiosqlite: one connection per process, shared by turns."""

import asyncio
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tortoise.backends.base.client import (
    ConnectionWrapper,
    TransactionalDBClient,
    TransactionContext,
)
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
)
from tortoise.connection import get_connections
from tortoise.exceptions import OperationalError

from core.db.errors import DatabaseBusy


@contextmanager
def _watching() -> Iterator[None]:
    try:
        yield
    except (OperationalError, sqlite3.OperationalError) as error:
        if "locked" in str(error):  # by another process, for longer than busy_timeout
            raise DatabaseBusy(str(error)) from error
        raise


async def _turn(lock: asyncio.Lock, limit: float) -> None:
    try:
        async with asyncio.timeout(limit):
            await lock.acquire()
    except TimeoutError:
        raise DatabaseBusy(f"the connection did not become free in {limit:g} s") from None


class Client(SqliteClient):
    """The connection; `timeout` is the seconds to wait for it, and for other processes."""

    def __init__(self, *, file_path: str, timeout: float, **options: Any) -> None:
        super().__init__(
            file_path,
            **options,
            journal_mode="WAL",
            foreign_keys="ON",
            synchronous="NORMAL",
            busy_timeout=round(timeout * 1000),
        )
        self.timeout = timeout

    def acquire_connection(self) -> ConnectionWrapper[Any]:
        """Lend the connection for one statement."""
        return _Turn(self._lock, self)

    def _in_transaction(self) -> TransactionContext:
        return _Transaction(_Statements(self), self._lock)

    async def execute_query(
        self, query: str, values: list[Any] | None = None
    ) -> tuple[int, Sequence[dict[str, Any]]]:
        """Run a statement."""
        with _watching():
            result: tuple[int, Sequence[dict[str, Any]]] = await super().execute_query(
                query, values
            )
            return result

    async def execute_insert(self, query: str, values: list[Any]) -> int:
        """Insert a row."""
        with _watching():
            key: int = await super().execute_insert(query, values)
            return key


class _Turn(ConnectionWrapper[Any]):
    __slots__ = ()

    client: Client

    async def __aenter__(self) -> Any:
        await _turn(self._lock, self.client.timeout)
        try:
            await self.ensure_connection()
        except BaseException:
            self._lock.release()
            raise
        return self.connection


class _Statements(SqliteTransactionWrapper):
    async def begin(self) -> None:
        """Begin as a writer: one that begins as a reader cannot wait when it comes to write."""
        with _watching():
            await self._connection.execute("BEGIN IMMEDIATE")


class _Transaction(SqliteTransactionContext):
    """Take the connection for a transaction; Tortoise keeps it locked when BEGIN fails."""

    __slots__ = ()

    async def __aenter__(self) -> TransactionalDBClient:
        await _turn(self._trxlock, self.connection._parent.timeout)
        try:
            await self.ensure_connection()
            await self.connection.begin()
        except BaseException:
            await self._give_back()
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        transaction: TransactionalDBClient = self.connection
        return transaction

    async def _give_back(self) -> None:
        """Undo a BEGIN that was cancelled: its thread carries it out all the same."""
        try:
            if self.connection._connection:
                await self.connection._connection.rollback()
        finally:
            self._trxlock.release()


client_class = Client
