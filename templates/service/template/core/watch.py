"""Watch over Sanic's worker manager, in the process and from a thread beside it.

The manager of Sanic 25.12 leaves a dead worker dead, its share of requests hanging
(sanic-org/sanic#3062); it spins for ever when told to stop before its workers were up; and its
signal handler talks to the process that keeps its state, which may be amid another talk. So signals
come here instead, the wait for the workers ends when a stop comes, and workers are told to stop by
a flag. Remove this when Sanic does none of that.
"""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import active_children
from threading import Event, Thread
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from core.app import Service

EVERY = 0.25  # seconds between looks at the workers
SOON = 0.05  # seconds between looks while they start
LONGEST = 10.0  # seconds that workers may take to stop
AFTER = 3.0  # seconds that the manager may take when they have

log = structlog.stdlib.get_logger(__name__)


class Watch:
    """Stop the service when it is told to, or when a worker died."""

    def __init__(self, app: "Service", clean: Callable[[], None]) -> None:
        self._app = app
        self._clean = clean
        self._manager: Any = app.manager
        self._times = 0
        self._told = Event()

    def start(self) -> None:
        """Take over the manager's signals, once it has taken them, and its wait."""
        signal.signal(signal.SIGINT, self._tell)
        signal.signal(signal.SIGTERM, self._tell)
        self._manager.wait_for_ack = self._wait_until_up
        Thread(target=self._run, daemon=True).start()

    def _tell(self, *_: object) -> None:
        self._times += 1
        self._told.set()

    def _wait_until_up(self) -> None:
        """Return when all workers serve, when one has died, or when told to stop."""
        while not (self._manager._all_workers_ack() or any(map(_died, self._workers()))):
            if self._told.wait(SOON):
                return

    def _run(self) -> None:
        while not self._told.wait(EVERY):
            if not self._app.state.auto_reload and any(map(_died, self._workers())):
                self._fail()
        self._stop()
        self._await_workers()
        sleep(AFTER)
        self._leave()

    def _fail(self) -> None:
        """Stop with exit code 1; a worker that could not start has said why."""
        if not self._app.shared_ctx.failed.is_set():
            log.error("a worker died: stopping the service")
            self._app.shared_ctx.failed.set()
        self._tell()

    def _stop(self) -> None:
        """Tell the workers and the manager."""
        self._app.shared_ctx.ending.set()
        _kill(self._manager.durable_processes, signal.SIGINT)
        self._manager._shutting_down = True
        self._manager.monitor_publisher.send(None)

    def _await_workers(self) -> None:
        """Wait until all have ended; kill them when it takes too long, or when told twice."""
        deadline = monotonic() + LONGEST
        while any(worker.is_alive() for worker in self._workers()):
            if monotonic() > deadline or self._times > 1:
                _kill(self._workers(), signal.SIGKILL)
            sleep(EVERY)

    def _leave(self) -> None:
        """End a manager that spins; what it would say of the end of its helpers helps nobody."""
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        for child in active_children():
            child.kill()
        self._clean()
        os._exit(int(self._app.shared_ctx.failed.is_set()))

    def _workers(self) -> list[Any]:
        return list(self._manager.transient_processes)


def _died(worker: Any) -> bool:
    return worker.pid is not None and not worker.is_alive()


def _kill(workers: Any, number: signal.Signals) -> None:
    for worker in workers:
        with suppress(ProcessLookupError):
            os.kill(worker.pid, number)
