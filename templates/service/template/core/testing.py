"""Run a service inside a test, on a real socket."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from core.app import Service
from core.settings import ServiceSettings

S = TypeVar("S", bound=ServiceSettings)


def settings_for(kind: type[S], **changes: Any) -> S:
    """Make settings for a test, untouched by .env."""
    return kind(_env_file=None, **{"env": "test", **changes})


@asynccontextmanager
async def running(app: Service) -> AsyncIterator[str]:
    """Serve an app on a free port of this machine and yield its base URL."""
    sock = socket.create_server(("127.0.0.1", 0))
    server = await app.create_server(sock=sock, return_asyncio_server=True)
    assert server is not None
    await server.startup()
    await server.before_start()
    await server
    await server.after_start()
    try:
        yield "http://127.0.0.1:{}".format(sock.getsockname()[1])
    finally:
        await server.before_stop()
        closed = server.close()
        for connection in list(server.connections):
            connection.abort()
        await closed
        await server.after_stop()
