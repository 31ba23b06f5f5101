"""Compiled templates, kept where Python keeps the bytecode of this package.

Compiling the templates takes longer than all else that `new` does. Like bytecode, the file is made
on first use, is skipped where it cannot be written or PYTHONDONTWRITEBYTECODE is set, follows
PYTHONPYCACHEPREFIX, and is trusted as much as the code beside it.
"""

from __future__ import annotations

import marshal
import os
import sys
from contextlib import suppress
from hashlib import sha256
from importlib.util import MAGIC_NUMBER, cache_from_source
from pathlib import Path
from types import CodeType

Entries = dict[str, tuple[str, CodeType]]


class CompiledTemplates:
    """Hold compiled templates by file name (or text), each valid for one source."""

    def __init__(self, name: str, version: str) -> None:
        beside = Path(cache_from_source(__file__))
        self._path = beside.with_name(f"{name}.{sys.implementation.cache_tag}.templates")
        self._header = MAGIC_NUMBER + sha256(version.encode()).digest()
        self._entries = self._load()
        self._changed = False

    def get(self, key: str, source: str) -> CodeType | None:
        """Return the code compiled from this very source, or None."""
        digest, code = self._entries.get(key, ("", None))
        return code if digest == _digest(source) else None

    def put(self, key: str, source: str, code: CodeType) -> None:
        """Keep the code of a source."""
        self._entries[key] = (_digest(source), code)
        self._changed = True

    def save(self) -> None:
        """Write the file if there is anything new; a cache that cannot be written is no error."""
        if not self._changed or sys.dont_write_bytecode:
            return
        self._changed = False
        unfinished = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            try:
                unfinished.write_bytes(self._header + marshal.dumps(self._entries))
                unfinished.replace(self._path)
            finally:
                unfinished.unlink(missing_ok=True)

    def _load(self) -> Entries:
        with suppress(OSError, EOFError, ValueError, TypeError):
            content = self._path.read_bytes()
            if content.startswith(self._header):
                entries = marshal.loads(content[len(self._header) :])  # noqa: S302
                return entries if isinstance(entries, dict) else {}
        return {}


def _digest(source: str) -> str:
    return sha256(source.encode()).hexdigest()
