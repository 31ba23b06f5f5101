"""Every exception that leaves a request becomes an envelope with its true status."""

from asyncio import CancelledError
from collections.abc import Awaitable
from inspect import isawaitable
from typing import TYPE_CHECKING, Any

import structlog
from sanic import Request
from sanic.exceptions import RequestTimeout, SanicException, ServiceUnavailable
from sanic.handlers import ErrorHandler
from sanic.http import Http

from core.http.answer import dumps, envelope
from core.http.codes import Code
from core.http.errors import ApiError
from core.http.reply import Reply

if TYPE_CHECKING:
    from core.app import Service

log = structlog.stdlib.get_logger("core.http")

_BY_STATUS = {
    401: Code.UNAUTHENTICATED,
    403: Code.FORBIDDEN,
    404: Code.NOT_FOUND,
    405: Code.METHOD_NOT_ALLOWED,
    408: Code.TIMEOUT,
    409: Code.CONFLICT,
    413: Code.TOO_LARGE,
    414: Code.TOO_LARGE,
    415: Code.UNSUPPORTED_MEDIA_TYPE,
    429: Code.REPEATED,
    503: Code.TIMEOUT,
}


class Failures(ErrorHandler):
    """Answer exceptions; handlers that the service registered itself come first."""

    def __init__(self, app: "Service") -> None:
        super().__init__()
        self.cached_handlers |= app.error_handler.cached_handlers  # registered before
        self._app = app

    def response(self, request: Request, exception: Exception) -> Any:
        """Return the response, or a coroutine of it where a registered handler is one."""
        handler = self._lookup(exception, request.name if request else None)
        if handler is None:
            return self.default(request, exception)
        try:
            made = handler(request, exception)
        except Exception as error:
            return self.default(request, error)
        if isawaitable(made):
            return self._awaited(request, exception, made)
        return made or self.default(request, exception)

    def default(self, request: Request, exception: Exception) -> Any:
        """Return an envelope that says what the client may know."""
        error = _interrupted(request, exception) or self._known(exception)
        if error is None:
            where = {"method": request.method, "path": request.path}
            log.error("unexpected error", exc_info=exception, **where)
            error = ApiError(Code.FAILED)
        return _reply(error)

    async def _awaited(self, request: Request, exception: Exception, made: Awaitable[Any]) -> Any:
        try:
            return await made or self.default(request, exception)
        except Exception as error:
            return self.default(request, error)

    def _known(self, exception: Exception) -> ApiError | None:
        translated = self._app.translated(exception)
        if isinstance(translated, ApiError):
            return translated
        if isinstance(exception, ApiError):
            return exception
        return _from_sanic(exception) if isinstance(exception, SanicException) else None


def _interrupted(request: Request, exception: BaseException) -> ApiError | None:
    """Tell what ran out of time: the client while sending, the view, or the service at its end."""
    if isinstance(exception, CancelledError):
        return ApiError(Code.MAINTENANCE)
    stream = request.stream
    late = isinstance(exception, ServiceUnavailable) and getattr(stream, "request_body", None)
    if late and isinstance(stream, Http):
        # Sanic would go on to wait for the rest of the body, with no limit of time (25.12).
        stream.request_body = None
    if late or isinstance(exception, RequestTimeout):
        return ApiError(Code.TIMEOUT, "the request did not arrive in time", status=408)
    return None


def _from_sanic(exception: SanicException) -> ApiError | None:
    """Keep the status and the headers, not the words: they may repeat what came in."""
    status = exception.status_code or 500
    if status >= 500 and not exception.quiet:
        return None
    code = _BY_STATUS.get(status, Code.INVALID if status < 500 else Code.FAILED)
    headers = {str(name): str(value) for name, value in (exception.headers or {}).items()}
    return ApiError(code, status=status, headers=headers)


def _reply(error: ApiError) -> Reply:
    try:
        data = dumps(error.data)
    except (TypeError, ValueError) as broken:
        log.error("the data of an error cannot be serialised", exc_info=broken)
        data = b"null"
    return Reply(envelope(data, error.code, error.msg), error.status, error.headers)
