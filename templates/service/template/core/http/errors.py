"""The errors that a client may know about.

ApiError            any code
  Invalid           12 -> 422
  Unauthenticated   13 -> 401
  Forbidden         15 -> 403
  NotFound          22 -> 404
  Conflict          23 -> 409
"""

from collections.abc import Mapping
from typing import Any

from core.http.codes import Code, StatusCode


class ApiError(Exception):
    """Refuse a call with a code, words for the client and, where it helps, data.

    The HTTP status is the code's own, 400 for a plain number, unless `status` says otherwise.
    """

    def __init__(
        self,
        code: int,
        hint: str = "",
        data: Any = None,
        *,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Keep what the envelope will say."""
        self.code = int(code)
        self.msg = hint or (code.text if isinstance(code, StatusCode) else "")
        self.data = data
        self.status = 400 if status is None else status
        if status is None and isinstance(code, StatusCode):
            self.status = code.status
        self.headers = headers
        super().__init__(f"{self.code} {self.msg}")


class Invalid(ApiError):
    """Refuse an argument; `problems` lists `{"field", "problem"}`."""

    def __init__(
        self,
        hint: str = "",
        problems: list[dict[str, str]] | None = None,
        *,
        status: int | None = None,
    ) -> None:
        """Name the fields and what is wrong with each."""
        super().__init__(Code.INVALID, hint, problems, status=status)


class Unauthenticated(ApiError):
    """Ask the caller to say who they are."""

    def __init__(self, hint: str = "", *, scheme: str = "Bearer") -> None:
        """Name the scheme in `WWW-Authenticate` (RFC 9110, 11.6.1)."""
        super().__init__(Code.UNAUTHENTICATED, hint, headers={"WWW-Authenticate": scheme})


class Forbidden(ApiError):
    """Refuse a caller who is known but may not."""

    def __init__(self, hint: str = "") -> None:
        """Say why."""
        super().__init__(Code.FORBIDDEN, hint)


class NotFound(ApiError):
    """Say that the resource does not exist."""

    def __init__(self, hint: str = "") -> None:
        """Say what was looked for."""
        super().__init__(Code.NOT_FOUND, hint)


class Conflict(ApiError):
    """Say that the call contradicts what is stored."""

    def __init__(self, hint: str = "", data: Any = None) -> None:
        """Say what it contradicts."""
        super().__init__(Code.CONFLICT, hint, data)
