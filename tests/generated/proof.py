"""Prove one combination: a list of named steps, each of which raises when it fails."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.generated import text, usage
from tests.generated.project import Project, Running
from tests.generated.servers import fresh_database, redis_keys, tables
from tests.generated.toolbox import CACHE

WORKER = os.environ.get("PYTEST_XDIST_WORKER", f"p{os.getpid()}")


@dataclass(frozen=True)
class Step:
    """Name a step, and tell which combinations it concerns."""

    name: str
    run: Callable[[Project], None]
    concerns: Callable[[Mapping[str, Any]], bool] = field(default=lambda answers: True)


@dataclass(frozen=True)
class Outcome:
    """Tell how a step went; a problem is empty when it went well, or was left out for a reason."""

    step: str
    seconds: float
    problem: str = ""
    left_out: str = ""


def prove(project: Project, only: Collection[str] = ()) -> list[Outcome]:
    """Take the steps, or only those named, that concern the project, whatever the others found."""
    outcomes = []
    for step in STEPS:
        if step.concerns(project.answers) and (not only or step.name in only):
            outcomes.append(_taken(step, project))
    return outcomes


def _taken(step: Step, project: Project) -> Outcome:
    start = time.monotonic()
    problem = left_out = ""
    try:
        step.run(project)
    except pytest.skip.Exception as reason:
        left_out = str(reason)
    except (AssertionError, OSError, pytest.fail.Exception) as error:
        problem = str(error) or repr(error)
    return Outcome(step.name, time.monotonic() - start, problem, left_out)


def _text(project: Project) -> None:
    found = list(text.problems(project.files(), project.answers))
    assert not found, "\n".join(found)


def _usage(project: Project) -> None:
    found = list(usage.problems(project))
    assert not found, "\n".join(found)


def _lint(project: Project) -> None:
    output = project.run("ruff", "check", "--no-cache", ".")
    assert "No Python files" not in output, output


def _format(project: Project) -> None:
    project.run("ruff", "format", "--check", "--diff", "--no-cache", ".")


def _types(project: Project) -> None:
    project.run("mypy", "--strict", f"--cache-dir={CACHE / f'mypy-{WORKER}'}")


def _tests_alone(project: Project) -> None:
    project.run(*PYTEST, *QUICK)


def _tests_of_processes(project: Project) -> None:
    project.run(*PYTEST, *PROCESSES)


def _tests_on_servers(project: Project) -> None:
    with _real_servers(project, "tests") as env:
        urls = {f"TEST_{key}": env[key] for key in ("DATABASE_URL", "REDIS_URL") if key in env}
        project.run(*PYTEST, *QUICK, env=urls)


def _migrations(project: Project) -> None:
    with _real_servers(project, "moves") as env:
        url = env["DATABASE_URL"]
        project.run("aerich", "upgrade", env=env)
        made = tables(url)
        assert made, "aerich upgrade made no table"
        project.run("aerich", "downgrade", "--yes", env=env)
        assert not tables(url), f"aerich downgrade left {tables(url)}"
        project.run("aerich", "upgrade", env=env)
        assert tables(url) == made


def _service(project: Project) -> None:
    with _real_servers(project, "serve") as env:
        if "DATABASE_URL" in env:
            project.run("aerich", "upgrade", env=env)
        for workers in (1, 2):
            with project.served(workers=workers, env=env) as running:
                _talk(project, running)


def _talk(project: Project, running: Running) -> None:
    assert running.call("GET", "/health/live")[0] == 200
    if project.answers["db"] == "none":
        status, answer = running.call("POST", f"{project.root}/echo", {"text": "hello"})
        assert status in {200, 201}, answer
    else:
        path = f"{project.root}/notes"
        title = f"first of {time.time_ns()}"
        status, answer = running.call("POST", path, {"title": title, "text": "hello"})
        assert status == 201, answer
        status, answer = running.call("GET", path)
        assert status == 200, answer
        assert title in [note["title"] for note in answer["data"]], answer
    assert answer["code"] == 0
    status, answer = running.call("GET", f"{project.root}/nowhere")
    assert (status, answer["code"]) == (404, 22), answer


@contextmanager
def _real_servers(project: Project, purpose: str) -> Iterator[dict[str, str]]:
    """Give the project a database and a corner of Redis of its own."""
    name = f"msanic_{WORKER}_{purpose}"
    env = {}
    with ExitStack() as stack:
        if project.answers["db"] != "none":
            database = fresh_database(project.answers["db"], name, project.folder.parent)
            env["DATABASE_URL"] = stack.enter_context(database)
        if project.answers["redis"]:
            env["REDIS_URL"] = stack.enter_context(redis_keys(f"{name}:"))
            env[f"{project.prefix}REDIS_PREFIX"] = f"{name}:"
        yield env


PYTEST = ("pytest", "-q", "-p", "no:cacheprovider")
# Tests that start and stop whole services take most of the time of all tests, and the same course
# whatever the database: they are a step of their own.
PROCESSES = ("tests/test_start.py",)
QUICK = tuple(f"--ignore={path}" for path in PROCESSES)
LONG_STEP = "tests of processes"
STEPS = (
    Step("text", _text),
    Step("usage", _usage),
    Step("lint", _lint),
    Step("format", _format),
    Step("types", _types),
    Step("tests", _tests_alone),
    Step(LONG_STEP, _tests_of_processes),
    Step(
        "tests on servers",
        _tests_on_servers,
        lambda answers: answers["db"] != "none" or answers["redis"],
    ),
    Step("migrations", _migrations, lambda answers: answers["db"] != "none"),
    Step("service", _service),
)
