"""The virtual environment of a new project."""

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from msanic_cli.errors import Interrupted, StepError

CONSTRAINTS = "constraints.txt"
LOCK = "uv.lock"  # written by uv beside the project's files


def with_uv() -> bool:
    """Tell whether uv is installed."""
    return shutil.which("uv") is not None


def commands(*, uv: bool, pinned: bool) -> list[list[str]]:
    """Return the commands that make `.venv`, to be run in the project."""
    if uv:
        return [["uv", "sync"]]
    python = Path(".venv/Scripts/python" if sys.platform == "win32" else ".venv/bin/python")
    constraints = ["-c", CONSTRAINTS] if pinned else []
    return [
        ["python3", "-m", "venv", ".venv"],
        [str(python), "-m", "pip", "install", *constraints, ".[dev]"],
    ]


def install(project: Path) -> None:
    """Make `.venv` in a project and install its dependencies, those for development included.

    Raises StepError (Interrupted for Ctrl-C) with what to repeat; the project stays.
    """
    pinned = (project / CONSTRAINTS).is_file()
    todo = commands(uv=with_uv(), pinned=pinned)
    place = f"cd {shlex.quote(str(project))}"
    for done, command in enumerate(todo):
        again = " && ".join([place, *map(shlex.join, todo[done:])])
        try:
            problem = _run(project, command)
        except KeyboardInterrupt as error:
            words = "interrupted: the service is there, its installation is not complete"
            raise Interrupted(f"{words}; repeat with: {again}") from error
        if problem:
            raise StepError(f"{problem}; the service is there, repeat with: {again}")


def _run(project: Path, command: list[str]) -> str:
    """Return what went wrong, or nothing."""
    program = sys.executable if command[0] == "python3" else command[0]
    try:
        done = subprocess.run(  # noqa: S603 - no shell; our own words
            [program, *command[1:]],
            cwd=project,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        return f"{command[0]}: {error.strerror}"
    if not done.returncode:
        return ""
    said = [line.strip() for line in done.stdout.splitlines() if line.strip()]
    reason = said[-1].removeprefix("error: ") if said else f"exit code {done.returncode}"
    return f"{Path(command[0]).name}: {reason}"
