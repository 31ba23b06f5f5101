"""What operators and developers read: /openapi.json, /docs and /metrics."""

from __future__ import annotations

import asyncio
from functools import cache
from hashlib import sha256
from html import escape
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
from sanic import HTTPResponse, Request

from core.http.errors import NotFound
from core.http.openapi import document
from core.http.security import guarded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.app import Service
    from core.http.metrics import Metrics
    from core.http.reply import Handler
    from core.http.urls import Route
    from core.settings import Access

# Swagger UI writes styles into elements and shows images of its own; scripts are files only.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger_style.css?{version}">
</head>
<body>
<div id="page"></div>
<script src="/docs/swagger_bundle.js?{version}"></script>
<script src="/docs/start.js?{version}"></script>
</body>
</html>
"""
_START = b"""SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#page",
  deepLinking: true,
  tryItOutEnabled: true,
  validatorUrl: null,
});
"""
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
_ASSETS = ("swagger_bundle.js", "swagger_style.css", "start.js")


def install_docs(app: Service, routes: Sequence[Route]) -> None:
    """Serve the document of these routes and a page that shows it, without any other host."""
    body = orjson.dumps(document(app.settings, routes))
    tag = f'"{sha256(body).hexdigest()[:32]}"'

    async def openapi(request: Request) -> HTTPResponse:
        headers = {"etag": tag, "cache-control": "no-cache"}
        if tag in request.headers.get("if-none-match", ""):
            return HTTPResponse(status=304, headers=headers)
        return HTTPResponse(body, headers=headers, content_type="application/json")

    async def page(request: Request) -> HTTPResponse:
        text = _PAGE.format(title=escape(app.settings.name), version=version("offapi"))
        headers = {"content-security-policy": _POLICY}
        return HTTPResponse(text, headers=headers, content_type="text/html; charset=utf-8")

    _add(app, "/openapi.json", openapi, app.settings.docs_mode)
    _add(app, "/docs", page, app.settings.docs_mode)
    for name in _ASSETS:
        _add(app, f"/docs/{name}", _asset(name), app.settings.docs_mode)


def install_metrics(app: Service, metrics: Metrics) -> None:
    """Serve the metrics of all workers."""

    async def scrape(request: Request) -> HTTPResponse:
        body = await asyncio.to_thread(metrics.render)
        return HTTPResponse(body, content_type="text/plain; version=0.0.4; charset=utf-8")

    _add(app, "/metrics", scrape, app.settings.metrics_mode)


def _add(app: Service, path: str, handler: Handler, access: Access) -> None:
    if access == "off":
        return
    if access == "protected":
        handler = guarded(handler, app.settings.ops_token.get_secret_value())
    name = path.strip("/").replace("/", "_").replace(".", "_")
    app.add_route(handler, path, methods=("GET", "HEAD"), name=name)


def _asset(name: str) -> Handler:
    headers = {"cache-control": "private, max-age=31536000, immutable"}

    async def asset(request: Request) -> HTTPResponse:
        body = await asyncio.to_thread(_read, name)
        return HTTPResponse(body, headers=headers, content_type=_TYPES[Path(name).suffix])

    return asset


@cache
def _read(name: str) -> bytes:
    """Read a file of the package offapi, without importing it: it would load 9 MB of others."""
    if name == "start.js":
        return _START
    spec = find_spec("offapi")
    if spec is None or spec.origin is None:
        raise NotFound("the package offapi is not installed")
    return (Path(spec.origin).parent / name).read_bytes()
