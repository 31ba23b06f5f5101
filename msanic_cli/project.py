"""A generated project: what it records about its making."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from msanic_cli.engine import ANSWERS_FILE, File
from msanic_cli.errors import MsanicError

# Not part of the hash: the record itself, and the file of secrets, which are drawn anew each time.
UNHASHED = {ANSWERS_FILE, ".env"}


@dataclass(frozen=True)
class Project:
    """Hold what a project records; `base` is the hash of its pristine files."""

    root: Path
    source: str | None
    version: str | None
    base: str | None
    answers: Mapping[str, Any]


def with_pristine_hash(files: Mapping[str, File]) -> dict[str, File]:
    """Return the files of a new project with the hash of the others among its records."""
    record = files[ANSWERS_FILE]
    content = record.content.rstrip(b"\n") + f"\n_base: {pristine_hash(files)}\n".encode()
    return {**files, ANSWERS_FILE: replace(record, content=content)}


def pristine_hash(files: Mapping[str, File]) -> str:
    """Return the SHA-256 of the files (path, mode, content) that the same answers give again."""
    digest = hashlib.sha256()
    for path in sorted(files.keys() - UNHASHED):
        content = hashlib.sha256(files[path].content).hexdigest()
        digest.update(f"{path}\0{files[path].mode:o}\0{content}\n".encode())
    return digest.hexdigest()


def read_project(root: Path) -> Project:
    """Read the records of the project in a folder. Raises MsanicError where there is none."""
    from msanic_cli.answers_file import load

    path = root / ANSWERS_FILE
    if not path.is_file():
        raise MsanicError(f"{root} is no project of msanic: it has no {ANSWERS_FILE}")
    recorded = load(path)
    return Project(
        root=root,
        source=recorded.get("_src_path"),
        version=recorded.get("_commit"),
        base=recorded.get("_base"),
        answers={name: value for name, value in recorded.items() if not name.startswith("_")},
    )
