"""The request: its id, and the one door through which every response leaves."""

import os
import re
from itertools import count
from secrets import token_hex
from typing import Any, ClassVar

from sanic import Request
from sanic.response import BaseHTTPResponse

from core.http.edge import Edge
from core.http.reply import Reply

_WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{8,128}")


class _Ids:
    """Make ids that are unique over processes and hosts: 64 random bits and a number."""

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """Draw a new random part."""
        self.prefix = token_hex(8)
        self.numbers = count(1)

    def make(self) -> str:
        """Return the next id."""
        return f"{self.prefix}-{next(self.numbers):x}"


_ids = _Ids()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_ids.renew)


class HttpRequest(Request):
    """A request whose id comes from X-Request-ID where that is well-formed, else from a counter."""

    edge: ClassVar[Edge]

    @property
    def id(self) -> str:
        """Return the id that logs and the response carry."""
        if self._id is None:
            given = self.headers.get("x-request-id")
            self._id = given if given and _WELL_FORMED.fullmatch(given) else _ids.make()
        return str(self._id)

    async def respond(self, response: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Attach a response, successful or not, with the headers that every response carries."""
        stream, route = self.stream, self.route
        middleware = (route and route.extra.response_middleware) or self.app.response_middleware
        if type(response) is Reply and not middleware and stream and not stream.response:
            stream.respond(response)  # all that Sanic's own method would come to
            self.responded = True
        else:
            response = await super().respond(response, *args, **kwargs)
        if isinstance(response, BaseHTTPResponse):
            self.edge.finish(self, response)
        return response


def request_class(edge: Edge) -> type[HttpRequest]:
    """Return the request class of one app, bound to its edge."""
    return type("ServiceRequest", (HttpRequest,), {"edge": edge, "__slots__": ()})
