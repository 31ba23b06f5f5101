"""Updates and deletes that respect the limit of their query on every engine.

Tortoise ignores the limit on PostgreSQL and SQLite, and changes every row that matches.
"""

from typing import Any, TypeVar

from pypika_tortoise.enums import Order
from tortoise.exceptions import ParamsError
from tortoise.expressions import Subquery
from tortoise.manager import Manager
from tortoise.models import Model
from tortoise.queryset import DeleteQuery, QuerySet, UpdateQuery

M = TypeVar("M", bound=Model)


class StoredQuerySet(QuerySet[M]):
    """A query whose `update` and `delete` change `limit` rows at most, the first in its order.

    Each is one statement, and so all or nothing. A row that another client changed meanwhile, so
    that it no longer matches, is left alone; the number that is returned is what was changed.
    """

    def update(self, **kwargs: Any) -> UpdateQuery:
        """Change the rows; await it for their number."""
        return QuerySet.update(self._within_limit(), **kwargs)

    def delete(self) -> DeleteQuery:
        """Delete the rows; await it for their number."""
        return QuerySet.delete(self._within_limit())

    def _within_limit(self) -> QuerySet[M]:
        if self._offset:
            raise ParamsError("an update or a delete takes a limit, but no offset")
        if self._limit is None:
            return self
        if self._limit == 0:  # Tortoise takes it for no limit
            return self._unlimited().filter(pk__in=[])
        rows = self._totally_ordered()
        if self.capabilities.support_update_limit_order_by:
            return rows
        return self._unlimited().filter(pk__in=Subquery(rows.only(self.model._meta.pk_attr)))

    def _unlimited(self) -> QuerySet[M]:
        rows = self._clone()
        rows._limit = None
        rows._orderings = []
        return rows

    def _totally_ordered(self) -> QuerySet[M]:
        rows, key = self._clone(), self.model._meta.pk_attr
        rows._orderings = [*(self._orderings or self.model._meta.ordering)]
        if key not in {name for name, _ in rows._orderings}:
            rows._orderings.append((key, Order.asc))
        return rows


class StoredManager(Manager):
    """Start every query of a model as a StoredQuerySet."""

    def get_queryset(self) -> QuerySet[Any]:
        """Return a query for all rows."""
        return StoredQuerySet(self._model)
