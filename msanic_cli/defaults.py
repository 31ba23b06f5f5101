"""The user's own defaults: `~/.config/msanic/config.toml`.

[answers]
db = "mysql"
author = "Ada Lovelace"

[new]
git = false
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from msanic_cli.errors import UsageError
from msanic_cli.failure import closest

STEPS = ("git", "install")


@dataclass(frozen=True)
class Defaults:
    """Hold what the user's configuration says; `path` names it in messages."""

    path: Path
    answers: Mapping[str, Any] = field(default_factory=dict)
    git: bool | None = None
    install: bool | None = None


NONE = Defaults(Path())


def config_path() -> Path:
    """Return where the user's configuration is, whether it exists or not."""
    base = Path(os.environ.get("XDG_CONFIG_HOME", ""))
    if not base.is_absolute():
        base = Path(os.path.expanduser("~/.config"))  # noqa: PTH111 - no error for who has no home
    return base / "msanic" / "config.toml"


def load(path: Path) -> Defaults:
    """Read the user's configuration; a file that does not exist says nothing.

    Raises UsageError for a file that is not TOML, and for keys that have no meaning. The names
    under `[answers]` are checked by who knows the questions.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return Defaults(path)
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: expected UTF-8 text; --no-config leaves it out") from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"{path}: {reason}; --no-config leaves it out") from error
    content = _parse(path, text)
    steps = _table(path, content, "new")
    _refuse_unknown(path, content, ("answers", "new"), "")
    _refuse_unknown(path, steps, STEPS, "new.")
    for name, value in steps.items():
        if not isinstance(value, bool):
            raise UsageError(f"{path}: new.{name}: expected true or false, got {value!r}")
    return Defaults(path, _table(path, content, "answers"), **steps)


def _parse(path: Path, text: str) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(text, parse_float=str)  # 1.10 is a version, not a number
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{path}: no TOML: {error}; --no-config leaves it out") from error


def _table(path: Path, content: Mapping[str, Any], name: str) -> dict[str, Any]:
    table = content.get(name, {})
    if not isinstance(table, dict):
        raise UsageError(f"{path}: {name}: expected a table [{name}]")
    return table


def _refuse_unknown(
    path: Path, table: Mapping[str, Any], known: tuple[str, ...], prefix: str
) -> None:
    for name in table:
        if name not in known:
            meant = closest(name, known)
            hint = f"did you mean {meant}?" if meant else f"known: {', '.join(known)}"
            raise UsageError(f"{path}: unknown key {prefix}{name}; {hint}")
