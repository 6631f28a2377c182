"""What is compared of who the company is and what it earns (M01, M04)."""

from datetime import timedelta

from partnerforge_dagster import wording
from partnerforge_dagster.changes.beliefs import Seen
from partnerforge_dagster.changes.observe import Rule, Sight
from partnerforge_dagster.changes.rules.readers import first, items, money, number, value
from partnerforge_dagster.models.changes import Significance
from partnerforge_dagster.models.company_context import Headquarters
from partnerforge_dagster.models.financial_profile import FinancialProfile

_MINOR = Significance.MINOR


def _place(where: Headquarters) -> str:
    country = wording.country(where.country) if where.country else None
    return ", ".join(part for part in (where.city, where.region, country) if part)


def _years(profile: FinancialProfile) -> Sight:
    """Fiscal years with a revenue, by number."""
    return items(
        (
            str(year.fiscal_year),
            Seen(
                text=f"revenue {wording.money(year.revenue)}",
                label=str(year.fiscal_year),
                day=year.ends_on,
                source=first(year.sources),
            ),
        )
        for year in profile.years
        if year.revenue is not None
    )


def _margin(share: float) -> str:
    return wording.percent(share)


COMPANY_CONTEXT: tuple[Rule, ...] = (
    Rule("trading_name", value("trading_name"), same_source=True),
    Rule("legal_name", value("legal_name"), same_source=True),
    Rule("ticker", value("ticker"), Significance.ALERT),
    Rule("exchange", value("exchange"), same_source=True),
    Rule("headquarters", value("headquarters", _place), same_source=True),
    Rule("industry", value("industry"), _MINOR, same_source=True),
    Rule("employees", number("employees"), _MINOR, relative=0.2, same_source=True),
    Rule("founded", value("founded"), _MINOR, same_source=True),
    Rule("cik", value("cik"), _MINOR),
)

FINANCIAL_PROFILE: tuple[Rule, ...] = (
    Rule("public", value("public", lambda public: "listed" if public else "private"), Significance.ALERT),
    # A year is reported weeks or months after its end, and for the first time it is news.
    Rule("years", _years, happenings=timedelta(days=400)),
    Rule("revenue", money("revenue"), relative=0.05, alert_relative=0.25, same_source=True),
    Rule("market_value", money("market_value"), relative=0.2, alert_relative=0.4),
    Rule("cash", money("cash"), _MINOR, relative=0.3),
    Rule("gross_margin", number("gross_margin", _margin), _MINOR, absolute=0.03),
    Rule("operating_margin", number("operating_margin", _margin), _MINOR, absolute=0.03),
    Rule("net_margin", number("net_margin", _margin), _MINOR, absolute=0.03),
    Rule("currency", value("currency"), _MINOR),
    Rule("fiscal_year_end", value("fiscal_year_end"), _MINOR),
)
