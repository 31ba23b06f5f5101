"""One piece of work for all who ask for the same at the same time."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Flights(Generic[T]):
    """Share work in progress within this process."""

    def __init__(self) -> None:
        self._tasks: dict[Hashable, asyncio.Task[T]] = {}

    def __contains__(self, key: Hashable) -> bool:
        """Whether work under this key is in progress."""
        return key in self._tasks

    async def share(self, key: Hashable, work: Callable[[], Awaitable[T]]) -> T:
        """Join the work under this key, or begin it; a caller who goes away does not end it."""
        task = self._tasks.get(key)
        if task is None:
            task = self._tasks[key] = asyncio.create_task(_run(work))
            task.add_done_callback(lambda done: self._landed(key, done))
        return await asyncio.shield(task)

    def part(self, key: Hashable) -> None:
        """Let the callers of now have what is in progress, and later ones begin anew."""
        self._tasks.pop(key, None)

    def _landed(self, key: Hashable, task: asyncio.Task[T]) -> None:
        if self._tasks.get(key) is task:
            del self._tasks[key]
        if not task.cancelled():
            task.exception()  # seen: all who waited may have gone away


async def _run(work: Callable[[], Awaitable[T]]) -> T:
    return await work()
