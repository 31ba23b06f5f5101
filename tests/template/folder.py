"""Templates declared as {path: content}, and the files that Copier makes of a template."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msanic_cli.engine import JUNK, File, Template

HEADER = "_subdirectory: template\n_envops: {trim_blocks: true, lstrip_blocks: true}\n"


def make_template(root: Path, files: Mapping[str, str | bytes]) -> Template:
    """Write the files of a template and open it."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return Template(root)


def render(template: Template, data: Mapping[str, Any]) -> dict[str, File]:
    """Answer and render."""
    return template.render(template.resolve(data), src="here")


def texts(files: Mapping[str, File]) -> dict[str, str]:
    """Return the contents alone."""
    return {path: file.content.decode() for path, file in files.items()}


def by_copier(template: Template, values: Mapping[str, Any], folder: Path) -> dict[str, File]:
    """Return what `copier.run_copy` makes of a template; every random value must be given."""
    import copier

    copier.run_copy(
        str(template.root),
        folder,
        data=dict(values),
        defaults=True,
        quiet=True,
        exclude=[*JUNK, "*.py[co]"],
    )
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): _read(path) for path in paths}


def _read(path: Path) -> File:
    return File(path.read_bytes(), 0o755 if path.stat().st_mode & 0o111 else 0o644)
