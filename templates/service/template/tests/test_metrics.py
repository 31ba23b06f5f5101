"""Metrics: what is counted, over one process and over several, and who may see it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.http.urls import Url
from core.http.view import View
from core.settings import ROOT

from tests.served import client_of, make

TOKEN = "a-token-for-operators"


class Thing(View):
    """Take a parameter."""

    async def get(self, key: int) -> int:
        """Answer it."""
        return key


URLS = [Url("/things/<key>", Thing)]


async def test_requests_are_counted_by_method_route_and_status() -> None:
    async with client_of(make(URLS)) as client:
        for path in ("/things/1", "/things/2", "/things/x", "/nowhere"):
            await client.get(path)
        await client.delete("/things/1")
        response = await client.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain; version=")
    lines = response.text.splitlines()
    labels = 'method="GET",route="/things/<key>"'
    assert f'http_requests_total{{{labels},status="200"}} 2.0' in lines
    assert f'http_requests_total{{{labels},status="422"}} 1.0' in lines
    assert 'http_requests_total{method="",route="(none)",status="404"} 1.0' in lines
    assert 'http_requests_total{method="",route="(none)",status="405"} 1.0' in lines
    assert f'http_request_duration_seconds_count{{{labels},status="200"}} 2.0' in lines
    assert "http_requests_in_flight 0.0" in lines
    assert "process_resident_memory_bytes" in response.text
    assert "/nowhere" not in response.text


@pytest.mark.parametrize("path", ["/metrics", "/docs", "/openapi.json"])
async def test_what_is_protected_needs_the_token(path: str) -> None:
    app = make(URLS, metrics="protected", docs="protected", ops_token=TOKEN)
    async with client_of(app) as client:
        assert (await client.get(path)).status_code == 401
        for wrong in ("Bearer wrong", "Bearer", "Bearer \xe9", f"Digest {TOKEN}"):
            headers = {b"Authorization": wrong.encode("latin-1")}
            response = await client.get(path, headers=headers)
            assert (response.status_code, response.json()["code"]) == (401, 13)
        bearer = {"Authorization": f"Bearer {TOKEN}"}
        assert (await client.get(path, headers=bearer)).status_code == 200
        assert (await client.get(path, auth=("anyone", TOKEN))).status_code == 200


@pytest.mark.parametrize("path", ["/metrics", "/docs", "/openapi.json"])
async def test_what_is_off_does_not_exist(path: str) -> None:
    async with client_of(make(URLS, metrics="off", docs="off")) as client:
        assert (await client.get(path)).status_code == 404


WORKER = """
import os, sys
from types import SimpleNamespace
from core.http.metrics import Metrics
metrics = Metrics()
metrics.enter()
route = SimpleNamespace(name="thing", path="things")
request = SimpleNamespace(route=route, method="GET", stream=None)
metrics.observe(request, 200)
print(metrics.render().decode())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="one process only")
def test_dead_workers_count_for_what_they_answered_and_not_for_what_they_did(
    tmp_path: Path,
) -> None:
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    outputs = [
        subprocess.run(
            [sys.executable, "-c", WORKER],
            cwd=ROOT,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for _ in range(3)
    ]
    lines = outputs[-1].splitlines()
    assert 'http_requests_total{method="GET",route="/things",status="200"} 3.0' in lines
    assert "http_requests_in_flight 1.0" in lines
    resident = [line for line in lines if line.startswith("process_resident_memory_bytes{pid=")]
    assert len(resident) == (1 if sys.platform == "linux" else 0)
