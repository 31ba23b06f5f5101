"""The URL map: from entries to routes, checked when the service starts."""

from __future__ import annotations

import re
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sanic import HTTPResponse, Request

from core.http.binding import Operation
from core.http.cors import Cors, compile_cors
from core.http.docs import install_docs, install_metrics
from core.http.edge import Edge
from core.http.failures import Failures
from core.http.metrics import Metrics
from core.http.reply import Handler
from core.http.request import request_class
from core.http.view import View, handler, operations
from core.lifecycle import StartError

if TYPE_CHECKING:
    from core.app import Service

_PATH = re.compile(r"/|(/([A-Za-z0-9._~-]+|<[a-z_][a-z0-9_]*>))+")
_PARAMETER = re.compile(r"<([a-z_][a-z0-9_]*)>")


@dataclass(frozen=True)
class Url:
    """Map a path to a view.

    `path` is written "/notes/<id>"; the type of `id` is its annotation in the view. `version` None
    is the service's default, "" means none. `name` is for `app.url_for` and the API document.
    """

    path: str
    view: type[View]
    version: str | None = None
    name: str | None = None


@dataclass(frozen=True)
class Route:
    """Describe an entry that is in place: its whole path, its name, what each method does."""

    url: Url
    path: str
    name: str
    operations: Mapping[str, Operation]

    @property
    def methods(self) -> tuple[str, ...]:
        """Return every method that is answered."""
        head = ("HEAD",) if "GET" in self.operations else ()
        return (*self.operations, *head, "OPTIONS")


def mount(app: Service, urls: Sequence[Url]) -> None:
    """Serve the URL map, with everything that belongs to every request.

    Raises StartError, naming the entry, for a duplicate or unroutable one.
    """
    cors = compile_cors(app.settings)
    edge = Edge(cors)
    app.request_class = request_class(edge)
    app.error_handler = Failures(app)
    routes = [_route(app, url) for url in urls]
    _refuse_duplicates(routes)
    metrics = _metrics(app, edge)
    for route in routes:
        dispatch = _dispatcher(route, cors, metrics)
        app.add_route(dispatch, route.path, methods=route.methods, name=route.name)
    install_docs(app, routes)


def _metrics(app: Service, edge: Edge) -> Metrics | None:
    if app.settings.metrics_mode == "off":
        return None
    metrics = Metrics()
    edge.observe = metrics.observe
    install_metrics(app, metrics)
    return metrics


def _route(app: Service, url: Url) -> Route:
    if not (isinstance(url.view, type) and issubclass(url.view, View)):
        raise StartError(f"{url}: the view must be a subclass of View")
    if not _PATH.fullmatch(url.path):
        raise StartError(f"{url}: expected a path such as /notes or /notes/<id>")
    names = tuple(_PARAMETER.findall(url.path))
    if len(set(names)) != len(names):
        raise StartError(f"{url}: a name stands twice in the path")
    found = operations(app, url.view, names)
    if not found:
        raise StartError(f"{url}: {url.view.__name__} has no method such as get or post")
    return Route(url, _whole_path(app, url), url.name or url.view.__name__, found)


def _whole_path(app: Service, url: Url) -> str:
    version = app.settings.api_version if url.version is None else url.version
    prefix = app.settings.url_prefix.rstrip("/") + (f"/v{version}" if version else "")
    return (prefix + url.path).rstrip("/") or "/"


def _refuse_duplicates(routes: Sequence[Route]) -> None:
    shapes: dict[str, Route] = {}
    names: dict[str, Route] = {}
    for route in routes:
        other = shapes.setdefault(_PARAMETER.sub("<>", route.path), route)
        if other is not route:
            raise StartError(f"{route.url}: {other.url} serves {route.path} already")
        other = names.setdefault(route.name, route)
        if other is not route:
            raise StartError(f"{route.url}: {other.url} has the name {route.name} already")


def _dispatcher(route: Route, cors: Cors, metrics: Metrics | None) -> Handler:
    handlers = {
        name: handler(route.url.view, found, metrics) for name, found in route.operations.items()
    }
    if "GET" in handlers:
        handlers["HEAD"] = handlers["GET"]
    handlers["OPTIONS"] = _options(", ".join(route.methods), cors)

    def dispatch(request: Request, **path: str) -> Coroutine[Any, Any, HTTPResponse | None]:
        return handlers[request.method](request, **path)

    return dispatch


def _options(methods: str, cors: Cors) -> Handler:
    async def options(request: Request, **path: str) -> HTTPResponse:
        headers = {"allow": methods, **cors.preflight(request, methods)}
        return HTTPResponse(status=204, headers=headers)

    return options
