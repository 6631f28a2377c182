"""Helpers with which companies are written: what is dated is told as "so long before the day the world was made".

That day is EPOCH; what happens after it is in later.py. A sandbox whose today lies before it is made on its today.
Not for: facts about any company (companies/) or about job postings (roles.py).
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from partnerforge_dagster.providers.sandbox.catalogue import CATALOGUE
from partnerforge_dagster.providers.sandbox.company import Event, EventKind, Filing, Job, Tech, Year
from partnerforge_dagster.providers.sandbox.roles import ROLES
from partnerforge_dagster.settings import SANDBOX_TODAY

EPOCH = SANDBOX_TODAY
"""As of this day the companies are written. When the clock is moved on, what was stays as it was."""

_DAYS_A_MONTH = 30.44
_REPORTED_AFTER = 45
"""Days from the end of a fiscal period until the report on it can be counted on."""
FILED_AFTER = timedelta(days=41)
"""From the end of a fiscal period to the filing of the report on it."""

BASICS: dict[str, float] = {
    "Viewport Meta": 118, "SPF": 130, "DMARC": 66, "HSTS": 58, "DigiCert SSL": 96, "core-js": 47,
    "Organization Schema": 52,
    "reCAPTCHA": 45, "Google Font API": 80, "Google Tag Manager": 101, "Facebook Pixel": 92,
}  # fmt: skip
"""What nearly every large site has, with months since it was first seen."""


def shift_months(day: date, months: int) -> date:
    """The day so many months later (earlier when negative), or that month's last day when it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Calendar:
    """Dates as one company sees them on the sandbox's today."""

    today: date
    fiscal_year_end: tuple[int, int] = (12, 31)
    """Month, day."""

    @property
    def made(self) -> date:
        """The day from which everything is counted back."""
        return min(self.today, EPOCH)

    def days(self, ago: float) -> date:
        """The day so many days before the world was made."""
        return self.made - timedelta(days=round(ago))

    def months(self, ago: float) -> date:
        """The day so many months before the world was made."""
        return self.days(ago * _DAYS_A_MONTH)

    def year_end(self, years_ago: int = 0) -> date:
        """Last day of the newest fiscal year that is already reported today, or of one before it."""
        month, day = self.fiscal_year_end
        return date(self._newest_year(self.today) - years_ago, month, day)

    def _newest_year(self, known_on: date) -> int:
        month, day = self.fiscal_year_end
        return next(
            year
            for year in range(known_on.year, known_on.year - 3, -1)
            if date(year, month, day) + timedelta(days=_REPORTED_AFTER) <= known_on
        )

    def years(self, unit: float, *figures: tuple[float, float, float, float, float]) -> tuple[Year, ...]:
        """Fiscal years, newest first: (revenue, gross profit, operating income, net income, cash) in `unit`s.

        Years reported after the world was made go on as the newest two went.
        """
        newest, made = self.year_end().year, self._newest_year(self.made)
        growth = figures[0][0] / figures[1][0] if len(figures) > 1 else 1.0
        later = [tuple(figure * growth**more for figure in figures[0]) for more in range(newest - made, 0, -1)]
        return tuple(
            Year(newest - age, *(round(figure * unit, 2) for figure in row))
            for age, row in enumerate([*later, *figures][: len(figures)])
        )

    def stack(self, site: str, live: dict[str, float], gone: dict[str, tuple[float, float]]) -> tuple[Tech, ...]:
        """Technologies by catalogue name: live ones with months since first seen, gone ones with (first, last)."""
        spans = {name: (first, None) for name, first in live.items()} | gone
        return tuple(self._technology(site, name, first, last) for name, (first, last) in spans.items())

    def _technology(self, site: str, name: str, first: float, last: float | None) -> Tech:
        entry = CATALOGUE[name]
        hint = entry.hint.replace("{site}", site) if entry.hint and last is None else None
        gone = None if last is None else self.months(last)
        return Tech(name, entry.tag, entry.categories, self.months(first), gone, hint)

    def event(self, kind: EventKind, days_ago: float, title: str, snippet: str, publisher: str) -> Event:
        """An event so many days ago; publishers are hosts under `.example`, since no real one wrote this."""
        return Event(kind, self.days(days_ago), title, snippet, f"{publisher}.example")

    def jobs(
        self, company: str, places: tuple[str, ...], tools: tuple[str, ...], **roles: float | tuple[float, ...]
    ) -> tuple[Job, ...]:
        """Open postings: role (a key of ROLES) to days that it was open then, several for several openings."""
        openings = sorted(
            (days, role) for role, ages in roles.items() for days in (ages if isinstance(ages, tuple) else (ages,))
        )
        return tuple(
            ROLES[role].posting(company, places[index % len(places)], self.days(days), tools)
            for index, (days, role) in enumerate(openings)
        )

    def filings(
        self,
        priorities: tuple[str, ...],
        risks: tuple[str, ...],
        quarter: str,
        current: tuple[tuple[float, str, str], ...] = (),
        forms: tuple[str, str, str] = ("10-K", "10-Q", "8-K"),
    ) -> tuple[Filing, ...]:
        """Two annual and up to four quarterly reports, an earnings notice and `current` reports, newest first.

        `quarter` is the paragraph of the quarterly reports; `current` holds (days ago, item, paragraph).
        """
        annual, quarterly, notice = forms
        filings = [self._report(annual, self.year_end(), (*priorities, *risks))]
        filings.append(self._report(annual, self.year_end(1), (*priorities[:1], *risks[:2])))
        for months in (-3, -6, 3, 6, 9):
            end = shift_months(self.year_end(), months)
            if end + timedelta(days=_REPORTED_AFTER) <= self.today:
                filings.append(self._report(quarterly, end, (quarter,)))
        earnings = max(filings, key=lambda filing: filing.filed)
        filings.append(
            Filing(notice, earnings.filed, earnings.period, ("2.02", "9.01"), (f"Results announced. {quarter}",))
        )
        filings += [Filing(notice, self.days(ago), self.days(ago), (item,), (text,)) for ago, item, text in current]
        return tuple(sorted(filings, key=lambda filing: filing.filed, reverse=True))

    def _report(self, form: str, end: date, paragraphs: tuple[str, ...]) -> Filing:
        return Filing(form, end + FILED_AFTER, end, paragraphs=paragraphs)
