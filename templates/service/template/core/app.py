"""The Sanic app of a service: settings, resources, background tasks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any, TypeVar, cast

from sanic import Sanic
from sanic.config import Config

from core import health
from core.lifecycle import Resource, close_all, open_all
from core.settings import ServiceSettings

T = TypeVar("T")
E = TypeVar("E", bound=Exception)


class Service(Sanic[Config, SimpleNamespace]):
    """A Sanic app that knows its settings and owns what it opened."""

    def __init__(self, settings: ServiceSettings) -> None:
        super().__init__(_free_name(settings.name), config=_config(settings))
        self.settings = settings
        self.stopping = False
        self.resources: list[Resource] = []
        self._provided: dict[type, object] = {}
        self._translations: dict[type[Exception], Callable[[Any], Exception]] = {}
        self._background: list[tuple[str, float, Callable[[], Awaitable[None]]]] = []
        self.register_listener(_open, "before_server_start")
        self.register_listener(_close, "after_server_stop")
        health.install(self)

    def provide(self, value: object, as_type: type | None = None) -> None:
        """Make a value available by its type; resources are also opened, pinged and closed."""
        self._provided[as_type or type(value)] = value
        if isinstance(value, Resource):
            self.resources.append(value)

    def resource(self, kind: type[T]) -> T:
        """Return the provided value of this type; raise LookupError naming the type."""
        try:
            return cast(T, self._provided[kind])
        except KeyError:
            raise LookupError(f"nothing provides {kind.__name__}; see app.provide()") from None

    def translate(self, kind: type[E], make: Callable[[E], Exception]) -> None:
        """Answer exceptions of this type as the exception that `make` returns."""
        self._translations[kind] = make

    def translated(self, error: Exception) -> Exception | None:
        """Return what this exception is answered as, or None where nobody said."""
        for kind in type(error).__mro__:
            if kind in self._translations:
                return self._translations[kind](error)
        return None

    def background(self, name: str, every: float, run: Callable[[], Awaitable[None]]) -> None:
        """Call a coroutine function every so many seconds while the service runs."""
        self._background.append((name, every, run))


def _free_name(name: str) -> str:
    """Return the name, numbered where this process made such an app before (tests do)."""
    taken, number = Sanic._app_registry, 1
    candidate = name
    while candidate in taken:
        number += 1
        candidate = f"{name}-{number}"
    return candidate


def _config(settings: ServiceSettings) -> Config:
    config = Config(load_env=False)
    config.AUTO_EXTEND = False
    config.MOTD = False
    return config


async def _open(app: Service) -> None:
    await open_all(app.resources)


async def _close(app: Service) -> None:
    await close_all(app.resources)
