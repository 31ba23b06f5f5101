"""Serve with one process or several, and fail with words.

Sanic's worker manager, which several processes and reloading need, has limits that a single process
has not: it cuts a stop at 10 s, and never replaces a worker that died.
"""

import os
import shutil
import sys
import tempfile
from multiprocessing import get_context
from socket import socket
from typing import TYPE_CHECKING

from sanic.server.socket import bind_socket

from core.lifecycle import StartError, close_all, open_all
from core.settings import ServiceSettings
from core.watch import Watch

if TYPE_CHECKING:
    from core.app import Service

LONGEST_STOP = 8  # seconds
METRICS = "PROMETHEUS_MULTIPROC_DIR"


def bind(host: str, port: int, backlog: int) -> socket:
    """Return a listening socket, or end the program with one line."""
    try:
        return bind_socket(host, port, backlog=backlog)
    except OSError as error:
        sys.exit(f"cannot listen on {host}:{port}: {error.strerror or error}")


def refuse_long_stop(settings: ServiceSettings) -> None:
    """End the program with one line when the manager would cut its stop short."""
    if settings.grace + settings.shutdown_delay > LONGEST_STOP:
        sys.exit(
            f"{settings.variable('grace')} and {settings.variable('shutdown_delay')}: expected "
            f"{LONGEST_STOP} s at most together with several processes or reloading, got "
            f"{settings.grace + settings.shutdown_delay:g} s; lower them, or run a single process"
        )


def share(app: "Service") -> None:
    """Prepare for workers: what they have in common, and what happens before and after them."""
    app.register_listener(rehearse, "main_process_start")
    app.register_listener(watch, "main_process_ready")
    app.register_listener(finish, "main_process_stop")
    context = get_context("spawn")
    app.shared_ctx.failed, app.shared_ctx.ending = context.Event(), context.Event()
    if app.state.workers == 1:
        return
    try:
        app.settings.var_dir.mkdir(parents=True, exist_ok=True)
        os.environ[METRICS] = tempfile.mkdtemp(prefix="metrics-", dir=app.settings.var_dir)
    except OSError as error:
        sys.exit(f"{app.settings.variable('var_dir')}: expected a folder to write to: {error}")


async def rehearse(app: "Service") -> None:
    """Open everything once before workers are spawned, so that a failure is one line and exit 1."""
    try:
        await open_all(app.resources)
    except StartError as error:
        sys.exit(str(error))
    await close_all(app.resources)


def watch(app: "Service") -> None:
    """Watch over the manager that is about to spawn workers."""
    Watch(app, _remove_metrics).start()


def finish(app: "Service") -> None:
    """Clean up after the workers; exit 1 when one of them failed."""
    _remove_metrics()
    if app.shared_ctx.failed.is_set():
        sys.exit(1)


def _remove_metrics() -> None:
    shutil.rmtree(os.environ.pop(METRICS, ""), ignore_errors=True)
