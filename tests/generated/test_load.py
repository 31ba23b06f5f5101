"""Many simultaneous readers get their answers, with Redis and through its death."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

from tests.generated.axes import answers, usual_row
from tests.generated.clients import get_repeatedly
from tests.generated.project import Project, Running, free_port, generate
from tests.generated.servers import fresh_database
from tests.generated.toolbox import Toolbox

CLIENTS = 200
SECONDS = 10.0
DEAD_FROM, DEAD_UNTIL = 3.0, 5.0
RECOVERED_WITHIN = 2.0

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.servers,
    pytest.mark.xdist_group("measured"),
    pytest.mark.timeout(180),
]


class OwnRedis:
    """Run a Redis of our own, which may be killed."""

    def __init__(self, program: str, folder: Path) -> None:
        self.program = program
        self.folder = folder
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        options = ["--port", str(self.port), "--save", "", "--bind", "127.0.0.1"]
        self.process = subprocess.Popen(
            [self.program, *options, "--dir", str(self.folder)], stdout=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            if self.keys() is not None:
                return
            time.sleep(0.01)
        raise AssertionError("redis-server does not answer")

    def kill(self) -> None:
        """End it without a chance to say good-bye."""
        self.process.kill()
        self.process.wait()

    def keys(self) -> int | None:
        """Count its keys; None while it does not answer."""
        try:
            with redis.Redis(port=self.port, socket_timeout=1) as client:
                return int(client.dbsize())
        except redis.ConnectionError:
            return None


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, toolbox: Toolbox) -> Project:
    """Generate the usual project: PostgreSQL and Redis."""
    return generate(
        answers(usual_row() | {"redis": True}), tmp_path_factory.mktemp("load"), toolbox
    )


@pytest.fixture
def own_redis(tmp_path: Path, toolbox: Toolbox) -> Iterator[OwnRedis]:
    """Run a Redis, or the Valkey that stands in for it, for one test."""
    embedded = next(toolbox.folder.rglob("valkey-server"), None)
    server = OwnRedis(shutil.which("redis-server") or str(embedded), tmp_path)
    yield server
    server.kill()


@contextmanager
def serving(project: Project, own_redis: OwnRedis) -> Iterator[tuple[Running, str]]:
    """Serve with two workers; yield the service and the path of a note."""
    with fresh_database("pgsql", "msanic_load", project.folder.parent) as url:
        env = {"DATABASE_URL": url, "REDIS_URL": own_redis.url}
        env[f"{project.prefix}ACCESS_LOG"] = "false"
        project.run("aerich", "upgrade", env=env)
        with project.served(workers=2, env=env) as running:
            status, made = running.call("POST", "/notes", {"title": "read", "text": "often"})
            assert status == 201, made
            yield running, f"{running.url}/notes/{made['data']['id']}"


def test_two_hundred_readers_get_an_answer_every_time(
    project: Project, own_redis: OwnRedis
) -> None:
    with serving(project, own_redis) as (_, url):
        tally = asyncio.run(get_repeatedly(url, CLIENTS, SECONDS))

    assert not tally.failed
    assert set(tally) == {200}
    assert tally[200] > CLIENTS * 5


def test_readers_do_not_notice_that_redis_dies_and_comes_back(
    project: Project, own_redis: OwnRedis
) -> None:
    async def read_through_a_restart(url: str) -> float:
        reading = asyncio.create_task(get_repeatedly(url, CLIENTS, SECONDS))
        await asyncio.sleep(DEAD_FROM)
        await asyncio.to_thread(own_redis.kill)
        await asyncio.sleep(DEAD_UNTIL - DEAD_FROM)
        await asyncio.to_thread(own_redis.start)
        back = time.monotonic()
        while not await asyncio.to_thread(own_redis.keys):
            assert time.monotonic() < back + SECONDS, "the cache is not used again"
            await asyncio.sleep(0.02)
        recovered = time.monotonic() - back
        tally = await reading
        assert not tally.failed
        assert set(tally) == {200}
        return recovered

    with serving(project, own_redis) as (_, url):
        assert asyncio.run(read_through_a_restart(url)) <= RECOVERED_WITHIN
