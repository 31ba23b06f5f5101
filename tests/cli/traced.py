"""Run the command, and do something at its N-th step that touches the system.

    python -m tests.cli.traced STEP ACTION ARGUMENT...

A step is a file opened for writing, a folder made, a rename, a removal or a program started.
ACTION is the name of a signal that the process sends to itself, `count` (the steps are printed at
the end), or `pause:FIFO` (open FIFO for reading, and so wait until somebody opens it for writing).
"""

import os
import signal
import sys
from typing import Any

STEPS = ("os.mkdir", "os.rename", "os.remove", "os.rmdir", "subprocess.Popen", "shutil.rmtree")


def main() -> int:
    """Run the command under an audit hook."""
    wanted, action = sys.argv[1], sys.argv[2]
    seen: list[str] = []
    busy = False

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal busy
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & os.O_CREAT
        if busy or not (writes or event in STEPS):
            return
        seen.append(event)
        if wanted in (event, str(len(seen))):
            busy = True
            act(action)
            busy = False

    from msanic_cli.cli import main as msanic

    sys.addaudithook(watch)
    sys.argv[1:] = sys.argv[3:]
    code = msanic()
    if action == "count":
        sys.stderr.write(" ".join(seen))
    return code


def act(action: str) -> None:
    """Do what was asked for."""
    if action.startswith("pause:"):
        with open(action.partition(":")[2]) as fifo:  # noqa: PTH123
            fifo.read()
    elif action != "count":
        os.kill(os.getpid(), getattr(signal, action))


if __name__ == "__main__":
    sys.exit(main())
