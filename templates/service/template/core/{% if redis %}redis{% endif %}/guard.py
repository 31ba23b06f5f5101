"""Count the users of an embedded Valkey, and end it when the last one is gone.

Each process that uses the server holds a shared lock on the file `users` for as long as it lives,
so that the kernel counts them, killed ones included. Who starts or ends a server holds `gate`.

Run as `python guard.py FOLDER`, this waits beside the server for the last user to go, for the case
that it could not say goodbye.
"""

import fcntl
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SOCKET = "valkey.sock"
END_WITHIN = 5.0  # seconds


def watch(folder: Path) -> None:
    """Wait until nobody uses the server, then end it."""
    with connected(folder) as server, open(users(folder), "rb+") as mine:
        while True:
            fcntl.flock(mine, fcntl.LOCK_EX)  # granted when the last user is gone
            fcntl.flock(mine, fcntl.LOCK_UN)
            with gate(folder):
                if is_alone(mine.fileno()):
                    end(server)
                    return


def users(folder: Path) -> int:
    """Open the file whose locks are the users."""
    return os.open(folder / "users", os.O_RDWR | os.O_CREAT, 0o600)


def is_alone(mine: int) -> bool:
    """Return whether nobody else uses the server; a shared lock held until now may be lost."""
    try:
        fcntl.flock(mine, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def gate(folder: Path) -> Iterator[None]:
    """Keep everybody else from starting and ending the server."""
    with open(folder / "gate", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def connected(folder: Path) -> Iterator[socket.socket]:
    """Connect to the server; raise OSError when it does not accept."""
    with socket.socket(socket.AF_UNIX) as server:
        server.settimeout(END_WITHIN)
        server.connect(str(folder / SOCKET))
        yield server


def answers(folder: Path) -> bool:
    """Return whether the server answers."""
    try:
        with connected(folder) as server:
            server.sendall(b"PING\r\n")
            return server.recv(64).startswith(b"+PONG")
    except OSError:
        return False


def end(server: socket.socket) -> None:
    """Have the server end, and wait until it has."""
    with suppress(OSError):
        server.sendall(b"SHUTDOWN NOSAVE\r\n")
        while server.recv(1024):
            pass


if __name__ == "__main__":
    if os.fork():
        os._exit(0)  # its caller waits for this one only
    os.setsid()
    watch(Path(sys.argv[1]))
