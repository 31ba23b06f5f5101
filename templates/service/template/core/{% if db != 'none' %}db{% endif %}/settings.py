"""Settings of the database."""

from pathlib import Path

from pydantic import Field, SecretStr, field_validator

from core.db.url import Target, parse, sqlite
from core.settings import ServiceSettings


class DatabaseSettings(ServiceSettings):
    """Keys of every engine."""

    database_url: SecretStr | None = Field(
        None,
        description="Where the database is, such as postgres://user:password@host/name; unset: "
        "SQLite in the var folder, but not in prod",
        json_schema_extra={"unprefixed": True},
    )
    database_timeout: float = Field(
        5, gt=0, le=600, description="Seconds to connect, or to wait for a free connection"
    )

    @field_validator("database_url")
    @classmethod
    def _parseable(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            parse(value.get_secret_value())
        return value

    @property
    def stand_in_file(self) -> Path:
        """Return the SQLite file that stands in for the database when no URL is set."""
        return self.var_dir / f"{self.name}.sqlite3"

    def database_target(self) -> Target:
        """Return which engine to connect to, where and how."""
        if self.database_url is None:
            target = sqlite(str(self.stand_in_file))
        else:
            target = parse(self.database_url.get_secret_value())
        return target.having(timeout=self.database_timeout)

    def missing_in_prod(self) -> list[str]:
        """Ask for the URL in production."""
        unset = ["database_url"] if self.database_url is None else []
        return [*unset, *super().missing_in_prod()]
