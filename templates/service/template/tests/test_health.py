"""Liveness and readiness."""

import asyncio
from dataclasses import dataclass, field

import pytest

from core.http.urls import Url
from core.http.view import View
from core.lifecycle import StartError
from core.testing import running

from tests.served import client_of, make


class Nothing(View):
    """A view, because a service needs one."""

    async def get(self) -> None:
        """Answer nothing."""


@dataclass
class Fake:
    """A resource that fails, hangs and reports as told."""

    name: str = "fake"
    required: bool = True
    stand_in: str | None = None
    failure: Exception | None = None
    hangs: bool = False
    journal: list[str] = field(default_factory=list)

    async def open(self) -> None:
        """Write it down."""
        self.journal.append(f"open {self.name}")

    async def close(self) -> None:
        """Write it down, then fail if told."""
        self.journal.append(f"close {self.name}")
        if self.failure:
            raise self.failure

    async def ping(self) -> None:
        """Fail or hang if told."""
        if self.failure:
            raise self.failure
        if self.hangs:
            await asyncio.Event().wait()


class Other(Fake):
    """Another kind of resource."""


class Unreachable(Fake):
    """A resource that cannot be opened."""

    async def open(self) -> None:
        """Fail."""
        await super().open()
        raise StartError("unreachable: nobody there")


URLS = [Url("/nothing", Nothing)]


async def test_a_process_that_answers_is_live_and_ready() -> None:
    async with client_of(make(URLS, Fake(), url_prefix="/api", api_version="1")) as client:
        live, ready = await client.get("/health/live"), await client.get("/health/ready")
    assert (live.status_code, live.json()["status"]) == (200, "ok")
    assert (ready.status_code, ready.json()["checks"]["fake"]["status"]) == (200, "ok")


async def test_it_is_unready_while_something_required_is_down() -> None:
    down = Fake(failure=OSError("password=hunter2"))
    async with client_of(make(URLS, down, Other("other"))) as client:
        ready, live = await client.get("/health/ready"), await client.get("/health/live")
    checks = ready.json()["checks"]
    assert (ready.status_code, live.status_code) == (503, 200)
    assert (checks["fake"]["status"], checks["other"]["status"]) == ("failed", "ok")
    assert "hunter2" not in ready.text


async def test_it_is_ready_without_what_is_not_required() -> None:
    async with client_of(make(URLS, Fake(required=False, failure=OSError()))) as client:
        ready = await client.get("/health/ready")
    assert (ready.status_code, ready.json()["checks"]["fake"]["status"]) == (200, "failed")


@pytest.mark.setting("ready_timeout")
async def test_what_does_not_answer_in_time_is_down() -> None:
    async with client_of(make(URLS, Fake(hangs=True), ready_timeout=0.05)) as client:
        ready = await client.get("/health/ready")
    assert ready.status_code == 503
    assert 50 <= ready.json()["checks"]["fake"]["ms"] < 2000


async def test_it_is_unready_as_soon_as_it_stops() -> None:
    app = make(URLS)
    async with client_of(app) as client:
        app.stopping = True
        ready = await client.get("/health/ready")
    assert (ready.status_code, ready.json()["status"]) == (503, "stopping")


async def test_resources_are_closed_in_reverse_whatever_fails() -> None:
    journal: list[str] = []
    first = Fake("first", journal=journal)
    second = Other("second", journal=journal, failure=OSError("lost"))
    async with running(make(URLS, first, second)):
        pass
    assert journal == ["open first", "open second", "close second", "close first"]


async def test_what_was_opened_is_closed_when_the_next_cannot_be() -> None:
    journal: list[str] = []
    app = make(URLS, Fake("first", journal=journal), Unreachable("second", journal=journal))
    with pytest.raises(SystemExit, match="unreachable: nobody there"):
        async with running(app):
            pass
    assert journal == ["open first", "open second", "close second", "close first"]


async def test_a_background_task_survives_its_failures_and_ends_with_the_service() -> None:
    app, calls, enough = make(URLS), list[int](), asyncio.Event()

    async def count() -> None:
        calls.append(len(calls))
        if len(calls) == 3:
            enough.set()
        if len(calls) == 1:
            raise ValueError("once")

    app.background("count", 0.01, count)
    async with running(app):
        async with asyncio.timeout(10):
            await enough.wait()
        assert "count" in {task.get_name() for task in asyncio.all_tasks()}
    assert "count" not in {task.get_name() for task in asyncio.all_tasks()}


def test_what_nobody_provides_is_named() -> None:
    with pytest.raises(LookupError, match="nothing provides Fake"):
        make(URLS).resource(Fake)
