"""Liveness and readiness, outside the URL prefix and without a version."""

import asyncio
from time import perf_counter
from typing import TYPE_CHECKING, Any

import orjson
import structlog
from sanic import HTTPResponse, Request

from core.lifecycle import Resource

if TYPE_CHECKING:
    from core.app import Service

PATHS = ("/health/live", "/health/ready")
HEADERS = {"cache-control": "no-store"}

log = structlog.stdlib.get_logger(__name__)


def install(app: "Service") -> None:
    """Add /health/live and /health/ready."""

    async def live(_: Request) -> HTTPResponse:
        return _answer("ok", 200)

    async def ready(_: Request) -> HTTPResponse:
        if app.stopping:
            return _answer("stopping", 503)
        results = await asyncio.gather(
            *(_check(resource, app.settings.ready_timeout) for resource in app.resources)
        )
        failed = any(check["required"] and check["status"] == "failed" for check in results)
        checks = {
            resource.name: check for resource, check in zip(app.resources, results, strict=True)
        }
        return _answer("failed", 503, checks) if failed else _answer("ok", 200, checks)

    app.add_route(live, PATHS[0], name="health_live")
    app.add_route(ready, PATHS[1], name="health_ready")


async def _check(resource: Resource, limit: float) -> dict[str, Any]:
    """Ping a resource; one that does not return in time is left behind, cancelled."""
    started = perf_counter()
    ping = asyncio.create_task(resource.ping())
    await asyncio.wait({ping}, timeout=limit)
    problem = _problem(ping, limit)
    if problem:
        log.warning("not ready", resource=resource.name, problem=problem)
    return {
        "status": "failed" if problem else "ok",
        "required": resource.required,
        "ms": round((perf_counter() - started) * 1000, 1),
    }


def _problem(ping: asyncio.Task[None], limit: float) -> str | None:
    if not ping.done():
        ping.cancel()
        return f"no answer within {limit:g} s"
    error = ping.exception()
    return None if error is None else f"{type(error).__name__}: {error}"


def _answer(status: str, code: int, checks: dict[str, Any] | None = None) -> HTTPResponse:
    body = orjson.dumps({"status": status, "checks": checks or {}})
    return HTTPResponse(body, code, HEADERS, "application/json")
