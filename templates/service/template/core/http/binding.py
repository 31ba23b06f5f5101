"""From the signature of a view's method to the arguments of a call.

A signature is read once, when the service starts. Its parameters may be
`body: Model` (the JSON body), `query: Model` (the query string), a name of the path (converted to
its annotation), `request: Request`, or any type that the app provides.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_type_hints

from pydantic import PydanticUserError, TypeAdapter
from sanic import Request

from core.http.output import Output, compile_output
from core.http.parse import body_parser, path_parser, query_parser
from core.lifecycle import StartError

if TYPE_CHECKING:
    from core.app import Service

Bind = Callable[[Request, Mapping[str, str]], Any]

SHAPES = (
    "valid parameters are `body: Model`, `query: Model`, a name of the path with its type, "
    "`request: Request`, and any type that the app provides; the return type says what is answered"
)


@dataclass(frozen=True)
class Operation:
    """Describe one method of one view at one path."""

    method: str
    function: Callable[..., Any]
    path: Mapping[str, TypeAdapter[Any]]
    query: Any
    body: TypeAdapter[Any] | None
    body_required: bool
    output: Output
    binds: tuple[tuple[str, Bind], ...]


def compile_operation(
    app: "Service", method: str, function: Callable[..., Any], path_names: tuple[str, ...]
) -> Operation:
    """Read a signature; raise StartError with file and line where it makes no sense."""
    if not inspect.iscoroutinefunction(function):
        raise wrong(function, "is not `async def`")
    hints = _hints(function)
    parameters = list(inspect.signature(function).parameters.values())[1:]
    _check_path(function, path_names, parameters)
    path: dict[str, TypeAdapter[Any]] = {}
    query = body = None
    body_required = True
    binds: list[tuple[str, Bind]] = []
    for parameter in parameters:
        name, kind = parameter.name, _annotation(function, parameter, hints)
        if name in path_names:
            path[name] = _adapter(function, name, kind)
            binds.append((name, path_parser(name, path[name])))
        elif name == "body":
            _check_body(function, method)
            body, body_required = _adapter(function, name, kind), parameter.default is _EMPTY
            binds.append((name, body_parser(body, parameter.default)))
        elif name == "query":
            query = kind
            binds.append((name, _query(function, kind)))
        elif isinstance(kind, type) and issubclass(kind, Request):
            binds.append((name, _the_request))
        else:
            binds.append((name, _resource(app, function, name, kind)))
    output = _output(function, hints)
    return Operation(method, function, path, query, body, body_required, output, tuple(binds))


def wrong(function: Callable[..., Any], problem: str) -> StartError:
    """Return the error that names the place, the problem and the valid shapes."""
    code = inspect.unwrap(function).__code__
    where = f"{code.co_filename}:{code.co_firstlineno}"
    return StartError(f"{where}: {function.__qualname__} {problem}; {SHAPES}")


_EMPTY = inspect.Parameter.empty


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    try:
        return get_type_hints(function, include_extras=True)
    except (NameError, TypeError) as error:
        raise wrong(function, f"has an annotation that cannot be resolved ({error})") from None


def _check_path(
    function: Callable[..., Any], path_names: tuple[str, ...], parameters: list[inspect.Parameter]
) -> None:
    taken = {parameter.name for parameter in parameters}
    for name in path_names:
        if name not in taken:
            raise wrong(function, f"does not take `{name}`, which is in its path")


def _check_body(function: Callable[..., Any], method: str) -> None:
    if method == "GET":
        raise wrong(function, "takes a body, which a GET does not have")


def _annotation(
    function: Callable[..., Any], parameter: inspect.Parameter, hints: Mapping[str, Any]
) -> Any:
    if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
        raise wrong(function, f"takes `{parameter}`")
    if parameter.kind is parameter.POSITIONAL_ONLY:
        raise wrong(function, f"takes `{parameter.name}` by position only")
    if parameter.name not in hints:
        raise wrong(function, f"takes `{parameter.name}` without an annotation")
    return hints[parameter.name]


def _adapter(function: Callable[..., Any], name: str, kind: Any) -> TypeAdapter[Any]:
    try:
        return TypeAdapter(kind)
    except PydanticUserError:
        raise wrong(function, f"takes `{name}` as {kind!r}, which cannot be validated") from None


def _query(function: Callable[..., Any], kind: Any) -> Bind:
    try:
        return query_parser(kind)
    except TypeError as error:
        raise wrong(function, f"takes `query`, {error}") from None


def _resource(app: "Service", function: Callable[..., Any], name: str, kind: Any) -> Bind:
    try:
        app.resource(kind)
    except LookupError:
        kind_name = getattr(kind, "__name__", repr(kind))
        raise wrong(function, f"takes `{name}: {kind_name}`, which nothing provides") from None
    return lambda request, path: app.resource(kind)


def _output(function: Callable[..., Any], hints: Mapping[str, Any]) -> Output:
    if "return" not in hints:
        raise wrong(function, "has no return annotation")
    try:
        return compile_output(hints["return"])
    except (PydanticUserError, TypeError) as error:
        words = str(error).partition("\n")[0]
        raise wrong(function, f"returns what cannot be serialised ({words})") from None


def _the_request(request: Request, path: Mapping[str, str]) -> Request:
    return request
