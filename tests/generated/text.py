"""Check the generated files as text: no trace of templating, tidy, and readable by their parsers."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import yaml

from tests.generated.project import Project

# A tag that was not rendered; `${{ secrets.X }}` of workflows is none.
TAG = re.compile(r"(?<!\$)\{\{[-~]?\s+\w|\{%|%\}|\{#")
NONE = re.compile(r"^\s*(- )?([\w.-]+\s*[:=]\s*)?(None|Undefined|undefined)\s*$")
FREE_TEXT = ("description", "author")


def problems(project: Project) -> Iterator[str]:
    """Yield what is wrong with the text of the files, one line each."""
    for path in sorted(files(project.folder)):
        name = path.relative_to(project.folder).as_posix()
        try:
            text = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            yield f"{name}: not UTF-8"
            continue
        yield from (f"{name}: {problem}" for problem in _layout(text))
        yield from (f"{name}: {problem}" for problem in _traces(project, path, text))
        problem = _unreadable(path, text)
        if problem:
            yield f"{name}: {problem}"


def files(folder: Path) -> Iterator[Path]:
    """Yield the files that were generated, not those that came to be by using them."""
    made = {"__pycache__", ".venv", "var", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".git"}
    for path in folder.rglob("*"):
        if path.is_file() and not made & set(path.relative_to(folder).parts):
            yield path


def _layout(text: str) -> Iterator[str]:
    if not text:
        return
    if not text.endswith("\n"):
        yield "no newline at the end"
    if text.endswith("\n\n"):
        yield "blank lines at the end"
    if text.startswith("\n"):
        yield "blank lines at the start"
    if "\r" in text:
        yield "carriage returns"
    if "\n\n\n\n" in text:
        yield "three blank lines in a row"
    for number, line in enumerate(text.splitlines(), 1):
        if line != line.rstrip():
            yield f"line {number}: spaces at the end"


def _traces(project: Project, path: Path, text: str) -> Iterator[str]:
    # Answers are data and may look like tags: lines that carry one are checked without it.
    marks = [word for key in FREE_TEXT for word in _marks(str(project.answers.get(key, "")))]
    for number, line in enumerate(text.splitlines(), 1):
        if any(mark in line for mark in marks):
            continue
        if TAG.search(line):
            yield f"line {number}: a tag is left: {line.strip()[:80]}"
        if path.suffix != ".py" and NONE.match(line):
            yield f"line {number}: an empty value is left: {line.strip()[:80]}"


def _marks(answer: str) -> list[str]:
    """Pick words by which the answer is recognised however it is quoted."""
    return [word for word in re.findall(r"[A-Za-z]{3,}", answer) if "{" in answer][:3]


def _unreadable(path: Path, text: str) -> str:
    try:
        if path.suffix in {".yaml", ".yml"}:
            list(yaml.safe_load_all(text))
        elif path.suffix == ".toml":
            tomllib.loads(text)
        elif path.suffix == ".json":
            json.loads(text)
    except (yaml.YAMLError, ValueError) as error:
        return str(error)
    return ""
