"""What a service opens when it starts and closes when it stops."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, runtime_checkable

import structlog

log = structlog.stdlib.get_logger("core.lifecycle")


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
        """Give everything back; closing twice does nothing."""

    async def ping(self) -> None:
        """Return when the other side answers, raise when it does not."""


async def open_all(resources: Iterable[Resource]) -> None:
    """Open resources in order; close the opened ones again when one fails."""
    opened: list[Resource] = []
    for resource in resources:
        try:
            opened.append(resource)
            await resource.open()
        except BaseException:
            await close_all(opened)
            raise


async def close_all(resources: Iterable[Resource]) -> None:
    """Close resources, the last one first, each of them even when another fails."""
    for resource in reversed(list(resources)):
        try:
            await resource.close()
        except Exception:
            log.exception("closing failed", resource=resource.name)
