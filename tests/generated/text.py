"""Check the generated files as text: no trace of templating, tidy, readable by their parsers."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import yaml

# A tag that was not rendered; `${{ secrets.X }}` of workflows is none.
TAG = re.compile(r"(?<!\$)\{\{[-~]?\s+\w|\{%|%\}|\{#")
NONE = re.compile(r"^\s*(- )?([\w.-]+\s*[:=]\s*)?(None|Undefined|undefined)\s*$")
FREE_TEXT = ("description", "author")


def problems(files: Mapping[str, bytes], answers: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the text of the files, one line each."""
    for name, content in sorted(files.items()):
        yield from (f"{name}: {problem}" for problem in file_problems(name, content, answers))


def file_problems(name: str, content: bytes, answers: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the text of one file."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        yield "not UTF-8"
        return
    yield from _layout(text)
    yield from _traces(answers, name, text)
    problem = _unreadable(name, text)
    if problem:
        yield f"cannot be read: {problem}"


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


def _traces(answers: Mapping[str, Any], name: str, text: str) -> Iterator[str]:
    # Answers are data and may look like tags: a line that carries such an answer is left out.
    marks = [word for key in FREE_TEXT for word in _marks(str(answers.get(key, "")))]
    for number, line in enumerate(text.splitlines(), 1):
        if any(mark in line for mark in marks):
            continue
        if TAG.search(line):
            yield f"line {number}: a tag is left: {line.strip()[:80]}"
        if not name.endswith(".py") and NONE.match(line):
            yield f"line {number}: an empty value is left: {line.strip()[:80]}"


def _marks(answer: str) -> list[str]:
    """Pick words by which an answer with braces is recognised however it is quoted."""
    return [word for word in re.findall(r"[A-Za-z]{3,}", answer) if "{" in answer][:3]


@lru_cache(maxsize=4096)  # most files are the same in most combinations
def _unreadable(name: str, text: str) -> str:
    try:
        if name.endswith((".yaml", ".yml")):
            list(yaml.load_all(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
        elif name.endswith(".toml"):
            tomllib.loads(text)
        elif name.endswith(".json"):
            json.loads(text)
        elif name.endswith(".py"):
            ast.parse(text)
    except (yaml.YAMLError, ValueError, SyntaxError) as error:
        return str(error)
    return ""
