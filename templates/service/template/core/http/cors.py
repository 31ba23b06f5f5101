"""Cross-origin requests (the CORS protocol of the Fetch standard), decided by Origin alone."""

import re
from collections.abc import Iterable, MutableMapping
from dataclasses import dataclass

from sanic import Request

from core.lifecycle import StartError
from core.settings import ServiceSettings

_PATTERN = re.compile(r"https?://(\*\.)?[a-z0-9.-]+(:[0-9]+)?", re.IGNORECASE)
_EXPOSED = "X-Request-ID, Location, ETag, Retry-After"


@dataclass(frozen=True)
class Cors:
    """Decide which origins may read answers, and say so in headers."""

    anyone: bool
    origins: frozenset[str]
    patterns: tuple[re.Pattern[str], ...]
    credentials: bool
    allow_headers: str
    max_age: str

    @property
    def enabled(self) -> bool:
        """Say whether any origin may call."""
        return self.anyone or bool(self.origins) or bool(self.patterns)

    def allows(self, origin: str) -> bool:
        """Say whether this origin may read answers."""
        lower = origin.lower()
        return (
            self.anyone
            or lower in self.origins
            or any(pattern.fullmatch(lower) for pattern in self.patterns)
        )

    def permit(self, headers: MutableMapping[str, str], origin: str) -> None:
        """Add the headers that let this origin read an answer, if it may."""
        if not self.allows(origin):
            return
        headers["access-control-allow-origin"] = "*" if self.anyone else origin
        headers["access-control-expose-headers"] = _EXPOSED
        if self.credentials:
            headers["access-control-allow-credentials"] = "true"

    def preflight(self, request: Request, methods: str) -> dict[str, str]:
        """Return the headers that answer a preflight request."""
        origin = request.headers.get("origin", "")
        if "access-control-request-method" not in request.headers or not self.allows(origin):
            return {}
        return {
            "access-control-allow-methods": methods,
            "access-control-allow-headers": self.allow_headers,
            "access-control-max-age": self.max_age,
        }


def compile_cors(settings: ServiceSettings) -> Cors:
    """Read the settings, which refuse * with credentials; raise StartError for a bad origin."""
    origins = [origin.rstrip("/").lower() for origin in settings.cors_origins]
    anyone = "*" in origins
    named = [origin for origin in origins if origin != "*"]
    for origin in named:
        if not _PATTERN.fullmatch(origin):
            raise StartError(
                f"cors_origins: expected https://example.com, https://*.example.com or *, "
                f"got {origin!r}"
            )
    return Cors(
        anyone=anyone,
        origins=frozenset(origin for origin in named if "*" not in origin),
        patterns=tuple(_patterns(named)),
        credentials=settings.cors_credentials,
        allow_headers=", ".join(settings.cors_headers),
        max_age=str(settings.cors_max_age),
    )


def _patterns(origins: Iterable[str]) -> Iterable[re.Pattern[str]]:
    """Turn https://*.example.com into a pattern of one or more labels below example.com."""
    for origin in origins:
        if "*" in origin:
            labels = r"[a-z0-9-]+(?:\.[a-z0-9-]+)*"
            yield re.compile(re.escape(origin).replace(r"\*", labels))
