"""What a view may return besides plain data, and how it becomes the bytes of an envelope."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import orjson
from pydantic import BaseModel
from pydantic_core import to_json

from core.http.codes import Code

T = TypeVar("T")
Dump = Callable[[Any], bytes]

_OPTIONS = orjson.OPT_UTC_Z


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """Answer with a code, a message, a status or headers of one's own."""

    data: T | None = None
    code: int = Code.OK
    msg: str = ""
    status: int = 200
    headers: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Created(Generic[T]):
    """Answer 201 with the new resource and where it lives."""

    data: T
    location: str


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Answer with one page out of a counted list; pages are numbered from 1."""

    items: Sequence[T]
    total: int
    page: int
    size: int


@dataclass(frozen=True, slots=True)
class CursorPage(Generic[T]):
    """Answer with the items after a cursor; `next_cursor` is None on the last page."""

    items: Sequence[T]
    next_cursor: str | None
    size: int


def dumps(value: Any) -> bytes:
    """Serialise plain data: what orjson knows, Decimal, enums, sets and pydantic models.

    Raises a `TypeError` or `ValueError` for a value that has no JSON form.
    """
    try:
        return orjson.dumps(value, _simplify, _OPTIONS)
    except orjson.JSONEncodeError:
        # Integers over 64 bits, keys that are not strings, types that orjson has no hook for.
        return to_json(value, by_alias=True, inf_nan_mode="null")


def envelope(data: bytes, code: int = Code.OK, msg: str = "") -> bytes:
    """Wrap serialised data in an envelope."""
    if code == 0 and not msg:
        return b'{"code":0,"msg":"","data":%b}' % data
    return b'{"code":%d,"msg":%b,"data":%b}' % (code, orjson.dumps(msg), data)


def page_envelope(page: Page[Any], dump: Dump) -> bytes:
    """Wrap a page in an envelope with its total, number and size."""
    return b'{"code":0,"msg":"","data":%b,"total":%d,"page":%d,"size":%d}' % (
        dump(page.items),
        page.total,
        page.page,
        page.size,
    )


def cursor_envelope(page: CursorPage[Any], dump: Dump) -> bytes:
    """Wrap a cursor's page in an envelope with its size and the next cursor."""
    return b'{"code":0,"msg":"","data":%b,"next":%b,"size":%d}' % (
        dump(page.items),
        orjson.dumps(page.next_cursor),
        page.size,
    )


def _simplify(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True)
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    return orjson.Fragment(to_json(value, by_alias=True, inf_nan_mode="null"))
