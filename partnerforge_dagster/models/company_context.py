"""M01 company context: who the company is.

Not for: what it runs (technology_stack.py) or earns (financial_profile.py).
"""

from partnerforge_dagster.models.base import Frozen
from partnerforge_dagster.models.provenance import Fact
from partnerforge_dagster.models.result import ModuleResult


class Headquarters(Frozen):
    """Where the company is run from. `country` is an ISO 3166 alpha-2 code where the source gives one."""

    city: str | None
    region: str | None
    country: str | None


class CompanyContext(ModuleResult):
    """Names, identifiers and a description; the rest of the graph stands on it."""

    legal_name: Fact[str] | None = None
    trading_name: Fact[str] | None = None
    industry: Fact[str] | None = None
    headquarters: Fact[Headquarters] | None = None
    employees: Fact[int] | None = None
    founded: Fact[int] | None = None
    """Year."""
    ticker: Fact[str] | None = None
    """Yahoo's spelling (`OCDO.L`); None with a NOTHING_THERE gap for a private company."""
    exchange: Fact[str] | None = None
    cik: Fact[str] | None = None
    """SEC central index key, ten digits, zero-padded."""
    wikidata_id: Fact[str] | None = None
    social_profiles: Fact[tuple[str, ...]] | None = None
    """URLs."""
    keywords: Fact[tuple[str, ...]] | None = None
    description: Fact[str] | None = None
    """One paragraph."""

    @property
    def name(self) -> str:
        """The name people use: trading name, else legal name, else the domain."""
        for fact in (self.trading_name, self.legal_name):
            if fact is not None:
                return fact.value
        return self.account
