"""Settings of the cache."""

from pydantic import Field

from core.redis.settings import RedisSettings


class CacheSettings(RedisSettings):
    """Keys for rows kept in Redis."""

    cache_ttl: float = Field(60, ge=1, description="Seconds a row is kept in Redis at most")
