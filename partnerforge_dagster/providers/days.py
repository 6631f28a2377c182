"""Days as providers write them: ISO moments, epoch seconds, `Jun 30, 2025`, `2 weeks ago`.

Not for: guessing an epoch number's unit (builtwith_reading.py).
"""

import re
from datetime import UTC, date, datetime, timedelta

from dateutil.relativedelta import relativedelta

_RELATIVE = re.compile(r"(?:an?|(\d{1,3}))\s+(minute|min|hour|day|week|month|year)s?\s+ago", re.IGNORECASE)
_SPANS = {
    "minute": relativedelta(minutes=1),
    "min": relativedelta(minutes=1),
    "hour": relativedelta(hours=1),
    "day": relativedelta(days=1),
    "week": relativedelta(weeks=1),
    "month": relativedelta(months=1),
    "year": relativedelta(years=1),
}
_WRITTEN = ("%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%d %B %Y")


def iso_day(moment: object) -> date | None:
    """The day in `2026-07-17T08:48:22-04:00` or `2026-07-17`, in the zone it was written in; None if unreadable."""
    try:
        return date.fromisoformat(str(moment)[:10])
    except ValueError:
        return None


def epoch_day(seconds: float | None) -> date | None:
    """The UTC day of epoch seconds; None for none, or for a number that no calendar holds."""
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC).date()
    except (OverflowError, OSError, ValueError):
        return None


def worded_day(words: str, fetched_at: datetime) -> date | None:
    """The day that `2 weeks ago` or `Jun 30, 2025` means in an answer fetched at `fetched_at`.

    English only (requests ask for it); None for anything else. A month is a calendar month.
    """
    said = words.strip()
    if said.lower() == "yesterday":
        return (fetched_at - timedelta(days=1)).date()
    relative = _RELATIVE.fullmatch(said)
    if relative:
        return (fetched_at - int(relative[1] or 1) * _SPANS[relative[2].lower()]).date()
    for form in _WRITTEN:
        try:
            return datetime.strptime(said, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return iso_day(said)
