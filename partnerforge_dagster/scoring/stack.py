"""Looks the profile's products up in an account's technology stack.

Not for: reading the stack (assets/technology_stack.py) or judging what is found (fit.py, displacement.py).
"""

from collections.abc import Iterable
from typing import Generic, NamedTuple, TypeVar

from partnerforge_dagster.models.provenance import GapKind, Source
from partnerforge_dagster.models.result import ModuleResult
from partnerforge_dagster.models.technology_stack import Technology, TechnologyStack
from partnerforge_dagster.scoring.score import cite
from partnerforge_dagster.seller import Product

TECHNOLOGIES = "technologies"
"""The subject of technology_stack's gap when the stack could not be read."""

P = TypeVar("P", bound=Product)


class Seen(NamedTuple, Generic[P]):
    """A product of the profile that is live, with every technology that gives it away."""

    product: P
    technologies: tuple[Technology, ...]

    @property
    def sources(self) -> tuple[Source, ...]:
        """Where it was seen."""
        return cite(*(technology.sources for technology in self.technologies))


def seen(products: Iterable[P], stack: TechnologyStack) -> tuple[Seen[P], ...]:
    """The products that are live, in the profile's order."""
    live = [technology for technology in stack.technologies if technology.live]
    matches = ((product, tuple(t for t in live if product.is_called(t.name))) for product in products)
    return tuple(Seen(product, technologies) for product, technologies in matches if technologies)


def stack_sources(stack: TechnologyStack) -> tuple[Source, ...]:
    """Every answer that the stack was read from."""
    return cite(*(technology.sources for technology in stack.technologies))


def some_unasked(result: ModuleResult) -> bool:
    """Whether a provider of this module could not be asked."""
    return any(gap.kind is GapKind.COULD_NOT_ASK for gap in result.gaps)


def absent(stack: TechnologyStack, subject: str) -> bool:
    """Whether "not seen" is an answer: the stack was read, and neither it nor this subject was left unasked."""
    unasked = {gap.subject for gap in stack.gaps if gap.kind is GapKind.COULD_NOT_ASK}
    return bool(stack.technologies) and not unasked & {TECHNOLOGIES, subject}
