"""Settings that every service has."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, SecretStr, field_validator, model_validator
from pydantic_settings import NoDecode

from core.environment import (
    ROOT,
    Key,
    SettingsError,
    SettingsPart,
    describe,
    load_settings,
    unknown_variables,
)

__all__ = [
    "ROOT",
    "ApiVersion",
    "Description",
    "Key",
    "Name",
    "Port",
    "ServiceId",
    "ServiceSettings",
    "SettingsError",
    "SettingsPart",
    "Workers",
    "describe",
    "load_settings",
    "unknown_variables",
]

TOKEN_LENGTH = 16

Access = Literal["on", "protected", "off"]
Words = Annotated[tuple[str, ...], NoDecode]  # separated by commas in the environment

# Keys that a service gives defaults of its own, so that rule and description come along.
Name = Annotated[
    str, Field(pattern=r"^[a-z][a-z0-9_]*$", description="Name in logs, metrics and file names")
]
ServiceId = Annotated[str, Field(description="Short id of the service in every log line")]
Description = Annotated[str, Field(description="What the service is for, in its API description")]
Port = Annotated[int, Field(ge=1, le=65535, description="Port to listen on")]
Workers = Annotated[
    Annotated[int, Field(ge=1, le=64)] | Literal["auto"],
    Field(description="Processes of this instance, 1 to 64; auto is one"),
]
ApiVersion = Annotated[
    Annotated[str, Field(pattern=r"^[A-Za-z0-9]+(\.[A-Za-z0-9]+)*$", max_length=10)] | None,
    BeforeValidator(lambda value: None if value == "none" else value),
    Field(description="Default version in paths: 1 gives /v1; none gives none"),
]


class ServiceSettings(SettingsPart):
    """Keys of the server itself."""

    env: Literal["dev", "test", "prod"] = Field(
        "dev", description="Where the service runs: dev, test or prod"
    )
    debug: bool = Field(False, description="Log at level debug and list the routes; not in prod")
    name: Name = "service"
    service_id: ServiceId = "S0000"
    description: Description = ""
    version: str = Field("0.1.0", description="Version of the service, in its API description")

    host: str = Field(
        "127.0.0.1", min_length=1, description="Address to listen on; 0.0.0.0 for all"
    )
    port: Port = 8888
    workers: Workers = "auto"
    url_prefix: str = Field("", description="Put before every path of the API, such as /shop")
    api_version: ApiVersion = None

    grace: float = Field(
        8, ge=0, le=3600, description="Seconds that requests in flight are given when stopping"
    )
    shutdown_delay: float = Field(
        0,
        ge=0,
        le=600,
        description="Seconds to answer as usual but unready before stopping, for load balancers",
    )
    keep_alive: float = Field(
        75, ge=0, description="Seconds an idle connection stays open; 0 closes at once"
    )
    request_timeout: float = Field(30, gt=0, description="Seconds a request may take to arrive")
    response_timeout: float = Field(30, gt=0, description="Seconds an answer may take")
    body_limit: int = Field(
        1_048_576,
        ge=8192,  # Sanic allows no headers above it either
        description="Largest request body, in bytes",
    )

    access_log: bool | None = Field(
        None, description="Log a line per request; unset: everywhere but in prod"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least severe lines to log: debug, info, warning or error"
    )
    log_format: Literal["json", "console"] | None = Field(
        None, description="json or console; unset: json in prod, else console"
    )

    cors_origins: Words = Field(
        (), description="Origins that browsers may call from, separated by commas; * for any"
    )
    cors_credentials: bool = Field(False, description="Let browsers send cookies across origins")
    cors_headers: Words = Field(
        ("authorization", "content-type", "x-request-id"),
        description="Request headers that browsers may send across origins",
    )
    cors_max_age: int = Field(600, ge=0, description="Seconds a browser may remember all that")

    proxies_count: int = Field(
        0, ge=0, description="Trusted proxies in front that append to X-Forwarded-For"
    )
    real_ip_header: str | None = Field(
        None, description="Header in which the proxy puts the client's address"
    )
    forwarded_secret: SecretStr | None = Field(
        None, description="Secret by which the proxy's Forwarded header is believed"
    )

    docs: Access | None = Field(
        None, description="/docs, /openapi.json: on, protected or off; unset: protected in prod"
    )
    metrics: Access | None = Field(
        None, description="/metrics: on, protected or off; unset: on, protected in prod"
    )
    ops_token: SecretStr = Field(
        SecretStr(""), description="Bearer token for what is protected, 16 characters or more"
    )
    ready_timeout: float = Field(
        2, gt=0, description="Seconds that readiness waits for each resource"
    )
    var_dir: Path = Field(
        Path("var"), description="Folder for files that the service writes, relative to the project"
    )

    @property
    def docs_mode(self) -> Access:
        """Who may see /docs and /openapi.json."""
        return self.docs or self._access_by_env()

    @property
    def metrics_mode(self) -> Access:
        """Who may see /metrics."""
        return self.metrics or self._access_by_env()

    @property
    def logs_access(self) -> bool:
        """Whether each request is logged."""
        return self.env != "prod" if self.access_log is None else self.access_log

    @property
    def logs_json(self) -> bool:
        """Whether log lines are JSON."""
        return self.env == "prod" if self.log_format is None else self.log_format == "json"

    @property
    def processes(self) -> int:
        """How many processes serve."""
        return 1 if self.workers == "auto" else self.workers

    def _access_by_env(self) -> Access:
        return "protected" if self.env == "prod" else "on"

    @field_validator("cors_origins", "cors_headers", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(word.strip() for word in value.split(",") if word.strip())
        return value

    @field_validator("url_prefix")
    @classmethod
    def _normal(cls, value: str) -> str:
        path = value.strip("/")
        return f"/{path}" if path else ""

    @field_validator("var_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return ROOT / value

    @model_validator(mode="after")
    def _checked(self) -> Self:
        problems = [*self._wrong_together(), *(self._wrong_in_prod() if self.env == "prod" else ())]
        if problems:
            raise ValueError("\n".join(problems))
        return self

    def _wrong_together(self) -> list[str]:
        problems = []
        protected = [
            key for key in ("docs", "metrics") if getattr(self, f"{key}_mode") == "protected"
        ]
        if protected and len(self.ops_token.get_secret_value()) < TOKEN_LENGTH:
            problems.append(
                f"{self.variable('ops_token')}: expected {TOKEN_LENGTH} characters or more, "
                f"because {' and '.join(protected)} are protected by it"
            )
        if self.cors_credentials and "*" in self.cors_origins:
            problems.append(
                f"{self.variable('cors_origins')}: expected origins by name, because "
                f"{self.variable('cors_credentials')} is on and browsers refuse * with it"
            )
        return problems

    def _wrong_in_prod(self) -> list[str]:
        problems = [
            f"{self.variable(key)}: expected a value in prod" for key in self.missing_in_prod()
        ]
        if self.debug:
            problems.append(f"{self.variable('debug')}: expected false in prod")
        return problems
