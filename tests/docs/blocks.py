"""Take the fenced blocks out of a Markdown file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(
    r"(?:^<!-- (?P<note>[^\n]*) -->\n)?^```(?P<language>\w*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    """Hold one fenced block; the note is an HTML comment on the line before it."""

    language: str
    text: str
    note: str


def blocks(document: Path) -> list[Block]:
    """List the fenced blocks of a document, in order."""
    return [
        Block(found["language"], found["text"], found["note"] or "")
        for found in FENCE.finditer(document.read_text("utf-8"))
    ]
