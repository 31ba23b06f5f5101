"""Run a service in a test: inside the test's loop, or as the process it is in production."""

import asyncio
import os
import socket
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from signal import SIGKILL
from typing import Any, TypeVar

from pydantic import SecretStr

from core.app import Service
from core.settings import ROOT, ServiceSettings, SettingsPart

S = TypeVar("S", bound=ServiceSettings)

PATIENCE = 30.0  # seconds that anything may take on a busy machine


def settings_for(kind: type[S], **changes: Any) -> S:
    """Make settings for a test: those given, the defaults for all others."""
    defaults = {name: field.default for name, field in kind.model_fields.items()}
    return kind(_env_file=None, **{**defaults, "env": "test", **changes})


def variables(settings: SettingsPart) -> dict[str, str]:
    """Return the environment in which a process comes to these settings."""
    values = {name: getattr(settings, name) for name in type(settings).model_fields}
    return {settings.variable(name): _text(value) for name, value in values.items()}


def free_port() -> int:
    """Return a port of this machine that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        port: int = sock.getsockname()[1]
        return port


@asynccontextmanager
async def running(app: Service) -> AsyncIterator[str]:
    """Serve an app in the running loop, on a free port of this machine; yield its base URL."""
    Service.test_mode = True  # Sanic compiles its hot methods anew for each app only in this mode
    sock = socket.create_server(("127.0.0.1", 0))
    server: Any = await app.create_server(sock=sock, protocol=app.protocol)
    await server.startup()
    await server.before_start()
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


class Served:
    """A service in a process of its own."""

    def __init__(self, process: Process, url: str) -> None:
        self.process = process
        self.url = url
        self.output = ""

    async def until(self, words: str) -> None:
        """Read what the process says until these words; fail when it ends without them."""
        await self._read(lambda: words in self.output)
        if words not in self.output:
            raise AssertionError(f"ended without saying {words!r}:\n{self.output}")

    async def end(self) -> int:
        """Read the rest of what the process says and return its exit code."""
        await self._read(lambda: False)
        return await self.process.wait()

    async def _read(self, enough: Callable[[], bool]) -> None:
        """Collect lines until there are enough, or no more."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not enough() and (line := await self._stdout.readline()):
                    self.output += line.decode()
        except TimeoutError:
            raise AssertionError(f"still running after:\n{self.output}") from None

    @property
    def _stdout(self) -> asyncio.StreamReader:
        if self.process.stdout is None:
            raise RuntimeError("the output is not read")
        return self.process.stdout


@asynccontextmanager
async def serving(
    settings: ServiceSettings, *command: str, **environment: str
) -> AsyncIterator[Served]:
    """Run a Python command in the project, with these settings; kill what is left of it."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name.lower() not in type(settings).model_fields
    }
    own = {**variables(settings), "PYTHONPATH": str(ROOT), "NO_COLOR": "1", **environment}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *command,
        cwd=ROOT,
        env=inherited | own,
        stdout=PIPE,
        stderr=STDOUT,
        start_new_session=True,  # Sanic's manager may kill its whole process group
    )
    try:
        yield Served(process, f"http://{settings.host}:{settings.port}")
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, SIGKILL)  # with all that it started
        await process.wait()


def _text(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, tuple):
        return ",".join(value)
    return "" if value is None else str(value)
