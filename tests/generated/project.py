"""Generate a project with the real command, and do with it what its owner would."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.generated.processes import kill_group, run
from tests.generated.toolbox import CACHE, Toolbox

START_WITHIN = 30.0
STOP_WITHIN = 15.0
MADE_BY_USE = {"__pycache__", ".venv", "var", ".mypy_cache", ".ruff_cache", ".pytest_cache"}


@dataclass(frozen=True)
class Project:
    """Point at a generated project and the environment it runs in."""

    folder: Path
    answers: Mapping[str, Any]
    toolbox: Toolbox

    @property
    def name(self) -> str:
        """Take the name of the service."""
        return str(self.answers["name"])

    @property
    def prefix(self) -> str:
        """Start the names of its environment variables."""
        return f"{self.name.upper()}_"

    @property
    def script(self) -> str:
        """Name the start script."""
        return f"web_{self.name}.py"

    @property
    def root(self) -> str:
        """Start the paths of its versioned routes."""
        version = self.answers.get("api_version", "none")
        return "" if version == "none" else f"/v{version}"

    def files(self) -> dict[str, bytes]:
        """Read the files that were generated, not those that came to be by using them."""
        return {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for path in self.folder.rglob("*")
            if path.is_file() and not MADE_BY_USE & set(path.relative_to(self.folder).parts)
        }

    def run(self, *command: str, env: Mapping[str, str] | None = None, within: int = 180) -> str:
        """Run one of the environment's programs in the project; its output is the failure."""
        program = str(self.toolbox.bin / command[0])
        return run([program, *command[1:]], self.folder, self.environment(env), within)

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """Give a process what it needs from the environment, and nothing else."""
        kept = ("HOME", "LANG", "TMPDIR", "SYSTEMROOT")
        return {
            **{key: os.environ[key] for key in kept if key in os.environ},
            "PATH": f"{self.toolbox.bin}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPYCACHEPREFIX": str(CACHE / "bytecode"),
            "PYTHONUTF8": "1",
            **(more or {}),
        }

    @contextmanager
    def served(
        self, *, workers: int = 1, env: Mapping[str, str] | None = None
    ) -> Iterator[Running]:
        """Serve the project on a free port; stop it by SIGTERM and expect exit code 0."""
        port = free_port()
        log = self.folder.parent / f"{self.name}-{port}.log"
        options = ["--host", "127.0.0.1", "--port", str(port), "--workers", str(workers)]
        with log.open("wb") as output:
            process = subprocess.Popen(
                [self.toolbox.python, self.script, *options],
                cwd=self.folder,
                env=self.environment(env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        running = Running(f"http://127.0.0.1:{port}", process, log)
        try:
            running.wait_until_ready()
            yield running
            running.stop()
        finally:
            running.kill()


@dataclass(frozen=True)
class Running:
    """Talk to a service that runs."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Send a request; return the status and the decoded answer."""
        request = urllib.request.Request(f"{self.url}{path}", method=method)
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def wait_until_ready(self) -> None:
        """Wait for the first good answer; fail with the log when the process ends before."""
        deadline = time.monotonic() + START_WITHIN
        while time.monotonic() < deadline:
            assert self.process.poll() is None, f"ended at start:\n{self.output()}"
            try:
                if self.call("GET", "/health/ready")[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.05)
        raise AssertionError(f"not ready within {START_WITHIN} s:\n{self.output()}")

    def stop(self) -> None:
        """Ask the service to stop, and expect that it does so in order."""
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running {STOP_WITHIN} s after SIGTERM") from None
        assert code == 0, f"exit code {code} after SIGTERM:\n{self.output()}"
        assert "Traceback" not in self.output(), self.output()

    def kill(self) -> None:
        """End whatever is left of the service, workers included."""
        kill_group(self.process)

    def output(self) -> str:
        """Read what the service wrote."""
        return self.log.read_text("utf-8", errors="replace")


def generate(answers: Mapping[str, Any], into: Path, toolbox: Toolbox | None = None) -> Project:
    """Run `msanic new` with the answers in a file."""
    into.mkdir(parents=True, exist_ok=True)
    file = into / "answers.json"
    file.write_text(json.dumps(answers), "utf-8")
    options = ["--defaults", "--no-config", "--no-git", "--no-install"]
    options += ["--answers", str(file), "--output-dir", str(into)]
    done = subprocess.run(
        [Path(sys.executable).with_name("msanic"), "new", *options],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return Project(into / str(answers["name"]), answers, toolbox or Toolbox(into))


def free_port() -> int:
    """Find a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
