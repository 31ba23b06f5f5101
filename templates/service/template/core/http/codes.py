"""The codes of the envelope, each with its HTTP status and the words for it."""

from enum import IntEnum


class StatusCode(IntEnum):
    """Number the outcomes of a call; subclass it for a service's own codes (from 100 on).

    A member is written ``NAME = number, http_status, text``.
    """

    status: int
    text: str

    def __new__(cls, number: int, status: int, text: str) -> "StatusCode":
        """Attach the HTTP status and the text to the number."""
        code = int.__new__(cls, number)
        code._value_ = number
        code.status = status
        code.text = text
        return code


class Code(StatusCode):
    """List the codes that every service shares."""

    OK = 0, 200, ""
    MAINTENANCE = 10, 503, "under maintenance, try again later"
    FAILED = 11, 500, "internal error"
    INVALID = 12, 422, "invalid argument"
    UNAUTHENTICATED = 13, 401, "authentication required"
    BAD_SIGNATURE = 14, 401, "bad signature"
    FORBIDDEN = 15, 403, "forbidden"
    NO_PERMISSION = 16, 403, "not enough permission"
    EXPIRED = 17, 401, "expired"
    REPEATED = 18, 429, "repeated request"
    CONFIGURATION = 21, 500, "configuration error"
    NOT_FOUND = 22, 404, "not found"
    CONFLICT = 23, 409, "conflict"
    METHOD_NOT_ALLOWED = 24, 405, "method not allowed"
    TOO_LARGE = 25, 413, "too large"
    UNSUPPORTED_MEDIA_TYPE = 26, 415, "unsupported media type"
    TIMEOUT = 27, 503, "timed out"
