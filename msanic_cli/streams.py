"""The standard streams of the process: their encoding, and those that are closed, full or left."""

import os
import sys
from contextlib import suppress

NUMBERS = {"stdout": 1, "stderr": 2}


def prepare() -> None:
    """Write UTF-8 and LF on every system; what has no encoding is replaced, never an error.

    Streams that the caller closed lead to nowhere: a file opened later must not take their number.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= max(NUMBERS.values()):
        pass
    os.close(descriptor)
    for name, number in NUMBERS.items():
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, "w", closefd=False))  # noqa: SIM115
        reconfigure = getattr(getattr(sys, name), "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace", newline="\n")


def finish() -> None:
    """Write what is left of standard output. Raises OSError naming it."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        _silence("stdout")
        raise OSError(error.errno, error.strerror, "standard output") from error


def silence() -> None:
    """Point both streams to nowhere, so that the flush at exit has nothing to complain about."""
    for name in NUMBERS:
        _silence(name)


def _silence(name: str) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    with suppress(OSError, ValueError):  # one of a test has no number
        os.dup2(nowhere, getattr(sys, name).fileno())
    os.close(nowhere)
