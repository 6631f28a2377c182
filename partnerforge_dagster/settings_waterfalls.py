"""Who is asked first: the orders of the facts that several providers know.

Not for: walking down an order (research/waterfall.py), or the providers' own settings (settings.py).
"""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _each_once(order: tuple[str, ...]) -> tuple[str, ...]:
    if not order or len(set(order)) < len(order):
        raise ValueError('at least one provider, and each once, such as ["web_search", "gdelt"]')
    return order


class Waterfalls(BaseModel):
    """Who comes first for a fact that several providers know; who is left out is not used for it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    news: Annotated[tuple[Literal["web_search", "gdelt"], ...], AfterValidator(_each_once)] = Field(
        default=("web_search", "gdelt"), description="News about the company."
    )
    rank: Annotated[tuple[Literal["similarweb", "tranco"], ...], AfterValidator(_each_once)] = Field(
        default=("similarweb", "tranco"), description="The site's rank."
    )
    company: Annotated[tuple[Literal["yahoo", "wikidata", "builtwith"], ...], AfterValidator(_each_once)] = Field(
        default=("yahoo", "wikidata", "builtwith"),
        description="Industry, employees and headquarters: whose word stands where several know.",
    )
    figures: Annotated[tuple[Literal["sec_edgar", "yahoo"], ...], AfterValidator(_each_once)] = Field(
        default=("sec_edgar", "yahoo"), description="A fiscal year's figures: whose stand where both have them."
    )
