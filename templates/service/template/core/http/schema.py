"""Bases and types for what comes in and goes out."""

import re
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

_RFC_3339 = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})")


class Input(BaseModel):
    """Validate a body or a query: unknown fields, nan and infinity are refused."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)


class Output(BaseModel):
    """Describe what is answered; rows and other objects are read by attribute."""

    model_config = ConfigDict(from_attributes=True)


# PostgreSQL cannot store NUL in text.
Text = Annotated[str, Field(pattern=r"^[^\x00]*$")]

# What a BIGINT key can hold: larger numbers would be a database error instead of a refusal.
Id = Annotated[int, Field(ge=1, le=2**63 - 1)]


def _written_out(value: object) -> object:
    if isinstance(value, int | float) or (
        isinstance(value, str) and not _RFC_3339.fullmatch(value.upper())
    ):
        raise ValueError("expected a date and time such as 2024-01-31T12:00:00Z")
    return value


# Left alone, pydantic takes numbers for seconds since 1970 (0.5 is a moment) and guesses the zone.
Instant = Annotated[AwareDatetime, BeforeValidator(_written_out)]
