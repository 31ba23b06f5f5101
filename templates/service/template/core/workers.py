"""What a worker process does beside serving: follow the manager that started it."""

import os
import sys
from multiprocessing import parent_process
from typing import TYPE_CHECKING, NoReturn

from core import banner
from core.lifecycle import StartError, Task

if TYPE_CHECKING:
    from core.app import Service

FIRST = "Sanic-Server-0-0"
EVERY = 0.25  # seconds between looks at the manager


def is_worker() -> bool:
    """Say whether this process was started by Sanic's worker manager."""
    return "SANIC_WORKER_NAME" in os.environ


def give_up(app: "Service", error: StartError) -> NoReturn:
    """End a process that cannot start with one line; a worker takes the others with it."""
    if not is_worker():
        sys.exit(str(error))
    print(error, file=sys.stderr, flush=True)
    app.shared_ctx.failed.set()
    os._exit(1)  # at once: Sanic would report it to a manager that then kills the whole group


def follow(app: "Service") -> Task:
    """Return the task that follows the manager; the first worker also says when all serve."""
    silent = os.environ["SANIC_WORKER_NAME"] == FIRST

    async def look() -> None:
        nonlocal silent
        if silent and _all_serve(app):
            silent = False
            banner.show(app)
        if _must_end(app) and not app.stopping:
            app.stop(terminate=False)

    return Task("manager", EVERY, look)


def _all_serve(app: "Service") -> bool:
    workers = app.multiplexer.workers.values()
    return all(worker.get("state") == "ACKED" for worker in workers if worker.get("server"))


def _must_end(app: "Service") -> bool:
    """Say whether the service is to stop, or the manager is gone."""
    manager = parent_process()
    return app.shared_ctx.ending.is_set() or not (manager and manager.is_alive())
