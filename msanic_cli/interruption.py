"""Stopping while a project is written, as an exception."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from msanic_cli.errors import Interrupted
from msanic_cli.signals import stopping_signals


class Interruption:
    """Raise Interrupted on the first signal; none after it, so that cleaning up can finish."""

    def __init__(self) -> None:
        self.ignored = False

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        if not self.ignored:
            self.ignored = True
            raise Interrupted("interrupted: nothing was written")


@contextmanager
def interruptible() -> Iterator[Interruption]:
    """Raise Interrupted inside the block for a signal, unless the process was told to ignore it."""
    interruption = Interruption()
    with stopping_signals(interruption):
        yield interruption
