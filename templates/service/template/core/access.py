"""The access log: a line per request, cheap enough to leave on.

No query strings, headers or bodies: secrets travel there.
"""

import asyncio
import sys
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

import orjson
from sanic import Request
from sanic.response import BaseHTTPResponse

from core.health import PATHS
from core.settings import ServiceSettings

DELAY = 0.1


class AccessLog:
    """Collect lines and write those of a tenth of a second at once."""

    def __init__(self, settings: ServiceSettings) -> None:
        self._line = self._json if settings.logs_json else self._plain
        self._service = {"service": settings.name, "service_id": settings.service_id}
        self._lines: list[bytes] = []

    def record(self, request: Request, response: BaseHTTPResponse) -> None:
        """Add the line of a request; probes of health are left out."""
        if request.path in PATHS:
            return
        if not self._lines:
            asyncio.get_running_loop().call_later(DELAY, self.flush)
        self._lines.append(self._line(_facts(request, response)))

    def flush(self) -> None:
        """Write what was collected."""
        if self._lines:
            lines, self._lines = self._lines, []
            sys.stdout.write(b"".join(lines).decode())
            sys.stdout.flush()

    def _json(self, facts: dict[str, Any]) -> bytes:
        line = {"event": "request", "level": "info", "logger": "access", **facts, **self._service}
        return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)

    def _plain(self, facts: dict[str, Any]) -> bytes:
        values = dict(facts, timestamp=f"{facts['timestamp']:%Y-%m-%dT%H:%M:%S.%fZ}")
        line = "{timestamp} {method} {path} {status} {bytes} B {ms} ms {ip} {request_id}\n"
        return line.format_map(values).encode()


def _facts(request: Request, response: BaseHTTPResponse) -> dict[str, Any]:
    begun = getattr(request.stream, "perft0", None)  # set by Sanic when the first byte arrives
    return {
        "timestamp": datetime.now(UTC),
        "method": request.method,
        "path": request.path,
        "status": response.status,
        "bytes": len(getattr(response, "body", None) or b""),
        "ms": round((perf_counter() - begun) * 1000, 1) if begun else None,
        "ip": request.client_ip,
        "request_id": str(request.id),
    }
