"""Every failure is an envelope with its true status, and says nothing of the inside."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import orjson
import pytest
import pytest_asyncio
from sanic import HTTPResponse, Request
from sanic.exceptions import Forbidden, SanicException, ServerError

from core.app import Service
from core.http.codes import Code, StatusCode
from core.http.errors import ApiError, Conflict
from core.http.schema import Output
from core.http.urls import Url
from core.http.view import View

from tests.served import client_of, make

SECRET = "hunter2"


class ShopCode(StatusCode):
    """Codes of a service's own."""

    SOLD_OUT = 100, 409, "sold out"


class Shown(Output):
    """A model."""

    name: str


class UnreachableError(Exception):
    """An error of some driver."""


class HandledError(Exception):
    """An error that the service answers itself."""


class BrokenHandlerError(Exception):
    """An error whose handler fails."""


RAISED: dict[str, Exception] = {
    "unexpected": RuntimeError(SECRET),
    "sanic": ServerError(SECRET),
    "teapot": SanicException(SECRET, status_code=418),
    "forbidden": Forbidden(SECRET),
    "api": Conflict("taken", {"id": 1}),
    "own": ApiError(ShopCode.SOLD_OUT),
    "number": ApiError(1234, "a plain number"),
    "status": ApiError(Code.INVALID, status=410),
    "driver": UnreachableError(SECRET),
    "handled": HandledError(),
    "broken": BrokenHandlerError(),
    "unserialisable": ApiError(Code.CONFLICT, data=object()),
}


class Failing(View):
    """Fail in a way of choice."""

    async def get(self, how: str) -> None:
        """Raise."""
        raise RAISED[how]


class Unserialisable(View):
    """Return what JSON has no word for."""

    async def get(self) -> dict[str, Any]:
        """Answer an object."""
        return {"object": object()}

    async def post(self) -> Shown:
        """Answer what the annotation does not allow."""
        return "text"  # type: ignore[return-value]


class Slow(View):
    """Take longer than allowed."""

    async def get(self) -> None:
        """Wait."""
        await asyncio.sleep(30)

    async def post(self, body: dict[str, Any]) -> None:
        """Take a body."""


URLS = (Url("/fail/<how>", Failing), Url("/unserialisable", Unserialisable), Url("/slow", Slow))


def failing_app() -> Service:
    """Return a service with the views above, and handlers of its own."""
    app = make(
        URLS,
        body_limit=10_000,
        request_timeout=0.3,
        response_timeout=0.3,
        cors_origins=("https://shop.example",),
        log_format="json",
    )
    app.translate(UnreachableError, lambda error: ApiError(Code.MAINTENANCE))
    app.error_handler.add(HandledError, _handled)
    app.error_handler.add(BrokenHandlerError, _broken)
    return app


async def _handled(request: Request, error: Exception) -> HTTPResponse:
    return HTTPResponse("mine", status=409)


async def _broken(request: Request, error: Exception) -> HTTPResponse:
    raise RuntimeError(SECRET)


