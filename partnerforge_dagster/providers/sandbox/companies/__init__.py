"""Companies that the sandbox knows, one file each.

Master data and the names of most chief executives and finance chiefs are public knowledge. Stacks, traffic, all other
people, events, quotes, postings and filing texts are invented, plausible and harmless; the newest year's figures are
guesses. Words are put into the mouths of invented people only.
Not for: any other domain (derive.py).
"""

from collections.abc import Callable
from datetime import date

from partnerforge_dagster.providers.sandbox.companies.alibaba import alibaba
from partnerforge_dagster.providers.sandbox.companies.birkenstock import birkenstock
from partnerforge_dagster.providers.sandbox.companies.costco import costco
from partnerforge_dagster.providers.sandbox.companies.decathlon import decathlon
from partnerforge_dagster.providers.sandbox.companies.etsy import etsy
from partnerforge_dagster.providers.sandbox.companies.grainger import grainger
from partnerforge_dagster.providers.sandbox.companies.gymshark import gymshark
from partnerforge_dagster.providers.sandbox.companies.homedepot import homedepot
from partnerforge_dagster.providers.sandbox.companies.ikea import ikea
from partnerforge_dagster.providers.sandbox.companies.nytimes import nytimes
from partnerforge_dagster.providers.sandbox.companies.ocado import ocado
from partnerforge_dagster.providers.sandbox.companies.patagonia import patagonia
from partnerforge_dagster.providers.sandbox.companies.sallybeauty import sallybeauty
from partnerforge_dagster.providers.sandbox.companies.zalando import zalando
from partnerforge_dagster.providers.sandbox.company import Company

BUILDERS: tuple[Callable[[date], Company], ...] = (
    costco,
    sallybeauty,
    homedepot,
    etsy,
    nytimes,
    grainger,
    ocado,
    zalando,
    alibaba,
    patagonia,
    ikea,
    gymshark,
    decathlon,
    birkenstock,
)


def known_companies(today: date) -> tuple[Company, ...]:
    """All known companies as of the day they were made on, with the fiscal years that `today` knows of."""
    return tuple(build(today) for build in BUILDERS)
