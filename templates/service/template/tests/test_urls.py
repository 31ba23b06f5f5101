"""The URL map: prefix, versions, and what is refused when the service starts."""

from typing import Any

import pytest
from sanic import Request

from core.http.answer import Answer, Created
from core.http.schema import Input
from core.http.urls import Url
from core.http.view import View
from core.lifecycle import StartError

from tests.served import client_of, make


class Body(Input):
    """A body."""


class Nested(Input):
    """A model that no query string can hold."""

    body: Body


class Plain(View):
    """Answer the path."""

    async def get(self) -> str:
        """Answer."""
        return self.request.path


class One(View):
    """Take a parameter."""

    async def get(self, key: int) -> int:
        """Answer it."""
        return key


@pytest.mark.parametrize(
    ("settings", "url", "path"),
    [
        ({}, Url("/plain", Plain), "/plain"),
        ({}, Url("/", Plain), "/"),
        ({"api_version": "2.1"}, Url("/plain", Plain), "/v2.1/plain"),
        ({"api_version": "2.1"}, Url("/plain", Plain, version="beta"), "/vbeta/plain"),
        ({"api_version": "2.1"}, Url("/plain", Plain, version=""), "/plain"),
        ({"url_prefix": "/shop"}, Url("/plain", Plain), "/shop/plain"),
        ({"url_prefix": "/shop", "api_version": "1"}, Url("/", Plain), "/shop/v1"),
    ],
)
async def test_a_path_is_prefix_version_and_path(
    settings: dict[str, Any], url: Url, path: str
) -> None:
    async with client_of(make([url], **settings)) as client:
        assert (await client.get(path)).json()["data"] == path


async def test_versions_live_side_by_side() -> None:
    urls = [Url("/plain", Plain, version=version, name=f"plain{version}") for version in "12"]
    async with client_of(make(urls)) as client:
        for path in ("/v1/plain", "/v2/plain"):
            assert (await client.get(path)).json()["data"] == path
        assert (await client.get("/plain")).status_code == 404


def test_a_route_has_a_url_by_name() -> None:
    app = make([Url("/things/<key>", One, name="thing")], api_version="1")
    assert app.url_for("thing", key=5) == "/v1/things/5"


@pytest.mark.parametrize(
    ("urls", "words"),
    [
        ([Url("/a", Plain), Url("/a", Plain, name="other")], "serves /a already"),
        ([Url("/<key>", One), Url("/<key>", One, name="other")], "serves /<key> already"),
        ([Url("/a", Plain), Url("/b", Plain)], "has the name Plain already"),
        ([Url("a", Plain)], "expected a path such as /notes"),
        ([Url("/a/", Plain)], "expected a path such as /notes"),
        ([Url("/a//b", Plain)], "expected a path such as /notes"),
        ([Url("/a b", Plain)], "expected a path such as /notes"),
        ([Url("/<key:int>", One)], "expected a path such as /notes"),
        ([Url("/<key>/<key>", One)], "a name stands twice"),
        ([Url("/a", View)], "has no method such as get or post"),
        ([Url("/a", str)], "must be a subclass of View"),  # type: ignore[arg-type]
        ([Url("/a", One)], "takes `key: int`, which nothing provides"),
        ([Url("/<id>", One)], "does not take `id`, which is in its path"),
    ],
)
def test_an_impossible_entry_is_refused_by_name(urls: list[Url], words: str) -> None:
    with pytest.raises(StartError) as refused:
        make(urls)
    assert words in str(refused.value)


def a_plain_function(self: View) -> None:
    """Be no coroutine."""


async def without_annotation(self, thing) -> None:  # type: ignore[no-untyped-def]
    """Take something."""


async def without_return(self: View):  # type: ignore[no-untyped-def]
    """Answer something."""


async def with_many(self: View, *things: int) -> None:
    """Take anything."""


async def with_body(self: View, body: Body) -> None:
    """Take a body in a GET."""


async def with_nested_query(self: View, query: Nested) -> None:
    """Take a query that is not flat."""


async def with_plain_query(self: View, query: dict[str, str]) -> None:
    """Take a query that is no model."""


async def with_unknown_name(self: View, request: "Request", thing: "Unknown") -> None:  # type: ignore[name-defined]  # noqa: F821
    """Take a type that does not exist."""


async def with_union(self: View) -> Answer[int] | Created[int]:
    """Answer in two ways."""
    return Answer(1)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (a_plain_function, "is not `async def`"),
        (without_annotation, "takes `thing` without an annotation"),
        (without_return, "has no return annotation"),
        (with_many, "takes `*things: int`"),
        (with_body, "takes a body, which a GET does not have"),
        (with_nested_query, "whose field `body` is not a plain value"),
        (with_plain_query, "must be a pydantic model"),
        (with_unknown_name, "cannot be resolved"),
        (with_union, "cannot be part of a union"),
    ],
)
def test_a_wrong_signature_is_refused_with_its_place(function: Any, words: str) -> None:
    view = type("Wrong", (View,), {"get": function})
    with pytest.raises(StartError) as refused:
        make([Url("/wrong", view)])
    line = function.__code__.co_firstlineno
    assert f"{__file__}:{line}: {function.__name__}" in str(refused.value)
    assert words in str(refused.value)
    assert "valid parameters are `body: Model`" in str(refused.value)
