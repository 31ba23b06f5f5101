"""Settings that every service has, read from the environment and from .env."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeVar

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent

S = TypeVar("S", bound="ServiceSettings")


class SettingsError(Exception):
    """Say, one line per variable, what is wrong with the settings."""


class SettingsPart(BaseSettings):
    """A group of keys that a Settings class is put together from."""

    model_config = SettingsConfigDict(
        env_file=ROOT / ".env", env_file_encoding="utf-8", extra="ignore", frozen=True
    )

    def missing_in_prod(self) -> list[str]:
        """Return the fields without which the service must not run in production."""
        return []


class ServiceSettings(SettingsPart):
    """Keys of the server itself."""

    env: Literal["dev", "test", "prod"] = Field("dev", description="Where the service runs")
    debug: bool = Field(False, description="Print routes and traces; never in prod")
    name: str = Field("service", description="Name in logs, metrics and files")
    service_id: str = Field("S0000", description="Short id in logs and metrics")
    description: str = Field("", description="What the service is for, in its API description")
    version: str = Field("0.1.0", description="Version of the service, in its API description")
    host: str = Field("127.0.0.1", description="Address to listen on")
    port: int = Field(8888, ge=1, le=65535, description="Port to listen on")
    workers: int | Literal["auto"] = Field("auto", description="Processes; auto is one")
    url_prefix: str = Field("", description="Put before every path of the API")
    api_version: str | None = Field(None, description="Default version in paths, 1 gives /v1")
    grace: float = Field(8.0, ge=0, description="Seconds that requests in flight get at stop")
    shutdown_delay: float = Field(0.0, ge=0, description="Seconds of answering 'not ready' at stop")
    keep_alive: float = Field(75.0, ge=0, description="Seconds an idle connection is kept")
    request_timeout: float = Field(30.0, gt=0, description="Seconds a request may take to arrive")
    response_timeout: float = Field(30.0, gt=0, description="Seconds an answer may take")
    body_limit: int = Field(1_048_576, ge=1, description="Largest request body in bytes")
    access_log: bool | None = Field(None, description="One line per request; unset: off in prod")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least")
    log_format: Literal["json", "console"] | None = Field(None, description="Unset: by env")
    cors_origins: tuple[str, ...] = Field((), description="Origins that browsers may call from")
    cors_credentials: bool = Field(False, description="Let browsers send cookies")
    cors_headers: tuple[str, ...] = Field((), description="Request headers browsers may send")
    cors_max_age: int = Field(600, ge=0, description="Seconds a browser may keep the permission")
    proxies_count: int = Field(0, ge=0, description="Trusted proxies in front")
    real_ip_header: str | None = Field(None, description="Header with the client's address")
    forwarded_secret: SecretStr | None = Field(None, description="Secret of the Forwarded header")
    docs: Literal["on", "protected", "off"] | None = Field(None, description="/docs, /openapi.json")
    metrics: Literal["on", "protected", "off"] | None = Field(None, description="/metrics")
    ops_token: SecretStr = Field(SecretStr(""), description="Token for what is protected")
    ready_timeout: float = Field(2.0, gt=0, description="Seconds readiness waits for an answer")
    var_dir: Path = Field(Path("var"), description="Folder for files the service writes")


def load_settings(kind: type[S]) -> S:
    """Read settings from the environment and .env; raise SettingsError in plain words."""
    return kind()
