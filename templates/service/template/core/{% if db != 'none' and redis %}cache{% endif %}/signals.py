"""Notice that a row is saved or deleted."""

from collections.abc import Awaitable, Callable
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.models import Model
from tortoise.signals import Signals

Notice = Callable[[object, BaseDBAsyncClient | None], Awaitable[None]]


def follow(model: type[Model], before: Notice, after: Notice) -> None:
    """Call `before` and `after` with the primary key around every change of a saved instance.

    An insert is not followed: it changes no row that somebody may have read.
    """

    async def saving(kind: Any, row: Model, db: BaseDBAsyncClient | None, fields: Any) -> None:
        if row._saved_in_db:
            await before(row.pk, db)

    async def saved(
        kind: Any, row: Model, created: bool, db: BaseDBAsyncClient | None, fields: Any
    ) -> None:
        if not created:
            await after(row.pk, db)

    async def deleting(kind: Any, row: Model, db: BaseDBAsyncClient | None) -> None:
        await before(row.pk, db)

    async def deleted(kind: Any, row: Model, db: BaseDBAsyncClient | None) -> None:
        await after(row.pk, db)

    model.register_listener(Signals.pre_save, saving)
    model.register_listener(Signals.post_save, saved)
    model.register_listener(Signals.pre_delete, deleting)
    model.register_listener(Signals.post_delete, deleted)
