"""What the tests of the command share: where it is, and how to look at what it wrote."""

import subprocess
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
Msanic = Callable[..., "subprocess.CompletedProcess[str]"]


def tree(folder: Path) -> dict[str, bytes]:
    """Return the content of every file below a folder, but for repositories."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }
