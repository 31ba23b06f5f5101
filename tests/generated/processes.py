"""Run programs, and never leave one behind."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


def run(command: Sequence[str], folder: Path, env: Mapping[str, str], within: float) -> str:
    """Run a program to its end and return what it prints; what goes wrong is an AssertionError."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=within)
    except subprocess.TimeoutExpired:
        kill_group(process)
        output, _ = process.communicate()
        raise AssertionError(f"{shown(command)} took more than {within} s:\n{output}") from None
    except BaseException:
        kill_group(process)
        raise
    assert process.returncode == 0, f"{shown(command)} exited {process.returncode}:\n{output}"
    return output


def kill_group(process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> None:
    """End a program that leads a session of its own, and all that it has started, at once."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


def shown(command: Sequence[str]) -> str:
    """Name a command as it would be typed, without its folder."""
    return " ".join([Path(command[0]).name, *command[1:]])
