"""The help pages: sections of two columns, coloured without rich.

Rich would more than double the time of `msanic --help`; escape codes for two styles do not need it.
"""

import os
import sys
from typing import Any, Protocol

from typer.core import TyperCommand, TyperGroup

COLUMN = 34
PANEL = "This run"  # of arguments and options that name none


class Formatter(Protocol):
    """What the parser offers to write a help page with."""

    width: int

    def write(self, string: str) -> None: ...
    def write_text(self, text: str) -> None: ...


class Command(TyperCommand):
    """A command whose options are listed by panel."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the page of one command."""
        _usage(formatter, ctx.command_path, self.collect_usage_pieces(ctx))
        _paragraphs(formatter, self.help or "")
        panels: dict[str, list[tuple[str, str]]] = {}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None:
                panel = getattr(param, "rich_help_panel", None) or PANEL
                panels.setdefault(panel, []).append(record)
        for title, rows in panels.items():
            _section(formatter, title, rows)
        _paragraphs(formatter, self.epilog or "")


class Group(TyperGroup):
    """A group of commands; `summaries` describes them without loading any."""

    summaries: dict[str, str]

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the page of the group."""
        _usage(formatter, ctx.command_path, [*super().collect_usage_pieces(ctx)])
        _paragraphs(formatter, self.help or "")
        _section(formatter, "Commands", list(self.summaries.items()))
        records = [param.get_help_record(ctx) for param in self.get_params(ctx)]
        _section(formatter, "Options", [record for record in records if record is not None])
        _paragraphs(formatter, self.epilog or "")


def _usage(formatter: Formatter, path: str, pieces: list[str]) -> None:
    formatter.write(f"{_strong('Usage')}  {_accent(path)} {' '.join(pieces)}\n")


def _paragraphs(formatter: Formatter, text: str) -> None:
    if text:
        formatter.write("\n")
        formatter.write_text(text)


def _section(formatter: Formatter, title: str, rows: list[tuple[str, str]]) -> None:
    formatter.write(f"\n{_strong(title)}\n")
    column = min(COLUMN, max(len(name) for name, _ in rows) + 2)
    for name, text in rows:
        lines = _wrap(text, max(formatter.width - column - 2, 24)) or [""]
        gap = " " * (column - len(name))
        if len(name) > column - 2:
            gap = "\n" + " " * (column + 2)
        indent = "\n" + " " * (column + 2)
        formatter.write(f"  {_accent(name)}{gap}{indent.join(lines)}".rstrip() + "\n")


def _wrap(text: str, width: int) -> list[str]:
    import textwrap

    return textwrap.wrap(text, width)


def _strong(text: str) -> str:
    return f"\x1b[1m{text}\x1b[0m" if _coloured() else text


def _accent(text: str) -> str:
    return f"\x1b[36m{text}\x1b[0m" if _coloured() else text


def _coloured() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
