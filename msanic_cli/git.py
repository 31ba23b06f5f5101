"""The first commit of a new project."""

import os
import shutil
import subprocess
from pathlib import Path

from msanic_cli.errors import StepError

MESSAGE = "Create the service with msanic"
BRANCH = "main"
IDENTITY = {"name": "msanic", "email": "msanic@localhost"}  # where the user has configured none

# The commit must not depend on how the user set up git: no hooks, no signing (it may ask for a
# passphrase), no file left out or converted, nothing left running in the background.
SETTINGS = (
    f"init.defaultBranch={BRANCH}",
    f"core.hooksPath={os.devnull}",
    f"core.excludesFile={os.devnull}",
    f"core.attributesFile={os.devnull}",
    "core.autocrlf=false",
    "core.safecrlf=false",
    "core.fsmonitor=false",
    "commit.gpgSign=false",
    "gc.auto=0",
    "maintenance.auto=false",
)
# Set by git for its hooks: they would lead to another repository.
FOREIGN = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR"}
FOREIGN |= {"GIT_NAMESPACE", "GIT_PREFIX", "GIT_ALTERNATE_OBJECT_DIRECTORIES"}


def available() -> bool:
    """Tell whether git is installed."""
    return shutil.which("git") is not None


def inside_repository(folder: Path) -> bool:
    """Tell whether a folder belongs to a repository already."""
    place = folder.resolve()
    return any((parent / ".git").exists() for parent in (place, *place.parents))


def commit_all(folder: Path) -> None:
    """Make a repository of a folder, with one commit of all files on the branch main.

    Raises StepError and leaves no trace where git fails. The folder may be renamed afterwards.
    """
    try:
        _git(folder, "init", "--quiet", "--template=")
        _git(folder, "add", "--all")
        identity = _missing_identity(folder)
        _git(folder, *identity, "commit", "--quiet", "--no-verify", "--message", MESSAGE)
    except StepError:
        shutil.rmtree(folder / ".git", ignore_errors=True)
        raise


def commands() -> list[str]:
    """Return what a user runs to do the same."""
    return [f"git init -b {BRANCH}", "git add --all", f"git commit -m '{MESSAGE}'"]


def _missing_identity(folder: Path) -> list[str]:
    known = _git(folder, "config", "--get-regexp", r"^user\.(name|email)$", may_fail=True)
    options: list[str] = []
    for key, value in IDENTITY.items():
        if f"user.{key} " not in known.lower():
            options += ["-c", f"user.{key}={value}"]  # GIT_AUTHOR_NAME and the like still win
    return options


def _git(folder: Path, *arguments: str, may_fail: bool = False) -> str:
    settings = [word for setting in SETTINGS for word in ("-c", setting)]
    environment = {key: value for key, value in os.environ.items() if key not in FOREIGN}
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and the program is looked up by the user's PATH
            ["git", *settings, *arguments],  # noqa: S607
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise StepError(f"git: {error.strerror}") from error
    if done.returncode and not may_fail:
        said = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise StepError(f"git: {said[0]}")
    return done.stdout
