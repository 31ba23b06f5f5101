"""Entry point: run a command, and turn whatever goes wrong into one line and an exit code.

Nothing heavy is imported here: `--help` and `--version` start with this module.
"""

import gc
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from msanic_cli import __version__, streams
from msanic_cli.signals import STOPPING, stopping_signals

USAGE, INTERRUPTED = 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `msanic` with these arguments (default: those of the process); return the exit code.

    0 success, 1 failure, 2 wrong usage, 130 interrupted. No exception leaves this function.
    """
    argv = list(sys.argv[1:] if arguments is None else arguments)
    if arguments is None:
        gc.disable()  # this process lives for a moment: collecting would cost a tenth of it
    streams.prepare()
    # The process ends afterwards: a late signal ends it without a traceback.
    with stopping_signals(_interrupt, afterwards=signal.SIG_DFL if arguments is None else None):
        try:
            code = _run(argv)
            streams.finish()
        except BrokenPipeError:
            streams.silence()  # the reader left: there is nobody to tell
            code = 1
        except SystemExit as leave:  # shell completion leaves this way
            code = leave.code if isinstance(leave.code, int) else 0
        except (Exception, KeyboardInterrupt) as error:
            if os.environ.get("MSANIC_DEBUG"):
                raise
            code = _tell(error, as_json="--json" in argv)
    return code


def _run(argv: list[str]) -> int:
    if argv == ["--version"]:
        sys.stdout.write(f"msanic {__version__}\n")
        return 0
    from msanic_cli.commands import group

    result = group().main(argv or ["--help"], prog_name="msanic", standalone_mode=False)
    if result == INTERRUPTED:  # typer's way of saying that it caught a KeyboardInterrupt
        raise KeyboardInterrupt
    if not argv:
        return USAGE
    return result if isinstance(result, int) else 0


def _tell(error: BaseException, *, as_json: bool) -> int:
    from msanic_cli.failure import describe
    from msanic_cli.terminal import Terminal

    failure = describe(error)
    try:
        Terminal(json=as_json).failure(failure)
        streams.finish()
    except OSError:
        streams.silence()  # the exit code has to do
    return failure.exit_code


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Unwind the stack as Ctrl-C does, once, so that cleaning up finishes."""
    for stopping in STOPPING:
        signal.signal(stopping, signal.SIG_IGN)
    raise KeyboardInterrupt
