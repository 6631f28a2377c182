"""Base types of every record: frozen models, aware UTC times, shares, money.

Not for: anything about a provider, a module or a score.
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field


def _to_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


UtcDatetime = Annotated[AwareDatetime, AfterValidator(_to_utc)]
"""An aware moment, stored in UTC; a naive one is refused."""

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
"""A part of a whole, 0 to 1 (never 0 to 100)."""

Points = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
"""A score on the scale that people read, 0 to 100."""

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
"""An ISO 4217 code: `USD`. Minor units (London's `GBp`) are converted before a record is made."""


class Frozen(BaseModel):
    """A record: immutable, unknown keys refused, so that a misspelt field fails where it is written."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Money(Frozen):
    """An amount in major units of a currency (pounds, not pence)."""

    amount: float = Field(allow_inf_nan=False)
    currency: Currency


class Mode(StrEnum):
    """Where facts come from: the built-in emulator or the real providers. The two never mix in one store."""

    SANDBOX = "sandbox"
    LIVE = "live"
