"""The Sanic app of a service: its settings, what it opened, what runs beside requests."""

import asyncio
import gc
from collections.abc import Awaitable, Callable
from importlib.util import find_spec
from socket import socket
from types import SimpleNamespace
from typing import Any, TypeVar, cast

from sanic import Sanic
from sanic.config import Config

from core import banner, health, logs, processes, workers
from core.access import AccessLog
from core.lifecycle import Background, Resource, StartError, Task, close_all, open_all
from core.settings import ServiceSettings

T = TypeVar("T")
E = TypeVar("E", bound=Exception)

BACKLOG = 1024  # connections that wait to be accepted
AGAIN = 0.05  # seconds until a stop that came too early is tried again


class Service(Sanic[Config, SimpleNamespace]):
    """A Sanic app that owns what it opens.

    `protocol` is the class that talks to connections; None is Sanic's own.
    """

    __slots__ = (
        "_access",
        "_background",
        "_prepared",
        "_provided",
        "_translations",
        "resources",
        "settings",
        "stopping",
    )

    protocol: type[asyncio.Protocol] | None = None

    def __init__(self, settings: ServiceSettings) -> None:
        logs.configure(settings, settings.debug)
        super().__init__(_free_name(settings.name), _config(settings), configure_logging=False)
        self.settings = settings
        self.stopping = False
        self.resources: list[Resource] = []
        self._provided: dict[type, object] = {}
        self._translations: dict[type[Exception], Callable[[Any], Exception]] = {}
        self._background = Background()
        self._access = AccessLog(settings)
        self._prepared = False
        self.register_listener(_open, "before_server_start")
        self.register_listener(_started, "after_server_start")
        self.register_listener(_unready, "before_server_stop")
        self.register_listener(_close, "after_server_stop")
        if settings.logs_access:
            self.register_middleware(self._access.record, "response")
        health.install(self)

    def provide(self, value: object, as_type: type | None = None) -> None:
        """Make a value available by its type.

        A Resource is also opened at start, pinged by readiness and closed at stop: the first one
        provided is opened first and closed last.
        """
        self._provided[as_type or type(value)] = value
        if isinstance(value, Resource):
            self.resources.append(value)

    def resource(self, kind: type[T]) -> T:
        """Return the provided value of this type; raise LookupError naming the type."""
        try:
            return cast(T, self._provided[kind])
        except KeyError:
            raise LookupError(f"nothing provides {kind.__name__}: see app.provide()") from None

    def translate(self, kind: type[E], make: Callable[[E], Exception]) -> None:
        """Answer exceptions of this type as the exception that `make` returns."""
        self._translations[kind] = make

    def translated(self, error: Exception) -> Exception | None:
        """Return what this exception is answered as, or None where nobody said."""
        makers = (self._translations.get(kind) for kind in type(error).__mro__)
        make = next(filter(None, makers), None)
        return make(error) if make else None

    def background(self, name: str, every: float, run: Callable[[], Awaitable[None]]) -> None:
        """Call a coroutine function every so many seconds, in every process, while it serves."""
        self._background.tasks.append(Task(name, every, run))

    def prepare(
        self,
        host: str | None = None,
        port: int | None = None,
        *,
        debug: bool = False,
        dev: bool = False,
        sock: socket | None = None,
        unix: str | None = None,
        protocol: type[asyncio.Protocol] | None = None,
        workers: int = 1,
        single_process: bool = False,
        **options: Any,
    ) -> None:
        """Get ready to serve; the start script and the `sanic` command both come through here."""
        debug = debug or dev or self.settings.debug
        logs.configure(self.settings, debug)
        banner.warn(self.settings)
        if not single_process:
            processes.refuse_long_stop(self.settings)
        if not sock and not unix:
            sock = processes.bind(host or self.settings.host, port or self.settings.port, BACKLOG)
        options |= {"motd": False, "access_log": False, "backlog": BACKLOG}
        super().prepare(
            debug=debug,
            dev=dev,
            sock=sock,
            unix=unix,
            protocol=protocol or self.protocol,
            workers=workers,
            single_process=single_process,
            **options,
        )
        self._prepared = True
        if not single_process:
            processes.share(self)

    def stop(self, terminate: bool = True, unregister: bool = False) -> None:
        """Stop serving; readiness says so from now on.

        Sanic loses a stop, or ends with a trace, while it is still starting: then it is put off.
        """
        self.stopping = True
        if self.state.is_running:
            super().stop(terminate, unregister)
        else:
            asyncio.get_event_loop().call_later(AGAIN, self.stop, terminate, unregister)


def _free_name(name: str) -> str:
    """Return the name, numbered where this process made such an app before, as tests do."""
    number, candidate = 1, name
    while candidate in Sanic._app_registry:
        number += 1
        candidate = f"{name}-{number}"
    return candidate


def _config(settings: ServiceSettings) -> Config:
    """Translate settings to Sanic's; SANIC_ variables are not read, so that one list counts."""
    config = Config(env_prefix=None)
    secret = settings.forwarded_secret
    config.update(
        AUTO_EXTEND=False,
        FORWARDED_SECRET=secret.get_secret_value() if secret else None,
        GRACEFUL_SHUTDOWN_TIMEOUT=settings.grace,
        KEEP_ALIVE=settings.keep_alive > 0,
        KEEP_ALIVE_TIMEOUT=settings.keep_alive or settings.request_timeout,
        MOTD=False,
        PROXIES_COUNT=settings.proxies_count or None,
        REAL_IP_HEADER=settings.real_ip_header,
        REQUEST_MAX_SIZE=settings.body_limit,
        REQUEST_TIMEOUT=settings.request_timeout,
        RESPONSE_TIMEOUT=settings.response_timeout,
    )
    if not find_spec("uvloop"):
        config.USE_UVLOOP = False
    return config


async def _open(app: Service) -> None:
    if app.debug:
        logs.configure(app.settings, debug=True)
    try:
        await open_all(app.resources)
    except StartError as error:
        workers.give_up(app, error)


async def _started(app: Service) -> None:
    served = app._prepared or workers.is_worker()
    if workers.is_worker():
        app._background.tasks.append(workers.follow(app))
    elif served:
        banner.show(app)
    app._background.start()
    if served and not app.debug:
        _calm_collector()


def _calm_collector() -> None:
    """Collect garbage less often, and without walking what lives as long as the service.

    Requests leave few cycles behind: at Python's usual thresholds they pay, again and again, for
    collections that find nothing.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 1000)


async def _unready(app: Service) -> None:
    """Answer as before, except for readiness, until load balancers have noticed."""
    app.stopping = True
    await asyncio.sleep(app.settings.shutdown_delay)


async def _close(app: Service) -> None:
    await app._background.stop()
    await close_all(app.resources)
    app._access.flush()
