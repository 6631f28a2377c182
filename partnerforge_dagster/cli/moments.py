"""Moments and ages as people type them: 30min, 2h, 7d, 2026-11-20, 2026-11-20T09:30 (UTC).

Not for: showing them.
"""

import re
from datetime import UTC, datetime, timedelta

from partnerforge_dagster.cli.common import refuse

AGES = {"min": "minutes", "h": "hours", "d": "days"}


def age(text: str, option: str) -> timedelta:
    """A length of time such as `30d`."""
    found = _age(text)
    if found is None:
        refuse(f"{option} {text!r} is no length of time; give 30min, 2h or 7d")
    return found


def since(text: str | None) -> datetime | None:
    """A moment, or so long ago."""
    if text is None:
        return None
    ago = _age(text)
    if ago is not None:
        return datetime.now(UTC) - ago
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        refuse(f"--since {text!r} is no moment; give 30min, 2h, 7d, 2026-11-20 or 2026-11-20T09:30 (UTC)")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _age(text: str) -> timedelta | None:
    found = re.fullmatch(r"(\d{1,6})(min|h|d)", text)
    return timedelta(**{AGES[found[2]]: int(found[1])}) if found else None
