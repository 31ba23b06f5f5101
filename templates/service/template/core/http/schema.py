"""Bases and types for what comes in and goes out."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


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
