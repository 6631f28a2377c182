"""What `partnerforge doctor` finds: one line each, and what to do about it.

Not for: finding anything (doctor_deployment.py, doctor_providers.py).
"""

from enum import StrEnum
from typing import Any, NamedTuple


class State(StrEnum):
    """How a part is."""

    OK = "ok"
    FIX = "fix"
    """Something is wrong, and a person can mend it."""
    OFF = "off"
    """Not used, on purpose or for want of a key: nothing is wrong."""
    NOT_ASKED = "not_asked"
    """It could not be looked at without paying for it, or because of another finding."""


class Finding(NamedTuple):
    """One line of the table."""

    part: str
    """`Deployment` or `Providers`."""
    name: str
    state: State
    found: str
    fix: str | None = None
    """What to do; also a hint where nothing is wrong."""
    details: dict[str, Any] = {}  # noqa: RUF012 - never changed
    """For machines."""

    def document(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "part": self.part,
            "name": self.name,
            "state": self.state.value,
            "found": self.found,
            "fix": self.fix,
            **self.details,
        }
