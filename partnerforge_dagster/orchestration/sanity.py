"""Which values of a result are impossible or need a second look. One function per record; a sentence per doubt.

Not for: missing values: those are gaps, and no doubt about what is there.
"""

from datetime import timedelta
from functools import singledispatch

from partnerforge_dagster.models.company_context import CompanyContext
from partnerforge_dagster.models.competitor_intelligence import CompetitorIntelligence
from partnerforge_dagster.models.financial_profile import FinancialProfile
from partnerforge_dagster.models.hiring_signals import HiringSignals
from partnerforge_dagster.models.investor_intelligence import InvestorIntelligence
from partnerforge_dagster.models.result import ModuleResult
from partnerforge_dagster.models.strategic_context import StrategicContext
from partnerforge_dagster.models.strategic_signal_brief import StrategicSignalBrief
from partnerforge_dagster.models.technology_stack import TechnologyStack
from partnerforge_dagster.models.traffic_analysis import NamedShare, TrafficAnalysis

OLDEST_COMPANY = 1000
"""Year: Staffelter Hof brews since 862, but a founding year below this is nearly always a parsing error."""
A_DAY = timedelta(days=1)
"""Providers stamp in their own time zones; a date one day ahead is no doubt."""


@singledispatch
def doubts(result: ModuleResult) -> list[str]:
    """What is impossible in a result; a module without a rule of its own has none."""
    del result
    return []


@doubts.register
def _(result: CompanyContext) -> list[str]:
    found = []
    if result.founded and not OLDEST_COMPANY <= result.founded.value <= result.as_of.year:
        found.append(f"founded in {result.founded.value}")
    if result.employees and result.employees.value < 1:
        found.append(f"{result.employees.value} employees")
    if result.cik and not (len(result.cik.value) == 10 and result.cik.value.isdigit()):
        found.append(f"CIK {result.cik.value!r} is not ten digits")
    return found


@doubts.register
def _(result: TechnologyStack) -> list[str]:
    today = result.as_of.date()
    return [
        f"{tech.name} was first seen {tech.first_seen} and last seen {tech.last_seen}"
        for tech in result.technologies
        if (tech.first_seen and tech.last_seen and tech.first_seen > tech.last_seen)
        or (tech.first_seen and tech.first_seen > today + A_DAY)
    ]


@doubts.register
def _(result: TrafficAnalysis) -> list[str]:
    found = []
    months = result.months.value if result.months else ()
    if [m.month for m in months] != sorted({m.month for m in months}):
        found.append("months are not in order or occur twice")
    found += [f"{m.visits:g} visits in {m.month:%B %Y}" for m in months if m.visits < 0]
    for name, fact in (("channels", result.channels), ("countries", result.countries)):
        found += _more_than_all(name, fact.value if fact else ())
    return found


def _more_than_all(name: str, shares: tuple[NamedShare, ...]) -> list[str]:
    total = sum(share.share for share in shares)
    return [f"{name} add up to {total:.0%}"] if total > 1.01 else []


@doubts.register
def _(result: FinancialProfile) -> list[str]:
    found = []
    for year in result.years:
        if year.revenue and year.revenue.amount < 0:
            found.append(f"revenue of {year.revenue.amount:g} in fiscal {year.fiscal_year}")
        if year.revenue and year.gross_profit and year.gross_profit.amount > year.revenue.amount:
            found.append(f"gross profit above revenue in fiscal {year.fiscal_year}")
    names = [year.fiscal_year for year in result.years]
    if len(names) != len(set(names)):
        found.append("a fiscal year occurs twice")
    return found


@doubts.register
def _(result: CompetitorIntelligence) -> list[str]:
    domains = [competitor.domain for competitor in result.competitors]
    found = [f"{result.account} is listed as its own competitor"] if result.account in domains else []
    if len(domains) != len(set(domains)):
        found.append("a competitor occurs twice")
    return found


@doubts.register
def _(result: HiringSignals) -> list[str]:
    today = result.as_of.date()
    ahead = [role.title for role in result.relevant_roles if role.posted_on and role.posted_on > today + A_DAY]
    return [f"postings dated in the future: {', '.join(ahead[:3])}"] if ahead else []


@doubts.register
def _(result: StrategicContext) -> list[str]:
    today = result.as_of.date()
    return [f"{event.title!r} is dated {event.on}" for event in result.events if event.on and event.on > today + A_DAY]


@doubts.register
def _(result: InvestorIntelligence) -> list[str]:
    today = result.as_of.date()
    return [f"{filing.form} filed on {filing.filed_on}" for filing in result.filings if filing.filed_on > today + A_DAY]


@doubts.register
def _(result: StrategicSignalBrief) -> list[str]:
    return [] if result.statements else ["the brief has no statement"]
