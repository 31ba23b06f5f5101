"""The only printer: people's text, and the one document of `--json`.

A line is a list of segments; a segment is text, or text with a style. Where there is a terminal
rich colours it (and honours NO_COLOR), elsewhere the text is written as it is.
"""

import json
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from msanic_cli.failure import Failure

Segment = str | tuple[str, str]
Line = str | list[Segment]

DIM = "bright_black"
STRONG = "bold"
GOOD = "green"
ACCENT = "cyan"
WARN = "yellow"
BAD = "bold red"


@dataclass(frozen=True)
class Terminal:
    """Print for one run; with `json`, people's text is left out and one document is written."""

    json: bool = False

    @property
    def interactive(self) -> bool:
        """Tell whether questions can be asked: a terminal on both sides, and no `--json`."""
        return not self.json and _is_terminal(sys.stdin) and _is_terminal(sys.stdout)

    @property
    def width(self) -> int:
        """Return the number of columns."""
        return shutil.get_terminal_size().columns

    def erase_line(self) -> None:
        """Remove the last line that was said from the screen."""
        if os.environ.get("TERM") != "dumb":
            sys.stdout.write("\x1b[1A\x1b[2K")
            sys.stdout.flush()

    @contextmanager
    def unechoed(self) -> Iterator[None]:
        """Keep keys that come between two prompts off the screen."""
        if sys.platform == "win32":
            yield
            return
        import termios

        before = termios.tcgetattr(sys.stdin)
        silent = [*before]
        silent[3] &= ~termios.ECHO
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, silent)
        try:
            yield
        finally:
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)

    def say(self, *lines: Line) -> None:
        """Print lines on standard output."""
        if not self.json:
            _print(sys.stdout, lines)

    def note(self, text: str) -> None:
        """Print a remark on standard error."""
        _print(sys.stderr, [[("note", ACCENT), f": {text}"]])

    def warn(self, text: str) -> None:
        """Print one warning on standard error (with `json` too: standard output stays pure)."""
        _print(sys.stderr, [[("warning", WARN), f": {text}"]])

    def document(self, content: Mapping[str, object]) -> None:
        """Print the one document of a run with `--json`; nothing without."""
        if self.json:
            sys.stdout.write(json.dumps(content, ensure_ascii=False, indent=2) + "\n")

    def failure(self, failure: "Failure") -> None:
        """Print why a run failed: one line on standard error, or a document."""
        if self.json:
            self.document({"error": failure.document()})
            return
        word: list[Segment] = [] if failure.quiet else [("error", BAD), ": "]
        _print(sys.stderr, [[*word, failure.message], *failure.hints])

    @contextmanager
    def busy(self, text: str) -> Iterator[None]:
        """Show that work is going on, on standard error and only where that is a terminal."""
        if self.json or not _is_terminal(sys.stderr):
            yield
            return
        from rich.console import Console

        with Console(stderr=True).status(text, spinner="dots"):
            yield


def plain(line: Line) -> str:
    """Return the text of a line without its styles."""
    if isinstance(line, str):
        return line
    return "".join(part if isinstance(part, str) else part[0] for part in line)


def printable(text: str) -> str:
    """Return text that cannot move the cursor or break a line: control characters are escaped."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False


def _print(stream: TextIO, lines: Iterable[Line]) -> None:
    if _is_terminal(stream):
        _print_styled(stream, lines)
        return
    stream.writelines(plain(line) + "\n" for line in lines)


def _print_styled(stream: TextIO, lines: Iterable[Line]) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(file=stream, highlight=False, soft_wrap=True)
    for line in lines:
        parts: list[Segment] = [line] if isinstance(line, str) else line
        console.print(Text.assemble(*parts))
