"""From a database URL to an engine and its credentials.

Tortoise's own parser takes `ssl=false` for true and leaves user and name percent-encoded.
"""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from core.settings import ROOT

SCHEMES = {
    "postgres": "pgsql",
    "postgresql": "pgsql",
    "pgsql": "pgsql",
    "asyncpg": "pgsql",
    "mysql": "mysql",
    "mariadb": "mysql",
    "sqlite": "sqlite",
}
PORTS = {"pgsql": 5432, "mysql": 3306}
MEMORY = ":memory:"


@dataclass(frozen=True)
class Target:
    """Say which engine to connect to and how; `where` is for people and holds no secret."""

    engine: str
    where: str
    credentials: Mapping[str, Any] = field(repr=False)

    @property
    def pooled(self) -> bool:
        """Return whether the engine has a pool of connections."""
        return self.engine != "sqlite"

    def having(self, **options: Any) -> Self:
        """Return the target with more options for its engine."""
        return replace(self, credentials={**self.credentials, **options})


def parse(url: str) -> Target:
    """Read a URL; raise ValueError with words that repeat nothing of it."""
    scheme = url.partition("://")[0]
    engine = SCHEMES.get(scheme, "")
    if not engine or find_spec(f"core.db.{engine}") is None:
        raise ValueError(f"expected a URL that begins with {' or '.join(_known())}")
    return _sqlite(url) if engine == "sqlite" else _server(engine, url)


def sqlite(path: str) -> Target:
    """Return the target for a SQLite file; relative paths are relative to the project."""
    file = path if path == MEMORY else str(ROOT / Path(path))
    return Target("sqlite", file, {"file_path": file})


def _known() -> list[str]:
    names = ("postgres", "mysql", "sqlite")
    return [f"{name}://" for name in names if find_spec(f"core.db.{SCHEMES[name]}")]


def _sqlite(url: str) -> Target:
    path = unquote(url.partition("://")[2])
    if not path or "?" in path:
        raise ValueError("expected sqlite:// and a path, such as sqlite:///var/lib/shop.sqlite3")
    return sqlite(path)


def _server(engine: str, url: str) -> Target:
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[engine]
    except ValueError:
        raise ValueError(
            "expected scheme://user:password@host:port/name with special characters percent-encoded"
        ) from None
    name = unquote(parts.path.removeprefix("/"))
    if not name or parts.fragment:
        raise ValueError("expected the name of a database after the host: scheme://host/name")
    options = _options(parts)
    host = options.get("host") or parts.hostname or "localhost"
    credentials = {
        "host": host,
        "port": port,
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "database": name,
        "ssl": _tls(options.get("ssl")),
    }
    return Target(engine, f"{host}:{port}/{name}", credentials)


def _options(parts: SplitResult) -> dict[str, str]:
    """Return what stands after the question mark; `host` is a unix socket, or its folder."""
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if "sslmode" in options:
        options["ssl"] = options.pop("sslmode")
    unknown = options.keys() - {"ssl", "host"}
    if unknown:
        raise ValueError(f"unknown option {min(unknown)}: valid options are ssl and host")
    return options


def _tls(value: str | None) -> ssl.SSLContext | bool | None:
    """Return what drivers take: None leaves it to the driver, False is off.

    `true` checks the certificate and the host's name; `require` encrypts without a check.
    """
    match value:
        case None | "prefer" | "allow":
            return None
        case "false" | "0" | "off" | "no" | "disable":
            return False
        case "true" | "1" | "on" | "yes" | "verify-full":
            return ssl.create_default_context()
        case "require":
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            return context
        case _:
            raise ValueError("expected ssl=true, ssl=false or ssl=require")
