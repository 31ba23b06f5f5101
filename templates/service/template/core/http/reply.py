"""The response that envelopes travel in."""

from collections.abc import Callable, Coroutine, Iterator, Mapping
from typing import Any

from sanic.compat import Header
from sanic.response import HTTPResponse

# What Sanic calls: with the request and, by name, the parameters of the path.
Handler = Callable[..., Coroutine[Any, Any, HTTPResponse | None]]
_UNSAFE = str.maketrans("", "", "\r\n\x00")
Pairs = tuple[tuple[bytes, bytes], ...]


class Reply(HTTPResponse):
    """A JSON response whose usual headers were encoded once, when the service started.

    `fixed` is written before the other headers, as it is. It stays empty where a reply has headers
    of its own, which may replace the usual ones.
    """

    __slots__ = ("fixed",)

    def __init__(
        self, body: bytes, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        # Sanic's own constructors build and throw away a header map each.
        self.asgi = False
        self.body = body
        self.content_type = "application/json"
        self.stream = None
        self.status = status
        self.headers = Header(headers or ())
        self._cookies = None
        self.fixed: Pairs = ()

    @property
    def processed_headers(self) -> Iterator[tuple[bytes, bytes]]:
        """Return the headers to send, encoded."""
        if not self.fixed:
            return super().processed_headers
        own = [(_encode(name), _encode(str(value))) for name, value in self.headers.items()]
        return iter((*self.fixed, *own))


def _encode(text: str) -> bytes:
    """Encode as Sanic does; only text with control characters needs its slow cleaning."""
    return text.encode() if text.isprintable() else text.translate(_UNSAFE).encode()
