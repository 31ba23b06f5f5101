"""What the wizard has on the screen: a line for each answer, taken back with it."""

from dataclasses import dataclass, field
from typing import Any

from msanic_cli.terminal import ACCENT, GOOD, Line, Terminal, printable
from msanic_cli.values import in_words

NAME_WIDTH = 16


@dataclass
class Screen:
    """Write lines that belong to questions; each fits into the width, so that it can be erased."""

    terminal: Terminal
    lines: list[str] = field(default_factory=list)  # the question of each

    def say(self, name: str, line: Line) -> None:
        """Write one line of a question."""
        self.terminal.say(line)
        self.lines.append(name)

    def show(self, name: str, value: Any) -> None:
        """Write an answer."""
        text = cut(answer(value), self.terminal.width - NAME_WIDTH - 4)
        self.say(name, [("✓ ", GOOD), f"{name:<{NAME_WIDTH}}", (text, ACCENT)])

    def row(self, name: str, value: Any) -> str:
        """Return an answer as a row of the review."""
        return cut(f"{name:<{NAME_WIDTH}}{answer(value)}", self.terminal.width - 6)

    def wipe(self, name: str | None = None) -> None:
        """Erase the last lines of a question, or all lines."""
        while self.lines and name in (None, self.lines[-1]):
            self.lines.pop()
            self.terminal.erase_line()


def answer(value: Any) -> str:
    """Return an answer for people; none of nothing is left empty."""
    text = printable(in_words(value))
    return text or ("none" if isinstance(value, list) else "(empty)")


def cut(text: str, width: int) -> str:
    """Return what fits of a text."""
    return text if len(text) <= width else text[: max(width - 1, 1)] + "…"
