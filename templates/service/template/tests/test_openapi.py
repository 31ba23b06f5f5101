"""The API document: valid, complete, and shown without any other host."""

import re
import sys
from typing import Any

import httpx
from openapi_spec_validator import validate

from core.app import Service
from core.http.urls import Url
from core.http.view import View

from tests.served import client_of, make


class Plain(View):
    """Answer."""

    async def get(self) -> None:
        """Say in one line what this is for.

        And then more.
        """


async def test_the_document_is_valid(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    validate(document)
    assert document["openapi"] == "3.1.0"


async def test_the_document_names_every_route(app: Service, client: httpx.AsyncClient) -> None:
    paths = (await client.get("/openapi.json")).json()["paths"]
    mounted = [route for route in app.router.routes if "OPTIONS" in route.methods]
    assert len(paths) == len(mounted) > 0
    operations = [operation for path in paths.values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    assert all(operation["summary"] for operation in operations)


async def test_every_reference_leads_somewhere(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    for reference in re.findall(r'"\$ref":"#/([^"]+)"', httpx.Response(200, json=document).text):
        place: Any = document
        for part in reference.split("/"):
            place = place[part]


async def test_a_docstring_becomes_summary_and_description() -> None:
    async with client_of(make([Url("/plain", Plain)])) as client:
        operation = (await client.get("/openapi.json")).json()["paths"]["/plain"]["get"]
    assert operation["summary"] == "Say in one line what this is for"
    assert operation["description"] == "And then more."


async def test_an_unchanged_document_is_not_sent_again(client: httpx.AsyncClient) -> None:
    tag = (await client.get("/openapi.json")).headers["etag"]
    response = await client.get("/openapi.json", headers={"If-None-Match": tag})
    assert (response.status_code, response.content) == (304, b"")


async def test_the_page_needs_no_other_host(client: httpx.AsyncClient) -> None:
    page = await client.get("/docs")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "script-src 'self'" in page.headers["content-security-policy"]
    sources = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert all(source.startswith(("/docs/", "data:")) for source in sources)
    for source in sources:
        if source.startswith("/"):
            asset = await client.get(source)
            assert asset.status_code == 200
            assert "max-age=31536000" in asset.headers["cache-control"]


async def test_the_package_of_the_page_is_not_imported(client: httpx.AsyncClient) -> None:
    await client.get("/docs/swagger_bundle.js")
    assert "offapi" not in sys.modules
