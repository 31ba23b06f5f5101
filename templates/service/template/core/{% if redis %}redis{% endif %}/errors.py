"""Answer 503 where Redis is needed and cannot be had."""

from redis.exceptions import ConnectionError, RedisError, TimeoutError

from core.app import Service
from core.http.codes import Code
from core.http.errors import ApiError
from core.redis.lock import LockBusy, LockLost

RETRY_AFTER = {"Retry-After": "1"}


def install(app: Service) -> None:
    """Translate what commands and locks raise."""
    for kind in (ConnectionError, TimeoutError, LockLost):
        app.translate(kind, _unavailable)
    app.translate(LockBusy, _busy)


def _unavailable(error: RedisError) -> ApiError:
    return ApiError(Code.MAINTENANCE, "temporarily unavailable, try again", headers=RETRY_AFTER)


def _busy(error: LockBusy) -> ApiError:
    return ApiError(Code.CONFLICT, "somebody else is at it, try again", headers=RETRY_AFTER)
