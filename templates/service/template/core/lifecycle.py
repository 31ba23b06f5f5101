"""What a service opens when it starts, runs meanwhile, and closes when it stops."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import structlog

log = structlog.stdlib.get_logger(__name__)


class StartError(Exception):
    """Say in one line why the service cannot start."""


@runtime_checkable
class Resource(Protocol):
    """A connection that lives as long as the service.

    `name` labels it in logs and in readiness, `required` says whether readiness fails with it, and
    `stand_in` is a sentence for the banner when something stands in for a missing server.
    """

    name: str
    required: bool
    stand_in: str | None

    async def open(self) -> None:
        """Connect; raise StartError with words, never with a driver's trace."""

    async def close(self) -> None:
        """Give everything back; does nothing where nothing is open."""

    async def ping(self) -> None:
        """Return when the other side answers, raise when it does not."""


async def open_all(resources: Iterable[Resource]) -> None:
    """Open resources in order; when one fails, close all that were begun."""
    begun: list[Resource] = []
    try:
        for resource in resources:
            begun.append(resource)
            await resource.open()
    except BaseException:
        await close_all(begun)
        raise


async def close_all(resources: Iterable[Resource]) -> None:
    """Close resources, the last one first, each of them even when another fails."""
    for resource in reversed(list(resources)):
        try:
            await resource.close()
        except Exception:
            log.exception("closing failed", resource=resource.name)


@dataclass(frozen=True)
class Task:
    """A coroutine function that is called every so many seconds."""

    name: str
    every: float
    run: Callable[[], Awaitable[None]]

    async def repeat(self) -> None:
        """Wait, run, and again; a failure is logged and does not end it."""
        while True:
            await asyncio.sleep(self.every)
            try:
                await self.run()
            except Exception:
                log.exception("background task failed", task=self.name)


class Background:
    """The background tasks of one process."""

    def __init__(self) -> None:
        self.tasks: list[Task] = []
        self._running: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Start every task under its name."""
        self._running = [asyncio.create_task(task.repeat(), name=task.name) for task in self.tasks]

    async def stop(self) -> None:
        """Cancel every task and wait until it has ended."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        self._running.clear()
