"""Do something once a transaction has ended."""

from collections.abc import Awaitable, Callable
from typing import Any
from weakref import WeakKeyDictionary

from tortoise.backends.base.client import BaseDBAsyncClient, TransactionalDBClient

Call = Callable[[], Awaitable[None]]

_calls: WeakKeyDictionary[TransactionalDBClient, dict[object, Call]] = WeakKeyDictionary()


def transaction_of(db: BaseDBAsyncClient | None) -> TransactionalDBClient | None:
    """Return the outermost transaction that a connection is in, or None."""
    outermost = None
    while isinstance(db, TransactionalDBClient):
        outermost = db
        db = getattr(db, "_parent", None)
    return outermost


def after(transaction: TransactionalDBClient, key: object, call: Call) -> None:
    """Call this when the transaction has been committed or rolled back, once for each key.

    Tortoise 1.1 has no such hook, so the two methods are wrapped, on this transaction alone.
    """
    calls = _calls.get(transaction)
    if calls is None:
        calls = _calls[transaction] = {}
        for name in ("commit", "rollback"):
            setattr(transaction, name, _followed(getattr(transaction, name), calls))
    calls[key] = call


def _followed(end: Callable[[], Awaitable[None]], calls: dict[object, Call]) -> Any:
    async def ended() -> None:
        await end()
        while calls:
            await calls.popitem()[1]()

    return ended
