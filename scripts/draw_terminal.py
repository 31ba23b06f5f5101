"""Run `msanic new` on a terminal and draw what it prints as docs/terminal.svg."""

import io
import os
import re
import tempfile
from pathlib import Path

import pexpect
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

COLUMNS = 84
COMMANDS = ("msanic new shop -y", "msanic new class -y", "msanic new shop2 -y --prot 9001")
PICTURE = Path("docs/terminal.svg")
# The fonts of the stock format are loaded from another host; any monospaced font will do.
FORMAT = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)


def run(command: str, folder: str, home: str) -> str:
    """Return what a command prints on a terminal, colours included."""
    env = {**os.environ, "HOME": home, "TERM": "xterm-256color", "COLUMNS": str(COLUMNS)}
    env |= {f"GIT_{role}_NAME": "you" for role in ("AUTHOR", "COMMITTER")}
    env |= {f"GIT_{role}_EMAIL": "you@example.org" for role in ("AUTHOR", "COMMITTER")}
    output, _ = pexpect.run(
        f"{command} --no-config",
        cwd=folder,
        env=env,
        withexitstatus=True,
        encoding="utf-8",
        dimensions=(40, COLUMNS),
    )
    return str(output).replace("\r\n", "\n")


def draw(parts: list[tuple[str, str]]) -> str:
    """Return the picture of commands and their output."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    for command, output in parts:
        console.print(Text.assemble(("$ ", "green"), (command, "bold")))
        console.print(Text.from_ansi(output))
    svg = console.export_svg(title="msanic", code_format=FORMAT, unique_id="terminal")
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as home:
        parts = [(command, run(command, folder, home)) for command in COMMANDS]
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(draw(parts), "utf-8")
