"""Reading a search query: which company is meant and which words are asked for.

Not for: what is found (search_index.py, wikidata.py).
"""

import re

from partnerforge_dagster.providers.sandbox.company import Company
from partnerforge_dagster.providers.sandbox.world import World

_DOMAIN = re.compile(r"\b(?:https?://)?(?:www\.)?((?:[a-z0-9-]+\.)+[a-z]{2,})\b", re.IGNORECASE)
_QUOTED = re.compile(r'"([^"]+)"')
_SITE = re.compile(r"\bsite:(\S+)", re.IGNORECASE)
_OPERATORS = re.compile(r"[()\"]|\b(?:OR|AND|NOT)\b|-?\b(?:site|after|before|intitle):\S+")
_WORD = re.compile(r"[\w&'.-]*\w", re.UNICODE)
_SAY_NOTHING = {
    "a", "an", "and", "at", "by", "company", "corporate", "for", "from", "has", "in", "is", "its", "news", "of", "on",
    "or", "our", "press", "the", "to", "with",
}  # fmt: skip


def company_meant(world: World, query: str) -> Company | None:
    """The company that a query is about: the quoted name it begins with, else a domain, a known name, a quoted or a
    capitalized one. None when nothing in the query names a company.
    """
    plain = _SITE.sub(" ", query).strip()
    quoted = _QUOTED.findall(plain)
    if plain.startswith('"') and quoted and (company := world.by_name(quoted[0])):
        return company
    if domain := _DOMAIN.search(plain):
        return world.company(domain[1])
    if company := _known_name_in(world, plain):
        return company
    named = filter(None, map(world.by_name, quoted))
    return next(named, None) or _leading_name(world, plain) or _site_owner(world, query)


def words_beside(company: Company, query: str) -> frozenset[str]:
    """The words of a query that say something, folded: without the company's name, its domain, operators and years."""
    named = set(_words(f"{company.name} {company.legal_name} {company.domain}"))
    return frozenset(
        word for word in _words(_OPERATORS.sub(" ", query)) if word not in named | _SAY_NOTHING and not word.isdigit()
    )


def site_asked(query: str) -> str | None:
    """The host of a `site:` operator."""
    site = _SITE.search(query)
    return site[1].lower().removeprefix("www.").rstrip("/") if site else None


def matches(word: str, text: str) -> bool:
    """Whether a word, or another of the same beginning, is in a folded text: `acquisition` finds `acquires`."""
    stem = word[:5]
    return any(other.startswith(stem) for other in _words(text))


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _known_name_in(world: World, query: str) -> Company | None:
    folded = f" {' '.join(_words(query))} "
    found = [c for c in map(world.company, world.known()) if f" {' '.join(_words(c.name))} " in folded]
    return max(found, key=lambda company: len(company.name), default=None)


def _leading_name(world: World, query: str) -> Company | None:
    """Search boxes get `Acme Tools acquisition`: the capitalized words that it begins with are the name."""
    leading = re.match(r"(?:[A-Z0-9][\w&'.-]*\s*)+", query)
    return world.by_name(leading[0]) if leading else None


def _site_owner(world: World, query: str) -> Company | None:
    site = site_asked(query)
    return world.company(site) if site else None
