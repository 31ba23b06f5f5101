"""The database of a service: opened before it serves, closed after it stopped."""

from collections.abc import Sequence
from importlib import import_module
from inspect import getmembers, isclass
from typing import Any

import structlog
from tortoise import Tortoise
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.context import TortoiseContext, get_current_context
from tortoise.exceptions import OperationalError
from tortoise.models import Model
from tortoise.utils import generate_schema_for_client, get_schema_sql

from core.db.settings import DatabaseSettings
from core.db.stand_in import current_file
from core.db.url import Target
from core.lifecycle import StartError

CONNECTION = "default"
APP = "models"  # aerich keeps its migrations in a folder of this name
NO_MODELS = ["aerich.models"]  # Tortoise does not start without a model

log = structlog.stdlib.get_logger(__name__)


def orm_config(target: Target, modules: Sequence[str]) -> dict[str, Any]:
    """Return what Tortoise and aerich take; modules without models are left out."""
    models = [name for name in modules if _has_models(name)]
    engine = {"engine": f"core.db.{target.engine}", "credentials": dict(target.credentials)}
    return {
        "connections": {CONNECTION: engine},
        "apps": {APP: {"models": models or NO_MODELS, "default_connection": CONNECTION}},
        "use_tz": True,
        "timezone": "UTC",
    }


class Database:
    """The connection, or pool of connections, behind the models."""

    name = "database"
    required = True

    def __init__(self, settings: DatabaseSettings, modules: Sequence[str]) -> None:
        """Take the modules with the models; nothing is opened before `open`."""
        self.settings = settings
        self.modules = modules
        self.target = settings.database_target()
        self._context: TortoiseContext | None = None

    @property
    def stand_in(self) -> str | None:
        """Say that SQLite stands in where no URL is set."""
        if self.settings.database_url is not None:
            return None
        variable = self.settings.variable("database_url")
        return f"SQLite in {self.target.where} stands in for the database: {variable} is not set"

    @property
    def client(self) -> BaseDBAsyncClient:
        """Return Tortoise's client, for SQL of one's own."""
        if self._context is None:
            raise RuntimeError("the database is not open")
        return self._context.connections.get(CONNECTION)

    async def open(self) -> None:
        """Connect, and make the tables where SQLite stands in."""
        config = orm_config(self.target, self.modules)
        # Handlers don't inherit the context in which the app starts, hence the global fallback. A
        # second app in one process, as tests have, shares that of the first; models know one engine
        # at a time.
        fallback = get_current_context() is None
        self._context = TortoiseContext()
        with self._context:
            await self._context.init(config, _enable_global_fallback=fallback)
            await self._connect()
            await self._warn_of_missing_tables()

    async def close(self) -> None:
        """Close every connection."""
        context, self._context = self._context, None
        if context is not None:
            await context.close_connections()

    async def ping(self) -> None:
        """Run the smallest statement."""
        await self.client.execute_query("SELECT 1")

    async def _connect(self) -> None:
        try:
            if self.settings.database_url is None:
                await self._make_tables()
            await self.ping()
        except Exception as error:
            raise StartError(self._unreachable(error)) from error

    async def _make_tables(self) -> None:
        schema = get_schema_sql(self.client, safe=True)
        with current_file(self.settings.stand_in_file, schema) as kept:
            if kept is not None:
                log.warning("the models changed: starting with empty tables", kept=str(kept))
            await generate_schema_for_client(self.client, safe=True)

    async def _warn_of_missing_tables(self) -> None:
        for model in Tortoise.apps.get_models_iterable() if Tortoise.apps else ():
            try:
                await model.all().limit(0)
            except OperationalError:
                table = model._meta.db_table
                log.warning("a table is missing: run `aerich upgrade`", table=table)

    def _unreachable(self, error: Exception) -> str:
        words = " ".join(str(error).split()) or type(error).__name__
        variable = self.settings.variable("database_url")
        return (
            f"cannot use the database at {self.target.where}: {words}. "
            f"Start it, or correct {variable}"
        )


def _has_models(name: str) -> bool:
    """Return whether a module defines a model: Tortoise warns of those that do not."""
    module = import_module(name)
    return any(
        isclass(value) and issubclass(value, Model) and not value._meta.abstract
        for _, value in getmembers(module)
    )
