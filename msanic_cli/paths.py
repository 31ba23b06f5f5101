"""Path names that are safe on every system."""

from __future__ import annotations

from pathlib import Path

from msanic_cli.errors import TemplateError

FORBIDDEN = frozenset('/\\<>:"|?*')
DEVICES = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{device}{n}" for device in ("com", "lpt") for n in "123456789¹²³"}
)
LONGEST = 255  # bytes of one name, on the usual file systems


def check_part(source: Path, part: str) -> None:
    """Refuse a name that leaves its folder, or that some system cannot store."""
    if problem := _problem(part):
        raise TemplateError(source, None, f"makes the unsafe name {part[:60]!a}: {problem}")


def _problem(part: str) -> str:
    if part in ("", ".", ".."):
        return "it is no name"
    if part.lower() == ".git":
        return "it belongs to git"
    if set(part) & FORBIDDEN or not part.isprintable():
        return "it has characters that not every system can store"
    if part.endswith((" ", ".")):
        return "it ends in a dot or a space"
    if part.split(".")[0].strip().lower() in DEVICES:
        return "it is a device on Windows"
    if len(part.encode()) > LONGEST:
        return "it is too long"
    return ""


class Registry:
    """Refuse a second source for one path, also where systems ignore the case of names."""

    def __init__(self) -> None:
        self._files: dict[str, Path] = {}
        self._folders: dict[str, str] = {}

    def add(self, source: Path, path: str) -> None:
        """Note a file and its folders."""
        parts = path.split("/")
        for depth in range(1, len(parts)):
            folder = "/".join(parts[:depth])
            if self._folders.setdefault(folder.casefold(), folder) != folder:
                raise TemplateError(source, None, f"{folder} differs from another only in case")
        key = path.casefold()
        if key in self._files:
            raise TemplateError(source, None, f"{path} is also made by {self._files[key]}")
        self._files[key] = source
