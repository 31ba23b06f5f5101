"""Run a service inside a test, on a real socket."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from core.app import Service
from core.settings import ServiceSettings

S = TypeVar("S", bound=ServiceSettings)


def settings_for(kind: type[S], **changes: Any) -> S:
    """Make settings for a test, untouched by .env; the environment counts below `changes`."""
    return kind(_env_file=None, **{"env": "test", **changes})


@asynccontextmanager
async def running(app: Service) -> AsyncIterator[str]:
    """Serve an app in the running loop, on a free port of this machine; yield its base URL."""
    sock = socket.create_server(("127.0.0.1", 0))
    server: Any = await app.create_server(sock=sock, protocol=app.protocol)
    await server.startup()
    await server.before_start()
    await server
    await server.after_start()
    app.set_serving(True)
    try:
        yield f"http://127.0.0.1:{sock.getsockname()[1]}"
    finally:
        await server.before_stop()
        server.close()
        await _drain(server.connections, app.settings.grace)
        await server.after_stop()
        type(app).unregister_app(app)


async def _drain(connections: set[Any], grace: float) -> None:
    """Give requests in flight their grace, then abort what is left."""
    for connection in list(connections):
        connection.close_if_idle()
    tasks = [connection._task for connection in connections if connection._task]
    if tasks:
        await asyncio.wait(tasks, timeout=grace)
    for connection in list(connections):
        connection.abort()
