"""Answers in a file, YAML or JSON, read without guessing types.

YAML would read `1.10` as the number 1.1 and `no` as false; here every plain word stays text, and
the question that it answers decides what it means.
"""

import json
from collections.abc import Hashable
from pathlib import Path
from typing import Any, ClassVar

import yaml

from msanic_cli.errors import UsageError

LIMIT = 1_000_000


class _Loader(yaml.SafeLoader):
    """Read plain words as text; refuse a key that is there twice, and aliases (no answer is large
    enough to need one, and a few lines of them can stand for gigabytes).
    """

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}  # type: ignore[misc]

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, True) for key, _ in node.value]
        values = [self.construct_object(value, True) for _, value in node.value]
        return _unique(list(zip(keys, values, strict=True)))

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise ValueError("expected answers without YAML aliases")
        return super().compose_node(parent, index)


def load(path: Path) -> dict[str, Any]:
    """Return the mapping in the file. Raises UsageError naming the file and the place."""
    text = _read(path)
    try:
        content = _parse(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UsageError(f"{path}: neither YAML nor JSON: {_place(error)}") from error
    if not isinstance(content, dict) or not all(isinstance(key, str) for key in content):
        raise UsageError(f"{path}: expected a mapping of answers, such as db: mysql")
    return content


def _read(path: Path) -> str:
    try:
        with path.open(encoding="utf-8-sig") as file:
            text = file.read(LIMIT + 1)
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: expected UTF-8 text") from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"--answers: {path}: {reason}") from error
    if len(text) > LIMIT:
        raise UsageError(f"{path}: expected at most {LIMIT} characters of answers")
    return text


def _parse(text: str) -> Any:
    if text.lstrip().startswith("{"):
        try:
            return json.loads(text, parse_float=str, object_pairs_hook=_unique)
        except json.JSONDecodeError:
            pass  # YAML has braces too
    return yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader


def _unique(pairs: list[tuple[Any, Any]]) -> dict[Hashable, Any]:
    content: dict[Hashable, Any] = {}
    for key, value in pairs:
        if content.get(key, value) != value:
            raise ValueError(f"{key} is there twice, with different values")
        content[key] = value
    return content


def _place(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    return f"line {mark.line + 1}: {problem}" if mark else problem
