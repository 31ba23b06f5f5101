"""A Valkey server for development: on a unix socket, shared by all processes of a service.

The first process to come starts it, and ends before that what it cannot trust: a server that was
left behind. The last one to leave ends it; where that one was killed, guard.py does.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from core.redis import guard

START_WITHIN = 5.0  # seconds


class Embedded:
    """Start, share and end the server of a folder; its calls block."""

    def __init__(self, binary: Path, folder: Path) -> None:
        self.socket = folder / guard.SOCKET
        self._binary = binary
        self._folder = folder
        self._mine = -1

    def start(self) -> None:
        """Use the server that runs, or start one; raise OSError when that fails."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with guard.gate(self._folder):
            self._mine = guard.users(self._folder)
            try:
                if guard.is_alone(self._mine):
                    self._end()
                if not guard.answers(self._folder):
                    self._launch()
                    _run(sys.executable, "-IS", guard.__file__, str(self._folder))
                fcntl.flock(self._mine, fcntl.LOCK_SH)
            except BaseException:
                os.close(self._mine)
                raise

    def stop(self) -> None:
        """Leave; end the server when nobody else uses it."""
        with guard.gate(self._folder):
            if guard.is_alone(self._mine):
                self._end()
            os.close(self._mine)

    def _launch(self) -> None:
        log = self._folder / "valkey.log"
        options = ["--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"]
        options += ["--save", "", "--appendonly", "no", "--loglevel", "warning"]
        # As a daemon it is nobody's child: Ctrl-C is for the service, which then ends the server.
        options += ["--daemonize", "yes", "--dir", str(self._folder), "--logfile", str(log)]
        _run(str(self._binary), *options)
        deadline = time.monotonic() + START_WITHIN
        while not guard.answers(self._folder):
            if time.monotonic() > deadline:
                raise OSError(f"the embedded Valkey does not start, see {log}")
            time.sleep(0.01)

    def _end(self) -> None:
        with suppress(OSError), guard.connected(self._folder) as server:
            guard.end(server)
        self.socket.unlink(missing_ok=True)


def short_folder(folder: Path) -> Path:
    """Return a private folder with a short path that belongs to this long one."""
    digest = hashlib.blake2s(bytes(folder), digest_size=8).hexdigest()
    short = Path(tempfile.gettempdir()) / f"valkey-{os.getuid()}-{digest}"
    short.mkdir(mode=0o700, exist_ok=True)
    status = short.lstat()
    if status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise OSError(f"{short} belongs to somebody else")
    return short


def _run(*command: str) -> None:
    """Run a program that puts itself into the background; raise OSError when it fails."""
    null = subprocess.DEVNULL
    try:
        subprocess.run(  # noqa: S603 - our own interpreter, and the binary of a package
            command, check=True, timeout=START_WITHIN, stdin=null, stdout=null, stderr=null
        )
    except subprocess.SubprocessError as error:
        raise OSError(f"the embedded Valkey does not start: {error}") from None
