"""Settings of the connection to Redis."""

from typing import Annotated

from pydantic import AfterValidator, Field
from redis.asyncio.connection import parse_url

from core.settings import ServiceSettings

PROBLEM = "expected redis://[user:password@]host[:port][/number], rediss://... or unix://path"


def _checked(url: str) -> str:
    try:
        parsed = parse_url(url)
    except ValueError:
        raise ValueError(PROBLEM) from None  # the driver's words may hold the password
    if not parsed.get("host") and not parsed.get("path"):
        raise ValueError(PROBLEM)
    return url


class RedisSettings(ServiceSettings):
    """Keys for Redis, or for whatever speaks its protocol (Valkey, KeyDB)."""

    redis_url: Annotated[str, AfterValidator(_checked)] | None = Field(
        None,
        repr=False,
        description="redis://, rediss:// or unix:// address; unset in dev: an embedded Valkey",
        json_schema_extra={"unprefixed": True},
    )
    redis_pool_max: int = Field(
        50, ge=1, description="Connections of each process; when all are busy, callers wait"
    )
    redis_pool_wait: float = Field(
        5, gt=0, description="Seconds a caller waits for a free connection"
    )
    redis_connect_timeout: float = Field(
        0.5, gt=0, description="Seconds until a server that does not accept counts as down"
    )
    redis_timeout: float = Field(
        1, gt=0, description="Seconds until a server that does not answer counts as down"
    )
    redis_prefix: str | None = Field(
        None, description="Put before every key; unset: the name of the service and a colon"
    )
    redis_required: bool = Field(
        False, description="Refuse to start, and report unready, while Redis is down"
    )

    @property
    def redis_keys(self) -> str:
        """What every key starts with."""
        return f"{self.name}:" if self.redis_prefix is None else self.redis_prefix

    def missing_in_prod(self) -> list[str]:
        """Ask for the address in production."""
        return [*super().missing_in_prod(), *([] if self.redis_url else ["redis_url"])]
