"""A service of a few views, for tests of what every service does."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx

from core.app import Service
from core.http.urls import Url, mount
from core.settings import ServiceSettings
from core.testing import running, settings_for


def make(urls: Sequence[Url], *provided: object, **settings: Any) -> Service:
    """Return a service with these routes, values and settings."""
    app = Service(settings_for(ServiceSettings, **settings))
    for value in provided:
        app.provide(value)
    mount(app, urls)
    return app


@asynccontextmanager
async def client_of(app: Service) -> AsyncIterator[httpx.AsyncClient]:
    """Run the service and yield a client of it."""
    async with running(app) as url, httpx.AsyncClient(base_url=url) as client:
        yield client
