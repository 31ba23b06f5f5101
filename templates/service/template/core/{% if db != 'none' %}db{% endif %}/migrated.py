"""What aerich migrates, and where."""

from collections.abc import Sequence
from typing import Any

from core.db.database import orm_config
from core.db.settings import DatabaseSettings
from core.settings import SettingsError, load_settings


def aerich_config(kind: type[DatabaseSettings], modules: Sequence[str]) -> dict[str, Any]:
    """Return aerich's configuration, with the database of the service's settings.

    Exits with one line where there is no database to migrate; connects to nothing.
    """
    try:
        settings = load_settings(kind)
    except SettingsError as error:
        raise SystemExit(str(error)) from None
    if settings.database_url is None:
        raise SystemExit(
            f"{settings.variable('database_url')} is not set: nothing to migrate. "
            "The SQLite file that stands in for a database gets its tables when the service starts."
        )
    return orm_config(settings.database_target(), [*modules, "aerich.models"])
