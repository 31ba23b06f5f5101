"""Run the command as users do: as a process, in an empty folder, with an empty home."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.cli.process import ROOT, Msanic


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return an empty home folder."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """Return an empty folder to create services in."""
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


@pytest.fixture
def environment(home: Path) -> dict[str, str]:
    """Return variables that show the tool nothing of the machine's owner."""
    hidden = ("GIT_", "XDG_", "MSANIC_", "NO_COLOR", "VIRTUAL_ENV", "COLUMNS", "_MSANIC")
    own = {key: value for key, value in os.environ.items() if not key.startswith(hidden)}
    return own | {
        "HOME": str(home),
        "PYTHONPATH": str(ROOT),
        "GIT_CONFIG_NOSYSTEM": "1",
        "TERM": "xterm-256color",
    }


@pytest.fixture
def msanic(work: Path, environment: dict[str, str]) -> Msanic:
    """Return a function that runs the command to its end and returns what it said."""

    def run(
        *arguments: str | Path, env: dict[str, str] | None = None, **options: Any
    ) -> "subprocess.CompletedProcess[str]":
        command: Sequence[str] = [sys.executable, "-m", "msanic_cli", *map(str, arguments)]
        settings: dict[str, Any] = {
            "cwd": work,
            "text": True,
            "encoding": "utf-8",
            "capture_output": True,
        }
        settings |= {"stdin": subprocess.DEVNULL, "check": False, "timeout": 60} | options
        return subprocess.run(command, env=environment | (env or {}), **settings)

    return run


@pytest.fixture
def here(
    work: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Callable[[Sequence[str]], int]:
    """Return the command as a function: the same, in this process, for tests of many runs."""
    from msanic_cli.cli import main

    for key in [key for key in os.environ if key not in environment]:
        monkeypatch.delenv(key)
    for key, value in environment.items():
        monkeypatch.setenv(key, value)
    monkeypatch.chdir(work)
    return main
