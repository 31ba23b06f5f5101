"""Pages of a query: by number, with a total, or by cursor, which costs the same however far.

Both add the key to the order, so that rows with equal values have one place each.
"""

from collections.abc import Callable
from typing import Annotated, TypeVar

from pydantic import Field
from tortoise.expressions import Q
from tortoise.models import Model
from tortoise.queryset import QuerySet

from core.db.cursor import Cursor
from core.http.answer import CursorPage, Page
from core.http.schema import Input

M = TypeVar("M", bound=Model)
T = TypeVar("T")

LARGEST = 100
FURTHEST = 10_000  # the database walks over every row before a page: further on, use a cursor

Size = Annotated[int, Field(ge=1, le=LARGEST, description="Rows per page")]


class PageQuery(Input):
    """Ask for a page by number."""

    page: Annotated[int, Field(ge=1, le=FURTHEST, description="Page, from 1")] = 1
    size: Size = 20


class CursorQuery(Input):
    """Ask for the page after a cursor."""

    cursor: Annotated[
        str | None, Field(max_length=1000, description="What `next` said; absent: from the start")
    ] = None
    size: Size = 20


async def paginate(
    rows: QuerySet[M], query: PageQuery, order: str, show: Callable[[M], T]
) -> Page[T]:
    """Return one page of a query, ordered by a column ("-column": descending)."""
    total = await rows.count()
    start = (query.page - 1) * query.size
    found = await _ordered(rows, order).offset(start).limit(query.size)
    return Page([show(row) for row in found], total, query.page, query.size)


async def follow(
    rows: QuerySet[M], query: CursorQuery, order: str, show: Callable[[M], T]
) -> CursorPage[T]:
    """Return the rows after a cursor, ordered by a column without NULLs ("-column": descending).

    Rows that are added or removed meanwhile neither repeat nor hide others. An index over the
    column and the key makes every page as cheap as the first. Raises Invalid for a cursor that is
    broken or was made for another order.
    """
    if query.cursor is not None:
        rows = rows.filter(_after(Cursor.decode(query.cursor, rows.model, order)))
    found = await _ordered(rows, order).limit(query.size + 1)
    more = len(found) > query.size
    found = found[: query.size]
    following = Cursor.at(found[-1], order).encode() if more else None
    return CursorPage([show(row) for row in found], following, query.size)


def _ordered(rows: QuerySet[M], order: str) -> QuerySet[M]:
    column, key = order.lstrip("-"), rows.model._meta.pk_attr
    if column == key:
        return rows.order_by(order)
    return rows.order_by(order, f"-{key}" if order.startswith("-") else key)


def _after(cursor: Cursor) -> Q:
    """Return the condition in a form that lets an index start at the cursor."""
    way = "lt" if cursor.order.startswith("-") else "gt"
    column = cursor.column
    return Q(**{f"{column}__{way}e": cursor.value}) & Q(
        Q(**{f"{column}__{way}": cursor.value}), Q(**{f"pk__{way}": cursor.key}), join_type="OR"
    )
