"""Signals that ask a process to stop, as an exception."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from msanic_cli.errors import Interrupted

STOPPING = ("SIGINT", "SIGTERM", "SIGHUP")


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
    if threading.current_thread() is not threading.main_thread():
        yield interruption  # signals reach the main thread only
        return
    numbers = [getattr(signal, name) for name in STOPPING if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    before = {number: handler for number, handler in before.items() if handler != signal.SIG_IGN}
    try:
        for number in before:
            signal.signal(number, interruption)
        yield interruption
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
