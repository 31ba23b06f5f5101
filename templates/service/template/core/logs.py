"""One pipe for all log lines: structlog and the standard library, JSON or console, on stdout."""

import logging
import sys
from contextlib import suppress
from typing import Any, TextIO

import orjson
import structlog
from sanic import Request
from sanic.exceptions import ServerError
from structlog.typing import EventDict, Processor, WrappedLogger

from core.settings import ServiceSettings

CHATTY = ("sanic.root", "sanic.server", "tortoise", "aiosqlite", "asyncio", "redis", "httpx")
OWN_HANDLERS = ("sanic.root", "sanic.error", "sanic.access", "sanic.server", "sanic.websockets")


def configure(settings: ServiceSettings, debug: bool) -> None:
    """Send every logger of the process through one handler; the last call counts."""
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, Stdout)]:
        root.removeHandler(handler)
    root.addHandler(_handler(settings))
    root.setLevel(logging.DEBUG if debug else settings.log_level.upper())
    for name in OWN_HANDLERS:
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *_about(settings),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


class Stdout(logging.StreamHandler[TextIO]):
    """Write to what sys.stdout is at the moment, so that tests can capture it."""

    def __init__(self) -> None:
        super().__init__(sys.stdout)
        self.addFilter(_untold)

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        self.stream = sys.stdout
        super().emit(record)


def _untold(record: logging.LogRecord) -> bool:
    """Drop Sanic's report of a start that failed: Python or the service itself says why."""
    return record.msg != "Experienced exception while trying to serve"


def _handler(settings: ServiceSettings) -> logging.Handler:
    renderers: list[Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(_dumps)]
        if settings.logs_json
        else [structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty())]
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_about(settings),
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers],
    )
    handler = Stdout()
    handler.setFormatter(formatter)
    return handler


def _about(settings: ServiceSettings) -> list[Processor]:
    """Say of every line when, how severe, from which logger, service and request."""

    def add_service(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        event["service"] = settings.name
        event["service_id"] = settings.service_id
        return event

    steps: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_request,
    ]
    return [*steps, add_service] if settings.logs_json else steps


def add_request(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Add the id of the request that is being answered, where there is one."""
    with suppress(ServerError):
        event["request_id"] = str(Request.get_current().id)
    return event


def _dumps(event: EventDict, **_: Any) -> str:
    return orjson.dumps(event, default=str).decode()
