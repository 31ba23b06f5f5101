"""Parsers of bodies, query strings and path parameters; what is wrong becomes `Invalid`."""

import inspect
import types
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Union, get_args, get_origin
from urllib.parse import parse_qsl, unquote

from pydantic import BaseModel, TypeAdapter, ValidationError
from sanic import Request

from core.http.codes import Code
from core.http.errors import ApiError, Invalid

Bind = Callable[[Request, Mapping[str, str]], Any]

_MOST_PROBLEMS = 50
_LONGEST_NAME = 64
_MOST_PAIRS = 1000


def body_parser(adapter: TypeAdapter[Any], default: Any) -> Bind:
    """Return a function that validates the JSON body, or takes the default where there is none."""
    validate = adapter.validator.validate_json
    optional = default is not inspect.Parameter.empty

    def parse(request: Request, path: Mapping[str, str]) -> Any:
        body = request.body
        content_type = request.headers.get("content-type")
        if content_type != "application/json":
            if optional and not body:
                return default
            _require_json(content_type)
        try:
            return validate(body)
        except ValidationError as error:
            raise _invalid(error) from None

    return parse


def query_parser(model: Any) -> Bind:
    """Return a function that validates the query string.

    A parameter that is not a list may come once. Whether unknown parameters are refused is said by
    the model's own `extra`. Raises a TypeError when the model is not a flat pydantic model.
    """
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        raise TypeError("which must be a pydantic model")
    lists = _list_names(model)
    validate = model.__pydantic_validator__.validate_python

    def parse(request: Request, path: Mapping[str, str]) -> Any:
        values: dict[str, Any] = {}
        for name, value in _pairs(request.query_string):
            if name in lists:
                values.setdefault(name, []).append(value)
            elif name in values:
                raise Invalid(problems=[problem((name,), "given more than once")])
            else:
                values[name] = value
        try:
            return validate(values)
        except ValidationError as error:
            raise _invalid(error) from None

    return parse


def path_parser(name: str, adapter: TypeAdapter[Any]) -> Bind:
    """Return a function that converts one segment of the path."""
    validate = adapter.validator.validate_python

    def parse(request: Request, path: Mapping[str, str]) -> Any:
        value = path[name]
        try:
            return validate(unquote(value, errors="strict") if "%" in value else value)
        except ValidationError as error:
            raise Invalid(problems=problems(error, name)) from None
        except UnicodeDecodeError:
            raise Invalid(problems=[problem((name,), "is not UTF-8")]) from None

    return parse


def problems(error: ValidationError, *prefix: str) -> list[dict[str, str]]:
    """Name each wrong field and what is wrong with it, without the value that came."""
    return [
        problem((*prefix, *detail["loc"]), _words(detail))
        for detail in error.errors(include_url=False, include_input=False)[:_MOST_PROBLEMS]
    ]


def problem(where: tuple[int | str, ...], words: str) -> dict[str, str]:
    """Describe one wrong field."""
    return {"field": ".".join(str(part)[:_LONGEST_NAME] for part in where), "problem": words}


def _invalid(error: ValidationError) -> Invalid:
    found = problems(error)
    if error.errors(include_url=False, include_input=False)[0]["type"] == "json_invalid":
        return Invalid("the body is not valid JSON", found, status=400)
    return Invalid(problems=found)


def _words(detail: Mapping[str, Any]) -> str:
    """Return pydantic's words, less the parts of some of them that repeat the input."""
    kind, words = detail["type"], str(detail["msg"])
    if kind == "union_tag_invalid":
        return f"Input tag should be one of {detail['ctx']['expected_tags']}"
    if kind == "value_error":
        return words.removeprefix("Value error, ")
    return words.split(",")[0] if kind.endswith("_parsing") else words


def _require_json(content_type: str | None) -> None:
    media = (content_type or "").split(";")[0].strip().lower()
    if media == "application/json" or (media.startswith("application/") and media[-5:] == "+json"):
        return
    raise ApiError(Code.UNSUPPORTED_MEDIA_TYPE, "expected a body of type application/json")


def _pairs(query: str) -> list[tuple[str, str]]:
    if not query:
        return []
    try:
        return parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=_MOST_PAIRS)
    except ValueError:
        raise Invalid("the query string is not valid", status=400) from None


def _list_names(model: type[BaseModel]) -> frozenset[str]:
    names = set()
    for name, field in model.model_fields.items():
        kinds = _kinds(field.annotation)
        if any(isinstance(kind, type) and issubclass(kind, BaseModel | dict) for kind in kinds):
            raise TypeError(f"whose field `{name}` is not a plain value or a list of such")
        if kinds & {list, set, tuple, frozenset}:
            alias = field.validation_alias
            names.add(alias if isinstance(alias, str) else name)
    return frozenset(names)


def _kinds(annotation: Any) -> set[Any]:
    """Return the types that an annotation allows, without their parameters."""
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        return {kind for part in get_args(annotation) for kind in _kinds(part)}
    if origin is Annotated:
        return _kinds(get_args(annotation)[0])
    return {origin or annotation}
