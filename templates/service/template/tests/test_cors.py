"""Cross-origin requests: decided by Origin, never by Host."""

from typing import Any

import httpx
import pytest

from core.http.cors import compile_cors
from core.http.urls import Url
from core.http.view import View
from core.lifecycle import StartError
from core.settings import ServiceSettings
from core.testing import settings_for

from tests.served import client_of, make

LISTED = ("https://shop.example", "https://*.shop.example", "http://localhost:3000")


class Plain(View):
    """Answer."""

    async def get(self) -> str:
        """Answer a word."""
        return "word"


async def ask(method: str, headers: dict[str, str], **settings: Any) -> httpx.Response:
    """Send one request to a service with these settings."""
    async with client_of(make([Url("/plain", Plain)], **settings)) as client:
        return await client.request(method, "/plain", headers=headers)


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("https://shop.example", True),
        ("https://SHOP.example", True),
        ("https://a.shop.example", True),
        ("https://a.b.shop.example", True),
        ("http://localhost:3000", True),
        ("http://shop.example", False),
        ("https://shop.example:8443", False),
        ("https://evilshop.example", False),
        ("https://shop.example.evil.com", False),
        ("https://a.shop.example.evil.com", False),
        ("https://evil.com/.shop.example", False),
        ("https://a\n.shop.example", False),
        ("http://localhost", False),
        ("null", False),
        ("", False),
    ],
)
def test_an_origin_is_allowed_as_a_whole_or_not(origin: str, allowed: bool) -> None:
    cors = compile_cors(settings_for(ServiceSettings, cors_origins=LISTED))
    assert cors.allows(origin) is allowed


async def test_an_allowed_origin_may_read_the_answer() -> None:
    response = await ask("GET", {"Origin": "https://shop.example"}, cors_origins=LISTED)
    assert response.headers["access-control-allow-origin"] == "https://shop.example"
    assert "X-Request-ID" in response.headers["access-control-expose-headers"]
    assert "access-control-allow-credentials" not in response.headers
    assert response.headers["vary"] == "Origin"


async def test_host_does_not_count_as_origin() -> None:
    for headers in ({"Host": "shop.example"}, {"Host": "shop.example", "Origin": "https://e.com"}):
        response = await ask("GET", headers, cors_origins=LISTED)
        assert response.status_code == 200
        assert "access-control-allow-origin" not in response.headers
        assert response.headers["vary"] == "Origin"


async def test_nobody_is_allowed_by_default() -> None:
    response = await ask("GET", {"Origin": "https://shop.example"})
    assert "access-control-allow-origin" not in response.headers
    assert "vary" not in response.headers


async def test_anyone_is_a_star_without_credentials() -> None:
    response = await ask("GET", {"Origin": "https://e.com"}, cors_origins=("*",))
    assert response.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in response.headers


async def test_credentials_come_with_the_origin_itself() -> None:
    settings: dict[str, Any] = {"cors_origins": LISTED, "cors_credentials": True}
    response = await ask("GET", {"Origin": "https://a.shop.example"}, **settings)
    assert response.headers["access-control-allow-origin"] == "https://a.shop.example"
    assert response.headers["access-control-allow-credentials"] == "true"


async def test_a_preflight_is_answered() -> None:
    headers = {"Origin": "https://shop.example", "Access-Control-Request-Method": "GET"}
    response = await ask("OPTIONS", headers, cors_origins=LISTED, cors_max_age=60)
    assert response.status_code == 204
    assert response.headers["access-control-allow-origin"] == "https://shop.example"
    assert response.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"
    assert response.headers["access-control-allow-headers"].split(", ")[0] == "authorization"
    assert response.headers["access-control-max-age"] == "60"


async def test_a_preflight_of_a_stranger_permits_nothing() -> None:
    headers = {"Origin": "https://e.com", "Access-Control-Request-Method": "GET"}
    response = await ask("OPTIONS", headers, cors_origins=LISTED)
    assert response.status_code == 204
    assert not [name for name in response.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    "origin", ["shop.example", "https://shop.example/path", "https://*", "https://*example.com"]
)
def test_what_is_no_origin_is_refused_at_start(origin: str) -> None:
    with pytest.raises(StartError, match="cors_origins"):
        compile_cors(settings_for(ServiceSettings, cors_origins=(origin,)))
