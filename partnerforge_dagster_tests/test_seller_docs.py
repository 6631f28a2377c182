"""The page about the seller profile leaves no field out."""

import re
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from partnerforge_dagster.seller import Figure, Seller

PAGE = (Path(__file__).parents[1] / "docs" / "seller-profile.md").read_text(encoding="utf-8")

PLAIN = {
    *("id", "title", "pitch", "pattern", "role", "why", "customer", "headline", "result", "url", "because", "figure"),
    *("industry", "commerce_platform", "revenue", "technology_spend", "technology", "size", "weight", "at_most"),
    *("hot", "warm", "cool"),
}
"""Fields whose name says all; the built-in profile shows them."""


def fields(annotation: Any) -> set[str]:
    """Names of all fields of the records in a type expression."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        below = [fields(field.annotation) for field in annotation.model_fields.values()]
        return set(annotation.model_fields).union(*below)
    return set().union(*(fields(inner) for inner in get_args(annotation)))


def test_every_field_is_explained() -> None:
    """A field of the profile that the page does not name fails here."""
    missing = {name for name in fields(Seller) - PLAIN if not re.search(rf"`[^`\n]*\b{name}\b[^`\n]*`", PAGE)}
    assert not missing


def test_every_figure_is_listed() -> None:
    """A condition's figures are all on the page."""
    assert not {figure.value for figure in Figure if f"`{figure.value}`" not in PAGE}
