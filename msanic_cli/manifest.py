"""copier.yml: the settings and questions of a template.

A declared subset of Copier's format, so that a template can never silently need what only Copier
itself does: whatever is not listed here is a TemplateError with its line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msanic_cli.errors import TemplateError
from msanic_cli.values import CASTS, templated

if TYPE_CHECKING:
    from yaml.nodes import MappingNode

SETTINGS: Mapping[str, type] = {
    "_min_copier_version": str,
    "_subdirectory": str,
    "_templates_suffix": str,
    "_envops": dict,
}
ENVOPS: Mapping[str, tuple[object, ...]] = {
    "trim_blocks": (True, False),
    "lstrip_blocks": (True, False),
    "keep_trailing_newline": (True,),
    "undefined": ("jinja2.StrictUndefined", "jinja2.Undefined"),
}
QUESTION_KEYS: Mapping[str, tuple[type, ...]] = {
    "type": (str,),
    "default": (object,),
    "help": (str,),
    "placeholder": (str,),
    "choices": (list, dict, str),
    "multiselect": (bool,),
    "validator": (str,),
    "when": (bool, str),
    "secret": (bool,),
}
CHOICE_KEYS = {"value", "validator"}
PLAIN_KEYS = ("type", "help", "placeholder")  # read without answers: by --help, by the prompts


@dataclass(frozen=True)
class Entry:
    """Hold one question as declared, with the line of its name ("") and of each of its keys."""

    name: str
    spec: Mapping[str, Any]
    lines: Mapping[str, int]


@dataclass(frozen=True)
class Manifest:
    """Hold a checked copier.yml, with the line of each setting."""

    path: Path
    settings: Mapping[str, Any]
    lines: Mapping[str, int]
    entries: tuple[Entry, ...]

    def setting(self, name: str, default: Any) -> Any:
        """Return a setting, or its default."""
        return self.settings.get(name, default)


def read_manifest(path: Path) -> Manifest:
    """Read and check a copier.yml."""
    data, lines = _load(path)
    settings: dict[str, Any] = {}
    entries: list[Entry] = []
    for key, value in data.items():
        if key.startswith("_"):
            _check_setting(path, key, value, lines[key][""])
            settings[key] = value
        else:
            spec = value if isinstance(value, dict) else {"default": value}
            entries.append(Entry(key, spec, lines[key]))
            _check_question(path, entries[-1])
    return Manifest(path, settings, {name: lines[name][""] for name in settings}, tuple(entries))


def _load(path: Path) -> tuple[dict[str, Any], dict[str, dict[str, int]]]:
    import yaml

    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(path.read_bytes())
        node = loader.get_single_node()
        if not isinstance(node, yaml.MappingNode):
            raise TemplateError(path, 1, "expected a mapping of settings and questions")
        lines = _lines(path, node)
        return loader.construct_document(node), lines
    except OSError as error:
        raise TemplateError(path, None, f"cannot be read: {error.strerror}") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        raise TemplateError(path, mark.line + 1 if mark else None, problem) from error


def _lines(path: Path, node: MappingNode) -> dict[str, dict[str, int]]:
    """Return the line of each name (under "") and of each key below it; refuse repeated ones."""
    lines: dict[str, dict[str, int]] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key.value, str) or not key.value.isidentifier():
            raise TemplateError(path, line, f"{key.value!r} is not a name")
        if key.value in lines:
            raise TemplateError(path, line, f"{key.value} is declared twice")
        lines[key.value] = {"": line}
        if value.id == "mapping":
            below = {str(k.value): k.start_mark.line + 1 for k, _ in value.value}
            lines[key.value] |= below
    return lines


def _check_setting(path: Path, key: str, value: Any, line: int) -> None:
    if key not in SETTINGS:
        raise TemplateError(path, line, f"setting {key} is not supported")
    if not isinstance(value, SETTINGS[key]):
        raise TemplateError(path, line, f"{key}: expected {SETTINGS[key].__name__}, got {value!r}")
    if isinstance(value, dict):
        for option, chosen in value.items():
            if option not in ENVOPS or chosen not in ENVOPS[option]:
                raise TemplateError(path, line, f"{key}: {option}: {chosen!r} is not supported")


def _check_question(path: Path, entry: Entry) -> None:
    def mistake(key: str, problem: str) -> TemplateError:
        line = entry.lines.get(key, entry.lines[""])
        return TemplateError(path, line, f"{entry.name}: {problem}")

    for key, value in entry.spec.items():
        if key not in QUESTION_KEYS:
            raise mistake(str(key), f"key {key!r} is not supported")
        if not isinstance(value, QUESTION_KEYS[key]):
            raise mistake(key, f"{key} cannot be {value!r}")
        if key in PLAIN_KEYS and templated(value):
            raise mistake(key, f"{key} cannot be a template")
    if entry.spec.get("type", "str") not in CASTS:
        raise mistake("type", f"type {entry.spec['type']!r} is not supported")
    if entry.spec.get("multiselect") and not entry.spec.get("choices"):
        raise mistake("multiselect", "multiselect needs choices")
    for choice in _extended_choices(entry.spec.get("choices")):
        if "value" not in choice or choice.keys() - CHOICE_KEYS:
            raise mistake("choices", f"expected a choice of value and validator, got {choice!r}")


def _extended_choices(choices: object) -> list[dict[str, Any]]:
    if isinstance(choices, dict):
        values = list(choices.values())
    elif isinstance(choices, list):
        values = [
            item[1] if isinstance(item, list) and len(item) == 2 else item for item in choices
        ]
    else:
        values = []
    return [value for value in values if isinstance(value, dict)]
