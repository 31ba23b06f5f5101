"""The command line of the start script."""

import argparse
import os
import sys
from collections.abc import Callable
from signal import SIG_DFL, SIGINT, signal
from typing import TypeVar

from sanic import Sanic
from sanic.worker.loader import AppLoader

from core import workers
from core.app import Service
from core.lifecycle import StartError
from core.settings import ServiceSettings, SettingsError

T = TypeVar("T")


def build(create: Callable[[], T]) -> T:
    """Make the app, or end the program with the words that say why not."""
    if workers.is_worker():
        signal(SIGINT, SIG_DFL)  # until Sanic listens, a stop ends a worker without a trace
    try:
        return create()
    except (SettingsError, StartError) as error:
        sys.exit(str(error))


def serve(create_app: Callable[[], Service], settings: type[ServiceSettings]) -> None:
    """Serve until told to stop: SIGTERM and SIGINT finish requests in flight, exit code 0."""
    flags = _parse()
    os.environ["SANIC_IGNORE_PRODUCTION_WARNING"] = "true"  # our banner names the environment
    for key, value in flags.items():
        os.environ[settings.variable(key)] = value
    app = build(create_app)
    dev = "debug" in flags
    processes = 1 if dev else app.settings.processes
    single = processes == 1 and not dev
    app.prepare(dev=dev, workers=processes, single_process=single)
    if single:
        Sanic.serve_single(app)
    else:
        Sanic.serve(app, app_loader=AppLoader(factory=create_app))


def _parse() -> dict[str, str]:
    """Return the flags as settings: they count for this run, in every process of it."""
    parser = argparse.ArgumentParser(description="Start the service.")
    parser.add_argument("--host", help="address to listen on")
    parser.add_argument("--port", help="port to listen on")
    parser.add_argument("--workers", help="processes, 1 to 64, or auto (one)")
    parser.add_argument("--dev", action="store_true", help="debug, and reload when a file changes")
    given = vars(parser.parse_args())
    dev = given.pop("dev")
    flags = {key: value for key, value in given.items() if value is not None}
    return flags | ({"debug": "true"} if dev else {})
