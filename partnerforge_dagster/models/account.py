"""The account that a module is asked about.

Not for: turning what people paste into a domain (accounts.py).
"""

from partnerforge_dagster.models.base import Frozen, Mode, UtcDatetime


class Account(Frozen):
    """One company as of one moment. Time is an argument: a module never reads the clock."""

    domain: str
    as_of: UtcDatetime
    mode: Mode = Mode.SANDBOX
