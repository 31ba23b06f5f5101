"""The picture of the README shows what msanic prints."""

from __future__ import annotations

import html
import re
import subprocess
import sys
from pathlib import Path

PICTURE = Path(__file__).parents[2] / "docs" / "terminal.svg"


def shown() -> str:
    """Return the text of the picture, with single spaces and without its figures."""
    texts = re.findall(r"<text[^>]*>(.*?)</text>", PICTURE.read_text("utf-8"), re.DOTALL)
    return _plain(" ".join(html.unescape(text) for text in texts))


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"[\d.]+", "0", text.replace("\xa0", " ")))


def test_the_picture_shows_what_new_prints(tmp_path: Path) -> None:
    """A failure here asks for `scripts/picture`, which draws it again."""
    msanic = Path(sys.executable).with_name("msanic")
    done = subprocess.run(
        [msanic, "new", "shop", "-y", "--no-git", "--no-config"],
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )

    for line in filter(str.strip, done.stdout.splitlines()):
        assert _plain(line).strip() in shown()


def test_the_picture_loads_nothing_from_elsewhere() -> None:
    drawing = re.sub(r"<!--.*?-->", "", PICTURE.read_text("utf-8"), flags=re.DOTALL)

    assert not re.search(r"url\(\s*[\"']?http|<image|href=", drawing)
