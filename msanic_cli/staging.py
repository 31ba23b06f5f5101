"""All-or-nothing writing: into a hidden sibling of the target, then one rename."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from msanic_cli.errors import MsanicError, TargetError
from msanic_cli.hidden import hidden_sibling, make_locked, sweep
from msanic_cli.interruption import interruptible

USER_CAN_HELP = {
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.ENOTDIR,
    errno.ENAMETOOLONG,
    errno.ELOOP,
    errno.EINVAL,
}


class Writable(Protocol):
    """A file of a project, as the engine renders it."""

    @property
    def content(self) -> bytes: ...
    @property
    def mode(self) -> int: ...


@contextmanager
def staged_directory(target: Path) -> Iterator[Path]:
    """Yield a hidden folder that becomes `target` when the block succeeds, and vanishes otherwise.

    Replaces an empty folder; raises TargetError for anything else that is there, also where it
    appeared meanwhile. Signals raise Interrupted inside the block, and nothing is left, not even
    the parents made for it. Only SIGKILL leaves the hidden folder: the next run sweeps it.
    """
    target = target.absolute()
    _check_free(target)
    with interruptible() as interruption, _one_line(target):
        created: list[Path] = []
        folder = hidden_sibling(target)
        lock: int | None = None
        try:
            _make_parents(target.parent, created)
            sweep(target.parent)
            lock = make_locked(folder)
            yield folder
            interruption.ignored = True  # from here on the project is there: too late to stop
            _move(folder, target)
        except BaseException:
            interruption.ignored = True  # a second Ctrl-C must not stop the cleaning
            shutil.rmtree(folder, ignore_errors=True)
            for parent in reversed(created):
                with suppress(OSError):
                    parent.rmdir()
            raise
        finally:
            if lock is not None:
                os.close(lock)


def write_tree(files: Mapping[str, Writable], folder: Path) -> None:
    """Write {path with slashes: file} below a folder of one's own, within the umask."""
    made: set[Path] = set()
    for name, file in files.items():
        path = folder / name
        if path.parent not in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            made.add(path.parent)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
        descriptor = os.open(path, flags | getattr(os, "O_BINARY", 0), file.mode)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(file.content)


def _check_free(target: Path) -> None:
    if "\0" in str(target):
        raise TargetError("the target's name has a character that no system can store")
    try:
        if target.is_symlink():
            raise TargetError(f"{target} is a symbolic link: name another folder")
        if target.exists() and not target.is_dir():
            raise TargetError(f"{target} is a file: name another folder")
        if target.is_dir() and any(target.iterdir()):
            raise _occupied(target)
    except OSError as error:
        raise _failure(target, error) from error


def _occupied(target: Path) -> TargetError:
    return TargetError(f"{target} is not empty: choose another name, or move it away first")


def _make_parents(parent: Path, created: list[Path]) -> None:
    for folder in (*reversed(parent.parents), parent):
        if not folder.is_dir():
            created.append(folder)  # before it is made: a signal may come in between
            try:
                folder.mkdir()
            except FileExistsError:
                created.pop()  # another run was faster


def _move(folder: Path, target: Path) -> None:
    """Rename onto nothing or onto an empty folder; the system refuses any other atomically."""
    try:
        if sys.platform == "win32" and target.is_dir():
            target.rmdir()
        folder.rename(target)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            raise _occupied(target) from error
        raise


@contextmanager
def _one_line(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _failure(target, error) from error


def _failure(target: Path, error: OSError) -> MsanicError:
    kind = TargetError if error.errno in USER_CAN_HELP else MsanicError
    return kind(f"{target} cannot be written: {error.strerror or error}; nothing was left")
