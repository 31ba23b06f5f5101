"""Find the real servers, and make databases of our own on them."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncmy
import asyncpg
import pytest
import redis


@dataclass(frozen=True)
class Server:
    """Describe a server: where it is expected, and how to start one."""

    title: str
    variable: str
    usual: str
    image: str

    @property
    def url(self) -> str:
        """Take the address from the environment, without a slash at the end."""
        return os.environ.get(self.variable, self.usual).rstrip("/")

    def reachable(self) -> bool:
        """Tell whether something listens."""
        parts = urlsplit(self.url)
        try:
            socket.create_connection((parts.hostname or "", parts.port or 0), timeout=2).close()
        except OSError:
            return False
        return True


POSTGRESQL = Server(
    "PostgreSQL",
    "MSANIC_TEST_POSTGRESQL",
    "postgres://postgres@127.0.0.1:5432",
    "-p 5432:5432 -e POSTGRES_HOST_AUTH_METHOD=trust postgres:17",
)
MARIADB = Server(
    "MariaDB",
    "MSANIC_TEST_MARIADB",
    "mysql://root@127.0.0.1:3306",
    "-p 3306:3306 -e MARIADB_ALLOW_EMPTY_ROOT_PASSWORD=1 mariadb:11",
)
REDIS = Server("Redis", "MSANIC_TEST_REDIS", "redis://127.0.0.1:6379", "-p 6379:6379 redis:8")
logging.getLogger("asyncmy").setLevel(logging.ERROR)  # it notes that nothing had to be dropped
ENGINES = {"pgsql": POSTGRESQL, "mysql": MARIADB}


def require(server: Server) -> None:
    """Skip the test where the server is missing; fail it where that must not happen."""
    if server.reachable():
        return
    problem = (
        f"{server.title} is not reachable at {server.variable}={server.url}: "
        f"start one with `docker run --rm -d {server.image}`"
    )
    if os.environ.get("CI") == "true":
        pytest.fail(problem, pytrace=False)
    pytest.skip(problem)


@contextmanager
def fresh_database(engine: str, name: str, folder: Path) -> Iterator[str]:
    """Yield the URL of an empty database, dropped afterwards."""
    if engine == "sqlite":
        yield f"sqlite://{folder / name}.sqlite3"
        return
    server = ENGINES[engine]
    require(server)
    asyncio.run(_execute(server, f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}"))
    try:
        yield f"{server.url}/{name}"
    finally:
        force = " WITH (FORCE)" if engine == "pgsql" else ""
        asyncio.run(_execute(server, f"DROP DATABASE IF EXISTS {name}{force}"))


def tables(url: str) -> set[str]:
    """List the tables of a database, without those of aerich."""
    if url.startswith("sqlite"):
        query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    else:
        schema = "'public'" if url.startswith("postgres") else "database()"
        query = f"SELECT table_name FROM information_schema.tables WHERE table_schema = {schema}"
    return {name for (name,) in asyncio.run(_fetch(url, query))} - {"aerich"}


@contextmanager
def redis_keys(prefix: str) -> Iterator[str]:
    """Yield the URL of the real Redis; delete the keys that start with the prefix afterwards."""
    require(REDIS)
    try:
        yield f"{REDIS.url}/0"
    finally:
        with redis.Redis.from_url(REDIS.url) as client:
            for key in list(client.scan_iter(match=f"{prefix}*", count=1000)):
                client.delete(key)


@asynccontextmanager
async def _connection(url: str) -> AsyncIterator[Any]:
    parts = urlsplit(url)
    if parts.scheme.startswith("postgres"):
        connection = await asyncpg.connect(url if parts.path else f"{url}/postgres")
        try:
            yield connection
        finally:
            await connection.close()
    else:
        async with (
            asyncmy.connect(
                host=parts.hostname,
                port=parts.port,
                user=parts.username,
                password=parts.password or "",
                database=parts.path.lstrip("/") or None,
            ) as connection,
            connection.cursor() as cursor,
        ):
            yield cursor


async def _execute(server: Server, *statements: str) -> None:
    async with _connection(server.url) as connection:
        for statement in statements:
            await connection.execute(statement)


async def _fetch(url: str, query: str) -> list[tuple[Any, ...]]:
    if url.startswith("sqlite"):
        import sqlite3

        with sqlite3.connect(url.removeprefix("sqlite://")) as database:
            return database.execute(query).fetchall()
    async with _connection(url) as connection:
        if url.startswith("postgres"):
            return [tuple(row) for row in await connection.fetch(query)]
        await connection.execute(query)
        return list(await connection.fetchall())
