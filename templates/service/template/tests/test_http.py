"""Views: what they take, what they answer."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from types import SimpleNamespace
from typing import Annotated, Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from pydantic import Field
from sanic import HTTPResponse, Request
from sanic.response import text

from core.http.answer import Answer, Created, CursorPage, Page
from core.http.codes import Code
from core.http.errors import Unauthenticated
from core.http.schema import Input, Instant, Output
from core.http.urls import Url
from core.http.view import View

from tests.served import client_of, make


class Colour(Enum):
    """A value that JSON has no word for."""

    RED = "red"


class Person(Input):
    """A body with rules."""

    name: str
    phone: Annotated[str, Field(pattern=r"^\+?[0-9]{6,15}$")] = "0123456"
    height: Annotated[float, Field(gt=0, lt=3)] = 1.7


class Shown(Output):
    """A person as answered."""

    name: str


class Search(Input):
    """A query with a list, a default and an optional parameter."""

    tag: tuple[str, ...] = ()
    size: Annotated[int, Field(ge=1, le=100)] = 20
    before: Instant | None = None


class Counter:
    """Something that the service provides."""

    def __init__(self) -> None:
        self.committed = 0
        self.rolled_back = 0

    async def __aenter__(self) -> None:
        """Begin."""

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Commit, or roll back after an exception."""
        if kind is None:
            self.committed += 1
        else:
            self.rolled_back += 1


class Things(View):
    """Take a query, a body and a provided value."""

    async def get(self, query: Search) -> Search:
        """Answer the query."""
        return query

    async def post(self, body: Person, counter: Counter) -> Shown:
        """Answer a part of the body, from inside a transaction."""
        async with counter:
            return Shown(name=body.name)

    async def patch(self, body: Person | None = None) -> Shown:
        """Answer an object that is no model."""
        return SimpleNamespace(name=body.name if body else "nobody")  # type: ignore[return-value]


class Thing(View):
    """Take a path parameter."""

    async def get(self, key: int, request: Request) -> list[int]:
        """Answer the parameter, and whether the request is the view's own."""
        return [key, int(request is self.request)]


class Kinds(View):
    """Answer every kind of answer."""

    async def get(self, kind: str) -> Any:
        """Answer one of them."""
        return {
            "page": Page([1, 2], total=5, page=1, size=2),
            "cursor": CursorPage([1], next_cursor="abc", size=1),
            "last": CursorPage([], next_cursor=None, size=1),
            "created": Created({"id": 1}, "/kinds/1"),
            "coded": Answer({"left": 3}, Code.EXPIRED, "soon", 202, {"Retry-After": "3"}),
            "none": None,
            "response": text("as it is"),
            "values": {
                "when": datetime(2024, 2, 29, 12, tzinfo=UTC),
                "price": Decimal("1.10"),
                "id": UUID(int=1),
                "colour": Colour.RED,
                "model": Shown(name="Ada"),
                "models": [Shown(name="Bob")],
                "set": {1},
                "big": 2**70,
                3: "key",
            },
        }[kind]


class Streamed(View):
    """Write an answer piece by piece."""

    async def get(self) -> HTTPResponse | None:
        """Send two pieces."""
        response = await self.request.respond(content_type="text/csv")
        await response.send("a,b\n")
        await response.send("1,2\n")
        await response.eof()
        return None


class Guarded(View):
    """Have a policy."""

    async def before(self) -> None:
        """Refuse everybody."""
        raise Unauthenticated

    async def post(self, body: Person) -> None:
        """Be out of reach."""


URLS = (
    Url("/things", Things),
    Url("/things/<key>", Thing),
    Url("/kinds/<kind>", Kinds),
    Url("/streamed", Streamed),
    Url("/guarded", Guarded),
)


@pytest.fixture(scope="module")
def counter() -> Counter:
    """Return the value that the service provides."""
    return Counter()


