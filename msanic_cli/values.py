"""Values of answers: from text, YAML or JSON to the type of a question, and back to words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

TRUE = frozenset({"y", "yes", "t", "true", "on", "1"})
FALSE = frozenset({"n", "no", "f", "false", "off", "0"})
EMPTY = frozenset({"", "~", "null", "none"})
NESTED = 500  # levels that libyaml parses within any stack
SHOWN = 60  # characters of a refused value in a message


def truth(value: Any) -> bool:
    """Read a rendered condition the way Copier does: a word it does not know is true."""
    if not isinstance(value, str):
        return bool(value)
    word = value.strip().lower()
    if word in FALSE | EMPTY:
        return False
    try:
        return bool(float(word))
    except ValueError:
        return True


def templated(value: Any) -> bool:
    """Tell whether a value of copier.yml depends on answers."""
    if isinstance(value, list):
        return any(map(templated, value))
    return isinstance(value, str) and ("{{" in value or "{%" in value)


def shown(value: Any) -> str:
    """Return a value for a message: one line, printable on every terminal, not endless."""
    if value is None:
        return "nothing"
    try:
        plain = not isinstance(value, str) or value.isidentifier()
        text = str(value) if plain else f"'{value}'"
        text = text if text.isprintable() else ascii(value)
    except RecursionError:
        text = f"a {type(value).__name__} that is nested too deep"
    return text if len(text) <= SHOWN else text[: SHOWN - 3] + "..."


def in_words(value: Any) -> str:
    """Return an answer as a user would give it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def from_yaml(value: Any) -> Any:
    """Parse text as YAML; any other value is one already."""
    if not isinstance(value, str):
        return value
    import yaml

    # libyaml is ten times faster, and overflows the stack on text nested thousands deep.
    levels = sum(map(value.count, "[{-?:"))
    fast = getattr(yaml, "CSafeLoader", yaml.SafeLoader) if levels < NESTED else yaml.SafeLoader
    try:
        return yaml.load(value, fast)  # noqa: S506 - both are safe loaders
    except (yaml.YAMLError, UnicodeError) as error:
        raise ValueError("not YAML") from error


def from_json(value: Any) -> Any:
    """Parse text as JSON; any other value is one already."""
    import json

    return json.loads(value) if isinstance(value, str) else value


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise ValueError("not text")
    text = str(value)
    text.encode()  # a lone surrogate (an undecodable argument) cannot be written to any file
    return text


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise ValueError("not a whole number")
    return int(value)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise ValueError("not a number")
    return float(value)


def _yes_or_no(value: Any) -> bool:
    word = str(value).strip().lower()
    if not isinstance(value, (str, bool, int)) or word not in TRUE | FALSE:
        raise ValueError("neither yes nor no")
    return word in TRUE


CASTS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "str": _text,
    "int": _whole,
    "float": _number,
    "bool": _yes_or_no,
    "yaml": from_yaml,
    "json": from_json,
}
EXPECTED: Final[Mapping[str, str]] = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "yes or no",
    "yaml": "YAML",
    "json": "JSON",
}
