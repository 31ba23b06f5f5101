"""What models are made of: keys, timestamps, soft delete.

StoredModel             limits of updates and deletes hold
  KeyedModel            `id`, a UUID that grows with time
  TimestampedModel      `created_at`, `updated_at`
  SoftDeleteModel       `deleted_at`, `live`; delete() hides a row, purge() removes it
"""

from datetime import UTC, datetime
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from tortoise import fields
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.exceptions import OperationalError
from tortoise.manager import Manager
from tortoise.models import Model
from tortoise.queryset import DeleteQuery, QuerySet, UpdateQuery
from uuid_utils.compat import uuid7

from core.db.queryset import StoredManager, StoredQuerySet

M = TypeVar("M", bound="SoftDeleteModel")

MARKS = ["live", "deleted_at"]


def new_id() -> UUID:
    """Return a UUID of version 7 (RFC 9562): unique, and increasing within a process."""
    return uuid7()


class StoredModel(Model):
    """A model whose queries respect their limit; `default_manager` is what they start from."""

    default_manager: ClassVar[type[Manager]] = StoredManager

    class Meta:
        abstract = True

    def __init_subclass__(cls, **options: Any) -> None:
        """Give each model a manager of its own: Tortoise's Meta would share one with its heirs."""
        super().__init_subclass__(**options)
        if type(cls._meta.manager) is Manager:
            cls._meta.manager = cls.default_manager(cls)


class KeyedModel(StoredModel):
    """A model whose key is made by the service."""

    id = fields.UUIDField(primary_key=True, default=new_id)

    class Meta:
        abstract = True


class TimestampedModel(StoredModel):
    """A model that knows when its rows were made and last saved."""

    created_at = fields.DatetimeField(auto_now_add=True)
    updated_at = fields.DatetimeField(auto_now=True)

    class Meta:
        abstract = True


class SoftDeleteQuerySet(StoredQuerySet[M]):
    """A query whose `delete` hides rows; `purge` removes them."""

    def delete(self) -> UpdateQuery:  # type: ignore[override]  # both are awaited for a number
        """Hide the rows that are live; await it for their number."""
        return self.filter(live=True).update(live=None, deleted_at=datetime.now(UTC))

    def restore(self) -> UpdateQuery:
        """Bring hidden rows back; await it for their number."""
        return self.filter(live=None).update(live=True, deleted_at=None)

    def purge(self) -> DeleteQuery:
        """Remove the rows for good; await it for their number."""
        return StoredQuerySet.delete(self)


class AllManager(Manager):
    """Start every query from all rows, hidden ones included."""

    def get_queryset(self) -> QuerySet[Any]:
        """Return a query for all rows."""
        return SoftDeleteQuerySet(self._model)


class LiveManager(AllManager):
    """Start every query from the rows that are not hidden."""

    def get_queryset(self) -> QuerySet[Any]:
        """Return a query for the live rows."""
        return super().get_queryset().filter(live=True)


class SoftDeleteModel(StoredModel):
    """A model whose rows are hidden by delete(), until purge() or restore().

    Ordinary queries see live rows only, `all_objects` sees all. `live` is True or, once deleted,
    NULL: a unique index over a column and `live` lets the column of a deleted row be used again, on
    every engine, because NULLs are never equal.
    """

    default_manager: ClassVar[type[Manager]] = LiveManager
    all_objects = AllManager()

    live = fields.BooleanField(null=True, default=True)
    deleted_at = fields.DatetimeField(null=True)

    class Meta:
        abstract = True

    async def delete(self, using_db: BaseDBAsyncClient | None = None) -> None:
        """Hide the row, between the signals of a deletion."""
        db = using_db or self._choose_db(True)
        await self._pre_delete(db)
        await self._mark(db, live=None, deleted_at=datetime.now(UTC))
        await self._post_delete(db)

    async def restore(self, using_db: BaseDBAsyncClient | None = None) -> None:
        """Bring a hidden row back, between the signals of a save.

        Raises IntegrityError where another row took its unique value.
        """
        db = using_db or self._choose_db(True)
        await self._pre_save(db, MARKS)
        await self._mark(db, live=True, deleted_at=None)
        await self._post_save(db, False, MARKS)

    async def purge(self, using_db: BaseDBAsyncClient | None = None) -> None:
        """Remove the row for good."""
        await super().delete(using_db)

    async def _mark(
        self, db: BaseDBAsyncClient, *, live: bool | None, deleted_at: datetime | None
    ) -> None:
        if not self._saved_in_db:
            raise OperationalError("the row was never saved")
        before = None if live else True
        rows = type(self).all_objects.filter(pk=self.pk, live=before).using_db(db)
        await rows.update(live=live, deleted_at=deleted_at)
        self.live, self.deleted_at = live, deleted_at
