"""Cursors: the place of a row in an order, as opaque text that is safe in a URL."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from types import GenericAlias
from typing import Any, Self

from pydantic import TypeAdapter
from tortoise.models import Model

from core.http.answer import dumps
from core.http.errors import Invalid

LARGEST_INTEGER = 2**63 - 1


@dataclass(frozen=True)
class Cursor:
    """Point at a row: its value in the order's column, and its key."""

    order: str
    value: Any
    key: Any

    @property
    def column(self) -> str:
        """Return the column that the order is by."""
        return self.order.lstrip("-")

    @classmethod
    def at(cls, row: Model, order: str) -> Self:
        """Return the cursor that points at a row."""
        return cls(order, getattr(row, order.lstrip("-")), row.pk)

    def encode(self) -> str:
        """Return the text for clients."""
        packed = dumps([self.order, self.value, self.key])
        return urlsafe_b64encode(packed).rstrip(b"=").decode()

    @classmethod
    def decode(cls, text: str, model: type[Model], order: str) -> Self:
        """Read a client's text; raise Invalid where it is none of ours, or of another order."""
        try:
            packed = urlsafe_b64decode(text + "=" * (-len(text) % 4))
            made_for, value, key = _adapter(model, order.lstrip("-")).validate_json(packed)
            if made_for != order:
                raise ValueError("made for another order")
            return cls(order, _storable(value), _storable(key))
        except (ValueError, OverflowError):
            problem = {"field": "cursor", "problem": "is not a cursor of this list and order"}
            raise Invalid("broken cursor", [problem]) from None


@lru_cache
def _adapter(model: type[Model], column: str) -> TypeAdapter[tuple[str, Any, Any]]:
    kinds = (model._meta.fields_map[name].field_type for name in (column, model._meta.pk_attr))
    triple: Any = GenericAlias(tuple, (str, *kinds))  # known at run time only
    return TypeAdapter(triple)


def _storable(value: Any) -> Any:
    """Return a value as engines compare it; raise ValueError for what they cannot hold."""
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    if isinstance(value, str) and "\0" in value:
        raise ValueError("NUL in text")
    if isinstance(value, int) and abs(value) > LARGEST_INTEGER:
        raise ValueError("more than 64 bits")
    return value