@pytest_asyncio.fixture(scope="module")
async def api() -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of the failing service."""
    async with client_of(failing_app()) as client:
        yield client


def check(response: httpx.Response, status: int, code: int) -> None:
    """Expect an envelope with what every response carries."""
    assert response.status_code == status
    assert response.headers["content-type"] == "application/json"
    assert response.headers["x-request-id"]
    assert response.headers["x-content-type-options"] == "nosniff"
    envelope = response.json()
    assert set(envelope) == {"code", "msg", "data"}
    assert envelope["code"] == code
    assert envelope["msg"]
    assert SECRET not in response.text


@pytest.mark.parametrize(
    ("how", "status", "code"),
    [
        ("unexpected", 500, Code.FAILED),
        ("sanic", 500, Code.FAILED),
        ("teapot", 418, Code.INVALID),
        ("forbidden", 403, Code.FORBIDDEN),
        ("api", 409, Code.CONFLICT),
        ("own", 409, 100),
        ("number", 400, 1234),
        ("status", 410, Code.INVALID),
        ("driver", 503, Code.MAINTENANCE),
        ("broken", 500, Code.FAILED),
        ("unserialisable", 409, Code.CONFLICT),
    ],
)
async def test_what_a_view_raises_is_an_envelope(
    api: httpx.AsyncClient, how: str, status: int, code: int
) -> None:
    check(await api.get(f"/fail/{how}"), status, code)


async def test_handlers_of_the_service_come_first(api: httpx.AsyncClient) -> None:
    response = await api.get("/fail/handled")
    assert (response.status_code, response.text) == (409, "mine")
    assert response.headers["x-request-id"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, Code.NOT_FOUND),
        ("PUT", "/slow", 405, Code.METHOD_NOT_ALLOWED),
        ("TRACE", "/slow", 405, Code.METHOD_NOT_ALLOWED),
        ("GET", "/unserialisable", 500, Code.FAILED),
        ("POST", "/unserialisable", 500, Code.FAILED),
        ("GET", "/slow", 503, Code.TIMEOUT),
    ],
)
async def test_other_failures_are_envelopes(
    api: httpx.AsyncClient, method: str, path: str, status: int, code: int
) -> None:
    check(await api.request(method, path), status, code)


async def test_a_method_that_is_not_allowed_names_those_that_are(api: httpx.AsyncClient) -> None:
    allowed = (await api.delete("/slow")).headers["allow"]
    assert set(allowed.split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


async def test_a_body_over_the_limit_is_refused(api: httpx.AsyncClient) -> None:
    for content in (b"x" * 10_001, _chunks()):
        check(await api.post("/slow", content=content), 413, Code.TOO_LARGE)


async def _chunks() -> AsyncIterator[bytes]:
    for _ in range(3):
        yield b"x" * 5000


@pytest.mark.parametrize(
    ("head", "status", "code"),
    [
        (b"nonsense\r\n\r\n", 400, Code.INVALID),
        (b"GET / HTTP/3.9\r\n\r\n", 400, Code.INVALID),
        (b"GET /\xff HTTP/1.1\r\n\r\n", 400, Code.INVALID),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400, Code.INVALID),
        (b"POST /slow HTTP/1.1\r\nContent-Length: many\r\n\r\n", 400, Code.INVALID),
        (b"POST /slow HTTP/1.1\r\nExpect: magic\r\nContent-Length: 1\r\n\r\n", 417, Code.INVALID),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 20_000 + b"\r\n\r\n", 413, Code.TOO_LARGE),
        (b"POST /slow HTTP/1.1\r\nContent-Length: 10\r\n\r\n{", 408, Code.TIMEOUT),
        (b"POST /slow HTTP/1.1\r\n", 408, Code.TIMEOUT),
    ],
)
async def test_what_fails_before_a_view_is_an_envelope(
    api: httpx.AsyncClient, head: bytes, status: int, code: int
) -> None:
    check(await _raw(api, head), status, code)


async def _raw(api: httpx.AsyncClient, head: bytes) -> httpx.Response:
    """Send bytes as they are and parse what comes back."""
    reader, writer = await asyncio.open_connection(api.base_url.host, api.base_url.port)
    try:
        writer.write(head)
        received = await asyncio.wait_for(reader.read(), 10)
    finally:
        writer.close()
        await writer.wait_closed()
    raw_head, _, content = received.partition(b"\r\n\r\n")
    line, *lines = raw_head.decode().split("\r\n")
    headers = [(name, value.strip()) for name, _, value in (part.partition(":") for part in lines)]
    return httpx.Response(int(line.split()[1]), headers=headers, content=content)


async def test_browsers_may_read_errors_too(api: httpx.AsyncClient) -> None:
    origin = "https://shop.example"
    for path in ("/nowhere", "/fail/unexpected", "/fail/api"):
        response = await api.get(path, headers={"Origin": origin})
        assert response.headers["access-control-allow-origin"] == origin


async def test_an_unexpected_error_is_logged_with_its_trace_and_request_id(
    api: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    response = await api.get("/fail/unexpected", headers={"X-Request-ID": "find-me-in-the-log"})
    assert response.headers["x-request-id"] == "find-me-in-the-log"
    lines = [orjson.loads(line) for line in capsys.readouterr().out.splitlines()]
    [line] = [line for line in lines if line["level"] == "error"]
    assert line["request_id"] == "find-me-in-the-log"
    assert f"RuntimeError: {SECRET}" in line["exception"]


async def test_bodies_and_headers_are_never_logged(
    api: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    headers = {"Authorization": f"Bearer {SECRET}", "Cookie": f"session={SECRET}"}
    await api.post("/slow", json=[SECRET], headers=headers)
    await api.get("/unserialisable", headers=headers)
    await api.get(f"/slow?password={SECRET}", headers=headers)
    assert SECRET not in capsys.readouterr().out
