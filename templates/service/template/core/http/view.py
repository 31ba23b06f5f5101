"""Class-based views: one method per HTTP method, its signature says what it takes and answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from sanic import HTTPResponse, Request

from core.http.binding import Operation, compile_operation
from core.http.reply import Handler

if TYPE_CHECKING:
    from core.app import Service
    from core.http.metrics import Metrics
    from core.settings import ServiceSettings

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class View:
    """Answer the requests of one path; made anew for each request.

    Methods named `get`, `post`, `put`, `patch` and `delete` take what `core.http.binding`
    describes, and return data, Page, CursorPage, Created, Answer or a Sanic response. A refusal is
    raised as an ApiError; success is always returned.
    """

    def __init__(self, request: Request) -> None:
        self.request = request

    @property
    def app(self) -> Service:
        """Return the service that this view belongs to."""
        return cast("Service", self.request.app)

    @property
    def settings(self) -> ServiceSettings:
        """Return the settings of the service."""
        return self.app.settings

    async def before(self) -> None:
        """Refuse callers by raising an ApiError; runs before anything is validated."""


def operations(
    app: Service, view: type[View], path_names: tuple[str, ...]
) -> Mapping[str, Operation]:
    """Read the signatures of a view's methods, by HTTP method."""
    return {
        method: compile_operation(app, method, getattr(view, method.lower()), path_names)
        for method in METHODS
        if hasattr(view, method.lower())
    }


def handler(view: type[View], operation: Operation, metrics: Metrics | None) -> Handler:
    """Return the function that answers one method of a view."""
    function, binds, reply = operation.function, operation.binds, operation.output.reply
    policy = view.before is not View.before
    enter, leave = (metrics.enter, metrics.leave) if metrics else (_nothing, _nothing)

    async def handle(request: Request, **path: str) -> HTTPResponse | None:
        enter()
        try:
            instance = view(request)
            if policy:
                await instance.before()
            if binds:
                result = await function(
                    instance, **{name: bind(request, path) for name, bind in binds}
                )
            else:
                result = await function(instance)
            if result is None and request.responded:  # the view streamed its answer itself
                return None
            response: HTTPResponse = reply(result)
            return response
        finally:
            leave()

    return handle


def _nothing() -> None:
    pass
