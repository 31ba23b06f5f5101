"""Headers that tell browsers to do nothing with an answer, and the guard of what operators see."""

from hmac import compare_digest

from sanic import HTTPResponse, Request

from core.http.codes import Code
from core.http.errors import ApiError
from core.http.reply import Handler

# OWASP REST Security Cheat Sheet, "Security headers". TLS, and with it Strict-Transport-Security,
# belongs to the proxy in front.
HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


def guarded(handler: Handler, token: str) -> Handler:
    """Let a handler answer only those who know the token.

    It comes as `Authorization: Bearer TOKEN`, or, for people with a browser, as the password of
    Basic authentication with any user name. The comparison takes the same time for any wrong token.
    """
    expected = token.encode()

    async def guard(request: Request) -> HTTPResponse | None:
        if not compare_digest(_given(request), expected) or not expected:
            raise ApiError(
                Code.UNAUTHENTICATED,
                headers={"WWW-Authenticate": 'Basic realm="operators", charset="UTF-8"'},
            )
        return await handler(request)

    return guard


def _given(request: Request) -> bytes:
    credentials = request.credentials
    kind = credentials.auth_type if credentials else None
    given = {"Basic": "password", "Bearer": "token"}.get(kind or "")
    if given is None:
        return b""
    return (getattr(credentials, given) or "").encode(errors="surrogateescape")
