"""A Valkey server for development: on a unix socket, shared by all processes of a service.

Each process that uses the server holds a shared lock on the file `users` for as long as it lives,
so that the kernel counts them, killed ones included. Who starts or stops holds `gate`. The last
one to leave ends the server; the first one to come ends what a killed service has left behind.
"""

import fcntl
import hashlib
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

START_WITHIN = 5.0  # seconds
STOP_WITHIN = 5.0


class Embedded:
    """Start, share and end the server in a folder; its calls block."""

    def __init__(self, binary: Path, folder: Path) -> None:
        self.socket = folder / "valkey.sock"
        self._binary = binary
        self._folder = folder
        self._users = -1

    def start(self) -> None:
        """Use the server that runs, or start one; raise OSError when that fails."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._gate():
            self._users = os.open(self._folder / "users", os.O_RDWR | os.O_CREAT, 0o600)
            try:
                if self._alone():
                    self._end()
                if not _answers(self.socket):
                    self._launch()
                fcntl.flock(self._users, fcntl.LOCK_SH)
            except BaseException:
                os.close(self._users)
                raise

    def stop(self) -> None:
        """Leave; end the server when nobody else uses it."""
        with self._gate():
            if self._alone():
                self._end()
            os.close(self._users)

    def _alone(self) -> bool:
        try:
            fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _launch(self) -> None:
        self.socket.unlink(missing_ok=True)
        log = self._folder / "valkey.log"
        options = ["--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"]
        options += ["--save", "", "--appendonly", "no", "--loglevel", "warning"]
        # As a daemon it is nobody's child: Ctrl-C is for the service, which then ends the server.
        options += ["--daemonize", "yes", "--dir", str(self._folder), "--logfile", str(log)]
        started = subprocess.run(  # noqa: S603 - the binary of an installed package
            [self._binary, *options], capture_output=True, check=False, timeout=START_WITHIN
        )
        deadline = time.monotonic() + START_WITHIN
        while not _answers(self.socket):
            if started.returncode or time.monotonic() > deadline:
                raise OSError(f"the embedded Valkey does not start, see {log}")
            time.sleep(0.01)

    def _end(self) -> None:
        """Ask the server to end and wait until it has closed the connection."""
        with suppress(OSError), _connected(self.socket, STOP_WITHIN) as server:
            server.sendall(b"SHUTDOWN NOSAVE\r\n")
            while server.recv(1024):
                pass
        self.socket.unlink(missing_ok=True)

    @contextmanager
    def _gate(self) -> Iterator[None]:
        descriptor = os.open(self._folder / "gate", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def short_folder(folder: Path) -> Path:
    """Return a private folder with a short path that belongs to this long one."""
    digest = hashlib.blake2s(bytes(folder), digest_size=8).hexdigest()
    short = Path(tempfile.gettempdir()) / f"valkey-{os.getuid()}-{digest}"
    short.mkdir(mode=0o700, exist_ok=True)
    status = short.lstat()
    if status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise OSError(f"{short} belongs to somebody else")
    return short


@contextmanager
def _connected(path: Path, timeout: float) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(timeout)
        client.connect(str(path))
        yield client


def _answers(path: Path) -> bool:
    try:
        with _connected(path, 1) as server:
            server.sendall(b"PING\r\n")
            return server.recv(64).startswith(b"+PONG")
    except OSError:
        return False
