"""What every response gets on its way out: request id, security and CORS headers, a measurement."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sanic.response import BaseHTTPResponse

from core.http.cors import Cors
from core.http.reply import Reply
from core.http.security import HEADERS

if TYPE_CHECKING:
    from core.http.request import HttpRequest

Observe = Callable[["HttpRequest", int], None]


class Edge:
    """Finish responses; made once per app, with all that does not change encoded beforehand."""

    def __init__(self, cors: Cors) -> None:
        self.cors = cors
        self.observe: Observe | None = None
        self.usual = dict(HEADERS)
        if cors.enabled and not cors.anyone:
            self.usual["vary"] = "Origin"
        self._fixed = (
            (b"content-type", b"application/json"),
            *((name.encode(), value.encode()) for name, value in self.usual.items()),
        )

    def finish(self, request: HttpRequest, response: BaseHTTPResponse) -> None:
        """Add the headers that are missing and count the response."""
        if self.observe is not None:
            self.observe(request, response.status)
        origin = request.headers.get("origin")
        if origin is None and type(response) is Reply and not response.headers:
            response.fixed = (*self._fixed, (b"x-request-id", request.id.encode()))
            return
        headers = response.headers
        for name, value in self.usual.items():
            headers.setdefault(name, value)
        headers["x-request-id"] = request.id
        if origin is not None and self.cors.enabled:
            self.cors.permit(headers, origin)
