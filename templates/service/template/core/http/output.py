"""From the return annotation of a view's method to the bytes of its answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import GenericAlias, NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter
from sanic import HTTPResponse
from sanic.response import ResponseStream

from core.http.answer import (
    Answer,
    Created,
    CursorPage,
    Dump,
    Page,
    cursor_envelope,
    dumps,
    envelope,
    page_envelope,
)
from core.http.reply import Reply

_PAGES = (CursorPage, Page)
_WRAPPERS = (Answer, Created, *_PAGES)
_RESPONSES = (HTTPResponse, ResponseStream)
_PLAIN = (NoneType, None, Any, object, dict, list, str, int, float, bool, Mapping)


@dataclass(frozen=True)
class Output:
    """Describe what a method answers: a wrapper such as Page or None, and the type inside.

    `adapter` is None for plain data, and for a Sanic response, which goes out as it is.
    """

    wrapper: type | None
    type: Any
    adapter: TypeAdapter[Any] | None
    dump: Dump

    @property
    def is_response(self) -> bool:
        """Say whether the method makes its own Sanic response."""
        return self.type is HTTPResponse

    @property
    def documented(self) -> TypeAdapter[Any]:
        """Return the adapter that describes the data."""
        return self.adapter or TypeAdapter(Any if self.type is object else self.type)

    @property
    def status(self) -> int:
        """Return the HTTP status of success."""
        return 201 if self.wrapper is Created else 200

    def reply(self, result: Any) -> Any:
        """Encode what a view returned; raise a ValueError or TypeError when that is impossible."""
        if not isinstance(result, (*_WRAPPERS, *_RESPONSES)):
            return Reply(envelope(self.dump(result)))
        if isinstance(result, _RESPONSES):
            return result
        return self._wrapped(result)

    def _wrapped(self, result: Any) -> Any:
        if isinstance(result, Page):
            return Reply(page_envelope(result, self.dump))
        if isinstance(result, CursorPage):
            return Reply(cursor_envelope(result, self.dump))
        if isinstance(result, Created):
            body = envelope(self.dump(result.data))
            return Reply(body, 201, {"Location": result.location})
        data = b"null" if result.data is None else self.dump(result.data)
        return Reply(envelope(data, result.code, result.msg), result.status, result.headers)


def compile_output(annotation: Any) -> Output:
    """Prepare the serialiser; raise a TypeError for an annotation that cannot be documented."""
    wrapper = get_origin(annotation) or annotation
    if wrapper in _WRAPPERS:
        inner: Any = (*get_args(annotation), Any)[0]
        return _output(wrapper, GenericAlias(list, inner) if wrapper in _PAGES else inner)
    if any(get_origin(part) in _WRAPPERS or part in _WRAPPERS for part in get_args(annotation)):
        raise TypeError("Answer, Created and pages cannot be part of a union: use Answer[...]")
    return _output(None, annotation)


def _output(wrapper: type | None, kind: Any) -> Output:
    if any(isinstance(part, type) and issubclass(part, _RESPONSES) for part in _parts(kind)):
        return Output(wrapper, HTTPResponse, None, dumps)
    if _is_plain(kind):
        return Output(wrapper, kind, None, dumps)
    adapter: TypeAdapter[Any] = TypeAdapter(kind)
    return Output(wrapper, kind, adapter, _dump(kind, adapter))


def _parts(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)


def _is_plain(kind: Any) -> bool:
    return (get_origin(kind) or kind) in _PLAIN and all(map(_is_plain, get_args(kind)))


def _dump(kind: Any, adapter: TypeAdapter[Any]) -> Dump:
    """Return a serialiser that first brings other objects (rows, dicts) into the annotated type."""
    to_json, validate = adapter.serializer.to_json, adapter.validator.validate_python
    ready = kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None

    def dump(value: Any) -> bytes:
        if type(value) is not ready:
            value = validate(value, from_attributes=True)
        return to_json(value, by_alias=True)

    return dump