@pytest_asyncio.fixture(scope="module")
async def api(counter: Counter) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of the views above."""
    async with client_of(make(URLS, counter)) as client:
        yield client


async def test_a_plain_return_value_is_a_success(api: httpx.AsyncClient) -> None:
    response = await api.get("/things/7")
    assert response.status_code == 200
    assert response.json() == {"code": 0, "msg": "", "data": [7, 1]}
    assert response.headers["content-type"] == "application/json"


async def test_success_commits_the_transaction_it_is_returned_from(
    api: httpx.AsyncClient, counter: Counter
) -> None:
    committed = counter.committed
    assert (await api.post("/things", json={"name": "Ada"})).json()["data"] == {"name": "Ada"}
    assert (counter.committed, counter.rolled_back) == (committed + 1, 0)


async def test_values_without_a_json_type_are_answered(api: httpx.AsyncClient) -> None:
    assert (await api.get("/kinds/values")).json()["data"] == {
        "when": "2024-02-29T12:00:00Z",
        "price": "1.10",
        "id": "00000000-0000-0000-0000-000000000001",
        "colour": "red",
        "model": {"name": "Ada"},
        "models": [{"name": "Bob"}],
        "set": [1],
        "big": 2**70,
        "3": "key",
    }


@pytest.mark.parametrize(
    ("kind", "status", "envelope"),
    [
        ("page", 200, {"data": [1, 2], "total": 5, "page": 1, "size": 2}),
        ("cursor", 200, {"data": [1], "next": "abc", "size": 1}),
        ("last", 200, {"data": [], "next": None, "size": 1}),
        ("created", 201, {"data": {"id": 1}}),
        ("coded", 202, {"code": 17, "msg": "soon", "data": {"left": 3}}),
        ("none", 200, {"data": None}),
    ],
)
async def test_each_kind_of_answer_has_its_envelope(
    api: httpx.AsyncClient, kind: str, status: int, envelope: dict[str, Any]
) -> None:
    response = await api.get(f"/kinds/{kind}")
    assert response.status_code == status
    assert response.json() == {"code": 0, "msg": "", **envelope}


async def test_headers_of_an_answer_are_sent(api: httpx.AsyncClient) -> None:
    assert (await api.get("/kinds/created")).headers["location"] == "/kinds/1"
    assert (await api.get("/kinds/coded")).headers["retry-after"] == "3"


@pytest.mark.parametrize(
    ("path", "content"), [("/kinds/response", "as it is"), ("/streamed", "a,b\n1,2\n")]
)
async def test_a_sanic_response_goes_out_with_the_usual_headers(
    api: httpx.AsyncClient, path: str, content: str
) -> None:
    response = await api.get(path)
    assert response.text == content
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["x-request-id"]


async def test_an_object_is_read_into_the_annotated_model(api: httpx.AsyncClient) -> None:
    assert (await api.patch("/things")).json()["data"] == {"name": "nobody"}
    assert (await api.patch("/things", json={"name": "Bob"})).json()["data"] == {"name": "Bob"}


async def test_a_query_has_lists_and_defaults(api: httpx.AsyncClient) -> None:
    response = await api.get("/things?tag=a&tag=b%20c&before=2024-01-01T00:00:00Z")
    expected = {"tag": ["a", "b c"], "size": 20, "before": "2024-01-01T00:00:00Z"}
    assert response.json()["data"] == expected


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("size=0", "size"),
        ("size=ten", "size"),
        ("size=1&size=2", "size"),
        ("colour=red", "colour"),
        ("before=yesterday", "before"),
        ("before=0.5", "before"),
        ("before=2024-01-01T00:00:00", "before"),
    ],
)
async def test_a_wrong_query_is_refused_by_field(
    api: httpx.AsyncClient, query: str, field: str
) -> None:
    response = await api.get(f"/things?{query}")
    assert response.status_code == 422
    assert response.json()["code"] == Code.INVALID
    assert [problem["field"] for problem in response.json()["data"]] == [field]


@pytest.mark.parametrize("query", ["tag=%ff", "&".join(["tag=a"] * 1001)])
async def test_a_malformed_query_is_refused(api: httpx.AsyncClient, query: str) -> None:
    assert (await api.get(f"/things?{query}")).status_code == 400


@pytest.mark.parametrize("key", ["seven", "1.5", "%20x", "%ff"])
async def test_a_path_parameter_of_the_wrong_type_is_refused(
    api: httpx.AsyncClient, key: str
) -> None:
    response = await api.get(f"/things/{key}")
    assert response.status_code == 422
    assert [problem["field"] for problem in response.json()["data"]] == ["key"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": 5}, "name"),
        ({"name": "Ada", "admin": True}, "admin"),
        ({"name": "Ada", "phone": "0123456abc"}, "phone"),
        ({"name": "Ada", "phone": "0123456\n"}, "phone"),
        ({"name": "Ada", "height": 3}, "height"),
    ],
)
async def test_a_wrong_body_is_refused_by_field(
    api: httpx.AsyncClient, body: dict[str, Any], field: str
) -> None:
    response = await api.post("/things", json=body)
    assert response.status_code == 422
    assert [problem["field"] for problem in response.json()["data"]] == [field]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", '"nan"'])
async def test_what_is_no_number_is_in_no_range(api: httpx.AsyncClient, number: str) -> None:
    content = f'{{"name": "Ada", "height": {number}}}'
    headers = {"content-type": "application/json"}
    assert (await api.post("/things", content=content, headers=headers)).status_code == 422


async def test_a_refusal_never_repeats_the_input(api: httpx.AsyncClient) -> None:
    body = {"name": ["hunter2"], "phone": "hunter2", "height": "hunter2"}
    assert "hunter2" not in (await api.post("/things", json=body)).text


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("application/merge-patch+json", 200),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
    ],
)
async def test_a_body_must_say_that_it_is_json(
    api: httpx.AsyncClient, content_type: str, status: int
) -> None:
    headers = {"content-type": content_type}
    response = await api.post("/things", content=b'{"name": "Ada"}', headers=headers)
    assert response.status_code == status


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b'{"name": "\xff"}'])
async def test_a_body_that_is_no_json_is_refused(api: httpx.AsyncClient, content: bytes) -> None:
    headers = {"content-type": "application/json"}
    response = await api.post("/things", content=content, headers=headers)
    assert (response.status_code, response.json()["code"]) == (400, Code.INVALID)


async def test_a_policy_speaks_before_validation(api: httpx.AsyncClient) -> None:
    response = await api.post("/guarded", content=b"{")
    assert (response.status_code, response.json()["code"]) == (401, Code.UNAUTHENTICATED)
    assert response.headers["www-authenticate"] == "Bearer"


async def test_head_answers_the_headers_of_get(api: httpx.AsyncClient) -> None:
    response = await api.head("/things/7")
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["content-length"] == str(len((await api.get("/things/7")).content))


async def test_options_lists_the_methods(api: httpx.AsyncClient) -> None:
    response = await api.options("/things")
    assert response.status_code == 204
    assert set(response.headers["allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "PATCH", "POST"}


async def test_a_well_formed_request_id_is_kept(api: httpx.AsyncClient) -> None:
    given = "trace-0123_4.z"
    response = await api.get("/things/7", headers={"X-Request-ID": given})
    assert response.headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["short", "x" * 129, "with space", "é" * 8, "a\tbcdefgh"])
async def test_any_other_request_id_is_replaced(api: httpx.AsyncClient, given: str) -> None:
    response = await api.get("/things/7", headers={b"X-Request-ID": given.encode()})
    assert response.headers["x-request-id"] != given
    assert len(response.headers["x-request-id"]) >= 8


async def test_made_request_ids_differ(api: httpx.AsyncClient) -> None:
    made = {(await api.get("/things/7")).headers["x-request-id"] for _ in range(20)}
    assert len(made) == 20
