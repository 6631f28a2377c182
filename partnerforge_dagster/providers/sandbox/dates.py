"""Days as providers write them.

Not for: the dates of companies' facts (building.py).
"""

from calendar import monthrange
from datetime import UTC, date, datetime

from partnerforge_dagster.providers.sandbox.company import Company, Year


def seconds(day: date) -> int:
    """Epoch seconds of the day's midnight, UTC."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def year_end(company: Company, year: Year) -> date:
    """Last day of a fiscal year."""
    month, day = company.fiscal_year_end
    return date(year.fiscal_year, month, min(day, monthrange(year.fiscal_year, month)[1]))
