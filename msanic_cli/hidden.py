"""Hidden folders in which projects are written, and those that dead runs left.

A run holds a lock on its folder, which the system drops with the process, however it dies. Where
there are no such locks (Windows, some network drives) nothing is ever taken for a leftover.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import sys
from contextlib import suppress
from pathlib import Path

LEFTOVER = re.compile(r"\..+\.msanic-[0-9a-f]{16}")
LONGEST_NAME = 200  # bytes of the target's name that the hidden name repeats


def hidden_sibling(target: Path) -> Path:
    """Return a new hidden name beside the target."""
    start = target.name.encode(errors="ignore")[:LONGEST_NAME].decode(errors="ignore")
    return target.with_name(f".{start}.msanic-{secrets.token_hex(8)}")


def make_locked(folder: Path) -> int | None:
    """Make the folder and return a descriptor that locks it, or None where there are no locks.

    A sweeping run may take the new folder for a leftover before it is locked: then make it again.
    """
    while True:
        folder.mkdir()
        descriptor = _lock(folder, wait=True)
        if folder.is_dir():
            return descriptor
        if descriptor is not None:
            os.close(descriptor)


def sweep(parent: Path) -> None:
    """Remove the hidden folders of runs that died. Never touches that of a living one."""
    with suppress(OSError):
        for entry in list(os.scandir(parent)):
            if LEFTOVER.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False):
                _remove_if_dead(parent / entry.name)


def _lock(folder: Path, *, wait: bool) -> int | None:
    """Return a descriptor that holds the folder's lock, or None where that cannot be had."""
    if sys.platform == "win32":
        return None
    import fcntl

    descriptor = None
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        return descriptor
    except OSError:
        if descriptor is not None:
            os.close(descriptor)
        return None


def _remove_if_dead(folder: Path) -> None:
    descriptor = _lock(folder, wait=False)
    if descriptor is not None:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(descriptor)
