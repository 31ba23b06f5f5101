"""Create, start and ask a service on a terminal; draw what is printed as docs/terminal.svg."""

import io
import os
import re
import tempfile
from pathlib import Path

import pexpect
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

COLUMNS = 92
CREATE = "msanic new shop -y"
START = "uv run python web_shop.py --dev"
ASK = """curl -s localhost:8888/notes -H 'Content-Type: application/json' -d '{"title": "Hello"}'"""
STARTED = "/openapi.json .*\n"  # the last of the routes that are listed
PICTURE = Path("docs/terminal.svg")
# The fonts of the stock format are loaded from another host; any monospaced font will do.
FORMAT = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)

Part = tuple[str, str]
"""A command and what it prints."""


def typed(home: Path) -> list[Part]:
    """Run the commands on a terminal of their own."""
    env = {**os.environ, "TERM": "xterm-256color", "COLUMNS": str(COLUMNS)}
    env.pop("VIRTUAL_ENV", None)
    created = _run(f"{CREATE} --no-config --no-git", home, env)
    _run("uv sync --quiet", home / "shop", env)
    service = pexpect.spawn(
        START, cwd=home / "shop", env=env, encoding="utf-8", dimensions=(60, COLUMNS)
    )
    try:
        service.expect(STARTED, timeout=60)
        started = service.before + service.after
        answer = _run(ASK, home / "shop", env)
    finally:
        service.terminate()
        service.wait()
    parts = [(CREATE, created), ("cd shop", ""), (f"{START} &", started), (ASK, answer + "\n")]
    return [(command, output.replace(str(home), "~")) for command, output in parts]


def _run(command: str, folder: Path, env: dict[str, str]) -> str:
    output, status = pexpect.run(
        command,
        cwd=folder,
        env=env,
        timeout=120,
        withexitstatus=True,
        encoding="utf-8",
        dimensions=(60, COLUMNS),
    )
    if status:
        raise SystemExit(f"{command}:\n{output}")
    return str(output)


def draw(parts: list[Part]) -> str:
    """Return the picture of commands and their output."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    for command, output in parts:
        console.print(Text.assemble(("$ ", "green"), (command, "bold")))
        if output:
            console.print(Text.from_ansi(output.replace("\r\n", "\n")))
    svg = console.export_svg(title="msanic", code_format=FORMAT, unique_id="terminal")
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        PICTURE.write_text(draw(typed(Path(folder))), "utf-8")
