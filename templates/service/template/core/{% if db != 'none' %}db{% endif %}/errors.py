"""What can go wrong with a database at run time, in one vocabulary for every engine.

DatabaseUnavailable     the server cannot be reached, or the connection was lost
  DatabaseBusy          no connection became free in time
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tortoise.exceptions import IntegrityError

from core.app import Service
from core.http.codes import Code
from core.http.errors import ApiError, Conflict

RETRY_AFTER = {"Retry-After": "1"}

MYSQL_DUPLICATE = 1062
POSTGRES_DUPLICATE = "23505"
SQLITE_DUPLICATE = ("SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY")


class DatabaseUnavailable(Exception):
    """Say that the database cannot be reached."""


class DatabaseBusy(DatabaseUnavailable):
    """Say that no connection became free in time."""


def install(app: Service) -> None:
    """Answer 503 when the database is the reason."""
    app.translate(
        DatabaseUnavailable,
        lambda error: ApiError(
            Code.MAINTENANCE, "the database cannot be reached", headers=RETRY_AFTER
        ),
    )
    app.translate(
        DatabaseBusy,
        lambda error: ApiError(Code.TIMEOUT, "the database is busy", headers=RETRY_AFTER),
    )


@contextmanager
def conflict_when_taken(hint: str) -> Iterator[None]:
    """Raise Conflict where a unique index refuses a row; other errors pass."""
    try:
        yield
    except IntegrityError as error:
        if is_duplicate(error):
            raise Conflict(hint) from error
        raise


def is_duplicate(error: IntegrityError) -> bool:
    """Return whether a unique index refused the row, whichever engine says so."""
    cause: Any = error.args[0] if error.args else None
    if not isinstance(cause, Exception):
        return False
    return (
        getattr(cause, "sqlstate", None) == POSTGRES_DUPLICATE
        or getattr(cause, "sqlite_errorname", None) in SQLITE_DUPLICATE
        or cause.args[:1] == (MYSQL_DUPLICATE,)
    )
