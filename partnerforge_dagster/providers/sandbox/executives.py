"""Who leads a company, for providers that name only one.

Not for: the people themselves (companies/, derive.py).
"""

from partnerforge_dagster.providers.sandbox.company import Company, Person


def chief_executive(company: Company) -> Person | None:
    """The first whose title says so."""
    return next((person for person in company.executives if _is_chief(person)), None)


def _is_chief(person: Person) -> bool:
    return "Chief Executive" in person.title or "CEO" in person.title.replace(",", " ").split()
