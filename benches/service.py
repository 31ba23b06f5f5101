"""Measure a generated service against bare Sanic that gives the same JSON answer.

    python benches/service.py [--seconds S] [--rounds N]

Both run in one process with uvloop and without an access log. They are measured in turn (A B A B),
by wrk where it is installed, else by a small client in Python, which is slower than both: the ratio
it finds is then nearer to 1. Exits with 1 when the ratio of the medians is below 0.90.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.generated.clients import get_repeatedly
from tests.generated.project import free_port

BUDGET = 0.90
CLIENTS = 64
PATH = "/bench"
DATA = {"id": 7, "title": "a note", "tags": ["a", "b"], "done": False, "ratio": 0.25}
ANSWER = {"code": 0, "msg": "", "data": DATA}
HERE = Path(__file__).parent
VIEW = f'''"""A view that validates nothing and answers a value."""

from core.http.urls import Url
from shop.base_api import BaseApi


class BenchApi(BaseApi):
    """Answer what bare Sanic answers."""

    async def get(self) -> dict[str, object]:
        """Answer."""
        return {DATA!r}


URLS = (Url("{PATH}", BenchApi),)
'''


def generate(scratch: Path) -> Path:
    """Create a service without database and Redis, with one more view."""
    options = ["--defaults", "--no-config", "--no-git", "--no-install", "--no-redis"]
    options += ["--db", "none", "--output-dir", str(scratch)]
    msanic = Path(sys.executable).with_name("msanic")
    subprocess.run([msanic, "new", "shop", *options], check=True, capture_output=True)
    folder = scratch / "shop"
    (folder / "shop" / "urls.py").write_text(VIEW, "utf-8")
    return folder


def prepare(folder: Path, scratch: Path) -> Path:
    """Install what the service needs; return the interpreter."""
    wanted = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", scratch / "venv"], check=True)
    python = scratch / "venv" / "bin" / "python"
    install = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--compile-bytecode"]
    pins = ["--constraint", str(folder / "constraints.txt"), "--python", str(python)]
    subprocess.run([*install, *pins, *wanted["dependencies"]], check=True)
    return python


@contextmanager
def served(command: list[str], folder: Path, url: str) -> Iterator[None]:
    """Run a service for the time of the block."""
    env = {"PATH": os.environ["PATH"], "SHOP_ENV": "prod", "SHOP_LOG_LEVEL": "warning"}
    process = subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.DEVNULL)
    try:
        _wait_for(url, process)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        try:
            with urllib.request.urlopen(url) as answer:
                if answer.read() != json.dumps(ANSWER, separators=(",", ":")).encode():
                    raise SystemExit(f"{url} does not answer {ANSWER}")
                return
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.05)
    raise SystemExit("a service did not start")


def by_wrk(url: str, seconds: float) -> float:
    """Return the answers per second that wrk counts."""
    command = ["wrk", "-t1", f"-c{CLIENTS}", f"-d{seconds:.0f}s", url]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        raise SystemExit(output)
    found = re.search(r"Requests/sec:\s+([\d.]+)", output)
    return float(found[1]) if found else 0.0


def by_python(url: str, seconds: float) -> float:
    """Return the answers per second that a client in Python gets."""
    tally = asyncio.run(get_repeatedly(url, CLIENTS, seconds))
    if set(tally) != {200}:
        raise SystemExit(f"other answers than 200: {dict(tally)}")
    return tally[200] / seconds


def compare(
    urls: dict[str, str], rounds: int, seconds: float, load: Callable[[str, float], float]
) -> dict[str, list[float]]:
    """Load one after the other, round by round; the first round warms up and does not count."""
    found: dict[str, list[float]] = {name: [] for name in urls}
    for number in range(rounds + 1):
        for name, url in urls.items():
            rate = load(url, seconds)
            if number:
                found[name].append(rate)
    return found


def main() -> int:
    """Measure, print a table, and tell whether the budget is kept."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    load = by_wrk if shutil.which("wrk") else by_python
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        folder = generate(scratch)
        python = str(prepare(folder, scratch))
        ports = {"bare Sanic": free_port(), "generated service": free_port()}
        urls = {name: f"http://127.0.0.1:{port}{PATH}" for name, port in ports.items()}
        bare = [python, "bare.py", str(ports["bare Sanic"]), PATH, json.dumps(ANSWER)]
        ours = [python, "web_shop.py", "--port", str(ports["generated service"])]
        with (
            served(bare, HERE, urls["bare Sanic"]),
            served(ours, folder, urls["generated service"]),
        ):
            rates = compare(urls, options.rounds, options.seconds, load)
    return _report(rates, load.__name__.removeprefix("by_"))


def _report(rates: dict[str, list[float]], client: str) -> int:
    bare, ours = (statistics.median(found) for found in rates.values())
    table = Table("service", "median answers/s", "least", "most", title=f"by {client}")
    for name, found in rates.items():
        figures = (statistics.median(found), min(found), max(found))
        table.add_row(name, *(f"{figure:,.0f}" for figure in figures))
    verdict = "kept" if ours / bare >= BUDGET else "MISSED"
    console = Console(soft_wrap=True, highlight=False)
    console.print(table, f"ratio {ours / bare:.2f}, budget {BUDGET:.2f}: {verdict}", sep="\n")
    return int(ours / bare < BUDGET)


if __name__ == "__main__":
    sys.exit(main())
