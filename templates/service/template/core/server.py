"""Start the service and stop it in order."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from sanic import Sanic
from sanic.worker.loader import AppLoader

from core.app import Service
from core.settings import ServiceSettings


def serve(create_app: Callable[[], Service], settings: type[ServiceSettings]) -> None:
    """Serve until told to stop; flags on the command line beat the environment."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--host")
    parser.add_argument("--port", type=int)
    args = parser.parse_args()
    loader = AppLoader(factory=create_app)
    app = loader.load()
    assert isinstance(app, Service)
    app.prepare(
        host=args.host or app.settings.host,
        port=args.port or app.settings.port,
        single_process=True,
    )
    Sanic.serve_single(app)
