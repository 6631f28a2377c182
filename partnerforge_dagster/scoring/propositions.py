"""Which value propositions an account's figures call for (M13); the conditions are the seller profile's.

Not for: propositions that the account's own words call for (brief/, by the profile's themes).
"""

from partnerforge_dagster.models.icp_priority_mapping import ValueMatch
from partnerforge_dagster.models.provenance import Sources
from partnerforge_dagster.scoring.readings import Readings
from partnerforge_dagster.scoring.score import cite
from partnerforge_dagster.seller import Seller, ValueProposition


def called_for(figures: Readings, seller: Seller) -> tuple[ValueMatch, ...]:
    """Strongest first: the more conditions are met, the stronger; among equals the profile's order decides."""
    matches = [(proposition, _met(proposition, figures)) for proposition in seller.value_propositions]
    strongest = sorted((match for match in matches if match[1]), key=lambda match: -len(match[1]))
    return tuple(
        ValueMatch(
            value_proposition=proposition.id,
            title=proposition.title,
            because="; ".join(because for because, _ in met),
            sources=cite(*(sources for _, sources in met)),
        )
        for proposition, met in strongest
    )


def _met(proposition: ValueProposition, figures: Readings) -> list[tuple[str, Sources]]:
    """Conditions that hold, in words and with their sources; what nobody can be cited for is left out."""
    return [
        (f"{figures[condition.figure].says}: {condition.because}", figures[condition.figure].sources)
        for condition in proposition.calls_for
        if condition.figure in figures
        and figures[condition.figure].sources
        and condition.is_met_by(figures[condition.figure].value)
    ]
