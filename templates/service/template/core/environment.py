"""Read settings from the environment and .env, and word what is wrong with them."""

import os
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from dotenv import dotenv_values
from pydantic import SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings import SettingsError as SourceError

ROOT = Path(__file__).resolve().parent.parent

S = TypeVar("S", bound="SettingsPart")


class SettingsError(Exception):
    """Say what is wrong with the settings, one line per variable."""


class SettingsPart(BaseSettings):
    """A group of keys that a service's Settings inherits from."""

    model_config = SettingsConfigDict(
        env_file=ROOT / ".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    def missing_in_prod(self) -> list[str]:
        """Return the unset fields without which the service must not run in production."""
        return []

    @classmethod
    def variable(cls, field: str) -> str:
        """Return the environment variable of a field."""
        return f"{cls.model_config.get('env_prefix', '')}{field}".upper()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over .env, and the prefixed name over the bare one.

        A test must not depend on the .env of whoever runs it: where the environment says so, .env
        is not read.
        """
        sources = (init_settings, env_settings, _Bare(settings_cls, dict(os.environ)))
        if os.environ.get(cls.variable("env")) == "test":
            return sources
        file = getattr(dotenv_settings, "env_file", None)
        return (*sources, dotenv_settings, _Bare(settings_cls, _dotenv(file)))


class _Bare(PydanticBaseSettingsSource):
    """Read fields marked `unprefixed` by their bare name, such as DATABASE_URL."""

    def __init__(self, kind: type[BaseSettings], variables: dict[str, str]) -> None:
        super().__init__(kind)
        self.variables = variables

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        extra = field.json_schema_extra
        bare = isinstance(extra, dict) and bool(extra.get("unprefixed"))
        return (self.variables.get(field_name.upper()) if bare else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        fields = self.settings_cls.model_fields.items()
        found = {name: self.get_field_value(field, name)[0] for name, field in fields}
        return {name: value for name, value in found.items() if value}


@dataclass(frozen=True)
class Key:
    """A settings key as documentation shows it."""

    variable: str
    default: str
    description: str
    secret: bool


def load_settings(kind: type[S]) -> S:
    """Read settings from the environment and .env; raise SettingsError in plain words."""
    try:
        return kind()
    except ValidationError as error:
        lines = [line for detail in error.errors() for line in _lines(kind, detail)]
        raise SettingsError("\n".join(lines)) from None
    except SourceError as error:
        raise SettingsError(f"{kind.variable('')}...: expected JSON: {error}") from None


def describe(kind: type[SettingsPart]) -> list[Key]:
    """List every key of a Settings class with its variable, default and description."""
    return [
        Key(
            variable=kind.variable(name),
            default=_shown(field.get_default(call_default_factory=True, validated_data={})),
            description=field.description or "",
            secret="Secret" in str(field.annotation),
        )
        for name, field in kind.model_fields.items()
    ]


def unknown_variables(kind: type[SettingsPart]) -> list[str]:
    """Return one warning for each variable with the prefix that no key reads."""
    prefix = kind.variable("")
    known = {kind.variable(name) for name in kind.model_fields}
    names = {name.upper() for name in (*os.environ, *_dotenv(kind.model_config.get("env_file")))}
    unknown = sorted(name for name in names - known if prefix and name.startswith(prefix))
    return [
        f"{name} is not a setting and has no effect{_suggestion(name, known)}" for name in unknown
    ]


def _suggestion(name: str, known: set[str]) -> str:
    close = get_close_matches(name, sorted(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""


def _dotenv(path: Any) -> dict[str, str]:
    values = dotenv_values(path, encoding="utf-8") if path else {}
    return {name.upper(): value for name, value in values.items() if value}


def _lines(kind: type[SettingsPart], detail: ErrorDetails) -> list[str]:
    """Word one of pydantic's errors; checks of the whole object name their variables themselves."""
    message = detail["msg"].removeprefix("Value error, ")
    if not detail["loc"]:
        return message.splitlines()
    return [f"{kind.variable(str(detail['loc'][0]))}: {message[0].lower()}{message[1:]}"]


def _shown(default: Any) -> str:
    if default is None or isinstance(default, SecretStr):
        return ""
    if isinstance(default, bool):
        return str(default).lower()
    return ",".join(default) if isinstance(default, tuple) else str(default)
