"""Type into a shell, as a reader of the documentation would."""

from __future__ import annotations

import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from tests.generated.processes import kill_group, run

ENDS_WITHIN = 240.0
STARTS_WITHIN = 120.0  # uv may have to install the service first
STOPS_WITHIN = 15.0


class Shell:
    """Run blocks of commands one after the other; directory and exported variables carry over."""

    def __init__(self, folder: Path, env: Mapping[str, str], url: str) -> None:
        self.folder = folder
        self.env = dict(env)
        self.url = url
        self.state = folder / ".state"
        self.running: subprocess.Popen[str] | None = None

    def type(self, commands: str) -> str:
        """Run commands to their end, which must be a good one; return what they print."""
        return run(self._bash(commands), self.folder, self.env, ENDS_WITHIN)

    def keep_running(self, command: str) -> None:
        """Start a service in place of the one before; return when it answers."""
        self.stop()
        log = self.folder / "service.log"
        with log.open("w") as output:
            self.running = subprocess.Popen(
                self._bash(command),
                cwd=self.folder,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
        deadline = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < deadline and self.running.poll() is None:
            try:
                urllib.request.urlopen(f"{self.url}/health/ready").close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError(f"{command} does not answer:\n{log.read_text('utf-8')}")

    def stop(self) -> None:
        """Press Ctrl-C in the terminal of the service."""
        running, self.running = self.running, None
        if running is None or running.poll() is not None:
            return
        os.killpg(running.pid, signal.SIGINT)
        try:
            running.wait(STOPS_WITHIN)
        finally:
            kill_group(running)

    def _bash(self, commands: str) -> list[str]:
        """Begin where the block before has ended, and remember where this one ends."""
        restore = f"if [ -e {self.state} ]; then . {self.state}; fi"
        save = f'{{ export -p; printf "cd %q\\n" "$PWD"; }} > {self.state}'
        return ["bash", "-euo", "pipefail", "-c", f"{restore}\n{commands}\n{save}\n"]
