"""The signals that ask a process to stop."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

STOPPING = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


@contextmanager
def stopping_signals(
    handler: Callable[[int, FrameType | None], None], *, afterwards: signal.Handlers | None = None
) -> Iterator[None]:
    """Let a handler have them inside the block, then `afterwards`, or what had them before.

    Those that the caller chose to ignore (`nohup`, a background job) stay ignored. Outside of the
    main thread nothing changes: its owner handles signals.
    """
    before = {}
    try:
        for number in STOPPING:
            if signal.getsignal(number) != signal.SIG_IGN:
                before[number] = signal.signal(number, handler)
    except ValueError:
        before = {}  # not the main thread
    try:
        yield
    finally:
        for number, previous in before.items():
            signal.signal(number, previous if afterwards is None else afterwards)
