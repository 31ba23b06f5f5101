"""Liveness and readiness, outside the URL prefix and without a version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sanic import HTTPResponse, Request, json

if TYPE_CHECKING:
    from core.app import Service


def install(app: Service) -> None:
    """Add /health/live and /health/ready."""
    app.add_route(live, "/health/live", name="health_live")
    app.add_route(live, "/health/ready", name="health_ready")


async def live(request: Request) -> HTTPResponse:
    """Say that the process answers."""
    return json({"status": "ok"})
