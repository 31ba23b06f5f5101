"""What the service says on its standard output."""

import asyncio
import json
import logging
from typing import Any

import pytest
import structlog

from core.http.urls import Url
from core.http.view import View

from tests.served import client_of, make

log = structlog.stdlib.get_logger("tests.logs")


class Talk(View):
    """Log through every door."""

    async def get(self) -> None:
        """Say something."""
        log.info("through structlog", number=7)
        logging.getLogger("some.library").warning("through %s", "logging")
        log.debug("too quiet")


URLS = [Url("/talk", Talk)]


async def output(capsys: pytest.CaptureFixture[str], **settings: Any) -> list[str]:
    """Run the service for one request and return what it wrote."""
    async with client_of(make(URLS, **settings)) as client:
        answer = await client.get("/talk?token=hunter2", headers={"X-Request-ID": "request-1"})
    assert answer.headers["x-request-id"] == "request-1"
    return capsys.readouterr().out.splitlines()


@pytest.mark.setting("log_format", "name", "service_id")
async def test_every_line_of_a_request_has_its_id(capsys: pytest.CaptureFixture[str]) -> None:
    lines = await output(capsys, log_format="json", name="teashop", service_id="T0001")
    said = {line["event"]: line for line in map(json.loads, lines)}
    assert set(said) == {"through structlog", "through logging", "request"}
    assert {line["request_id"] for line in said.values()} == {"request-1"}
    assert {line["service"] for line in said.values()} == {"teashop"}
    assert {line["service_id"] for line in said.values()} == {"T0001"}
    assert said["through structlog"]["number"] == 7
    assert said["through logging"]["logger"] == "some.library"


@pytest.mark.setting("access_log")
async def test_a_request_is_a_line_without_its_query(capsys: pytest.CaptureFixture[str]) -> None:
    lines = await output(capsys, log_format="json", access_log=True)
    [line] = [line for line in map(json.loads, lines) if line["event"] == "request"]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/talk", 200)
    assert (line["ip"], line["level"]) == ("127.0.0.1", "info")
    assert line["bytes"] > 0
    assert line["ms"] >= 0
    assert "hunter2" not in "".join(lines)


@pytest.mark.setting("access_log")
async def test_requests_are_not_logged_when_told(capsys: pytest.CaptureFixture[str]) -> None:
    lines = await output(capsys, log_format="json", access_log=False)
    assert "request" not in {json.loads(line)["event"] for line in lines}


@pytest.mark.setting("log_format")
async def test_the_console_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    lines = await output(capsys, log_format="console")
    assert any("through structlog" in line and "number=7" in line for line in lines)
    assert any(" GET /talk 200 " in line for line in lines)


@pytest.mark.setting("env")
async def test_production_logs_json_and_no_requests(capsys: pytest.CaptureFixture[str]) -> None:
    lines = await output(capsys, env="prod", ops_token="0123456789abcdef")
    assert {json.loads(line)["event"] for line in lines} == {"through structlog", "through logging"}


@pytest.mark.setting("log_level")
async def test_the_least_severe_level_counts(capsys: pytest.CaptureFixture[str]) -> None:
    loud = "\n".join(await output(capsys, log_level="debug"))
    quiet = "\n".join(await output(capsys, log_level="warning"))
    assert "too quiet" in loud
    assert "through structlog" not in quiet
    assert "through logging" in quiet


async def test_probes_are_not_logged(capsys: pytest.CaptureFixture[str]) -> None:
    async with client_of(make(URLS)) as client:
        await client.get("/health/live")
        await asyncio.sleep(0)
    assert "/health/live" not in capsys.readouterr().out
