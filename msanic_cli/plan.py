"""The frozen value that describes one run of `msanic new`."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from msanic_cli import git, install
from msanic_cli.defaults import Defaults
from msanic_cli.engine import Answers
from msanic_cli.errors import TargetError, UsageError


@dataclass(frozen=True)
class Options:
    """Hold the options of `msanic new` that are no answers, as they were given."""

    take_defaults: bool = False
    answers: Path | None = None
    data: tuple[str, ...] = ()
    output_dir: Path | None = None
    dry_run: bool = False
    json: bool = False
    git: bool | None = None
    install: bool | None = None
    config: bool = True


@dataclass(frozen=True)
class Plan:
    """Describe a project that is about to be created."""

    answers: Answers
    target: Path
    git: bool
    git_demanded: bool
    install: bool
    uv: bool
    command: tuple[str, ...] = ()  # that gives the same answers; empty where nothing was asked

    @property
    def name(self) -> str:
        """Return the name of the service."""
        return str(self.value("name"))

    def value(self, name: str) -> Any:
        """Return one answer."""
        return self.answers.values[name]


@dataclass(frozen=True)
class Outcome:
    """Hold what became of the steps beside the files; `problem` says why a commit failed."""

    committed: bool = False
    installed: bool = False
    problem: str = ""


def make_plan(options: Options, defaults: Defaults, answers: Answers, command: list[str]) -> Plan:
    """Return what is to be done. Raises UsageError for what cannot be done."""
    target = _folder(options.output_dir or Path()) / str(answers.values["name"])
    _refuse_taken(target)
    demanded = options.git is True
    if demanded and not git.available():
        raise UsageError("--git: git was not found; install it, or use --no-git")
    return Plan(
        answers=answers,
        target=target,
        git=demanded or _wants_git(options, defaults, target),
        git_demanded=demanded,
        install=_first(options.install, defaults.install, False),
        uv=install.with_uv(),
        command=tuple(command),
    )


def _folder(path: Path) -> Path:
    try:
        return Path(os.path.abspath(path))  # noqa: PTH100 - keeps links
    except FileNotFoundError as error:
        raise TargetError("the current folder is gone: go to another, or use -o DIR") from error


def _refuse_taken(target: Path) -> None:
    """Refuse a target before any work; creating it refuses again, safe from races."""
    if not os.path.lexists(target):
        return
    if target.is_symlink() or not target.is_dir():
        raise TargetError(f"{target} exists already: choose another name or --output-dir")
    if any(target.iterdir()):
        raise TargetError(f"{target} is not empty: choose another name or --output-dir")


def _wants_git(options: Options, defaults: Defaults, target: Path) -> bool:
    wanted = _first(options.git, defaults.git, True)
    return wanted and git.available() and not git.inside_repository(target.parent)


def _first(*values: bool | None) -> bool:
    return next(value for value in values if value is not None)


def run_arguments(options: Options) -> list[str]:
    """Return the arguments that repeat the options which change what is created."""
    words: list[str] = []
    if options.output_dir is not None:
        words += ["--output-dir", str(options.output_dir)]
    if options.git is not None:
        words.append("--git" if options.git else "--no-git")
    if options.install is not None:
        words.append("--install" if options.install else "--no-install")
    return words if options.config else [*words, "--no-config"]
