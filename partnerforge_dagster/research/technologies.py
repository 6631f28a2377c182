"""From BuiltWith's rows and a home page to one list of technologies, and what of it matters to the seller.

What a home page shows is recognised by our fingerprints and by the hosts of the seller profile's products. One product
under several names is one technology. What matters is told by the profile's names, else by BuiltWith's own groups.
Not for: asking for any of it (the modules), matching (fingerprints/), or what a find is worth (scoring/).
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import TypeVar

from partnerforge_dagster.models.provenance import Answer, Fact, Source
from partnerforge_dagster.models.technology_stack import Technology
from partnerforge_dagster.providers.builtwith_records import BuiltWithDomain, DetectedTechnology
from partnerforge_dagster.providers.page_reading import HomePage, Traces
from partnerforge_dagster.providers.web_pages import WebPages
from partnerforge_dagster.research.fingerprints.catalogue import Fingerprint, catalogue, endings_of
from partnerforge_dagster.research.fingerprints.matching import Finding, Index, confidence_of, findings_on
from partnerforge_dagster.seller import PartnerTechnology, PlatformSearch, Product, Seller

P = TypeVar("P", bound=Product)
Rank = tuple[bool, ...]

SHOP, CMS = "shop", "cms"
"""BuiltWith's tags."""

_SHOP_PLATFORMS = {"enterprise", "hosted solution", "multi-channel", "open source", "smb solution"}
"""BuiltWith's categories of whole platforms under `shop`. The tag alone also covers carts without a platform
(`Non Platform`), apps and product-content tools, which a recorded answer shows beside the platform itself."""


def technologies_of(
    looked_up: Answer[BuiltWithDomain] | None,
    home: Answer[HomePage] | None,
    seller: Seller,
    records: Iterable[Answer[tuple[str, ...]] | None] = (),
) -> tuple[Technology, ...]:
    """All technologies by name. Home page and records are newer witnesses: what they show is live, whatever BuiltWith
    says.
    """
    found: dict[str, Technology] = {}
    if looked_up is not None and looked_up.value is not None:
        for row in looked_up.value.technologies:
            _add(found, _technology(row, looked_up.source))
    products, index = _fingerprints(
        seller.category, (*seller.own, *seller.competing), seller.platforms, seller.partners
    )
    if home is not None and home.value is not None:
        for finding in findings_on(home.value.traces, home.value.url, index):
            _see(found, finding, products, home.source)
    for answer in records:
        if answer is not None and answer.value:
            for finding in findings_on(Traces(dns=answer.value), answer.source.url or "", index):
                _see(found, finding, products, answer.source)
    return tuple(found[name] for name in sorted(found, key=lambda name: (name.casefold(), name)))


def search_vendor(technologies: Iterable[Technology], seller: Seller) -> Fact[str] | None:
    """The live search product, the seller's own included; None when none is seen."""
    known, own = _by_name((*seller.own, *seller.competing)), _by_name(seller.own)
    category = seller.category.casefold()

    def rank(technology: Technology) -> Rank | None:
        name, grouped = technology.name.casefold(), category in _groups(technology)
        return (name in own, grouped) if name in known or grouped else None

    return _best(technologies, rank, known)


def commerce_platform(technologies: Iterable[Technology], seller: Seller) -> Fact[str] | None:
    """The live commerce platform; a cart without a platform is none."""
    known = _by_name(seller.platforms)

    def rank(technology: Technology) -> Rank | None:
        platform, groups = known.get(technology.name.casefold()), _groups(technology)
        if platform is not None:
            return (True,) if _kind(groups, platform) == SHOP else None
        return (False,) if SHOP in groups and groups & _SHOP_PLATFORMS else None

    return _best(technologies, rank, known)


def content_management(technologies: Iterable[Technology], seller: Seller) -> Fact[str] | None:
    """The live CMS of the main site; a course or help system on a subdomain is none unless the profile names it."""
    known = _by_name(seller.platforms)

    def rank(technology: Technology) -> Rank | None:
        platform, groups = known.get(technology.name.casefold()), _groups(technology)
        if platform is not None:
            return (True,) if _kind(groups, platform) == CMS else None
        return (False,) if CMS in groups and technology.main_site else None

    return _best(technologies, rank, _by_name((*seller.platforms, *seller.partners)))


def uses_seller(technologies: Iterable[Technology], seller: Seller, source: Source) -> Fact[bool]:
    """Whether one of the seller's products is live; "no" is our conclusion from a stack (`source`) without it."""
    own = _by_name(seller.own)
    seen = next((one for one in technologies if one.live and one.name.casefold() in own), None)
    return Fact(value=seen is not None, sources=seen.sources if seen else (source,), inferred=seen is None)


def _technology(row: DetectedTechnology, source: Source) -> Technology:
    return Technology(
        name=catalogue().canonical(row.name),
        categories=tuple(dict.fromkeys((*row.categories, *row.tags))),
        first_seen=row.first_detected.date() if row.first_detected else None,
        last_seen=row.last_detected.date() if row.last_detected else None,
        live=row.live,
        main_site=row.main_site,
        sources=(source,),
    )


def _add(found: dict[str, Technology], one: Technology) -> None:
    """Keep a row, joined with that of the same product under another name."""
    other = found.get(one.name)
    if other is None:
        found[one.name] = one
        return
    firsts = [day for day in (one.first_seen, other.first_seen) if day is not None]
    lasts = [day for day in (one.last_seen, other.last_seen) if day is not None]
    found[one.name] = other.model_copy(
        update={
            "categories": tuple(dict.fromkeys((*other.categories, *one.categories))),
            "first_seen": min(firsts, default=None),
            "last_seen": max(lasts, default=None),
            "live": one.live or other.live,
            "main_site": one.main_site or other.main_site,
        }
    )


@lru_cache(maxsize=4)
def _fingerprints(
    category: str,
    searches: tuple[Product, ...],
    platforms: tuple[PlatformSearch, ...],
    partners: tuple[PartnerTechnology, ...],
) -> tuple[dict[str, Fingerprint], Index]:
    """The profile's products by what a find of theirs is called, in the groups of the profile, and looked up."""
    groups: list[tuple[Product, tuple[str, ...]]] = [
        *((product, (category,)) for product in searches),
        *((product, (SHOP if product.kind == "commerce" else CMS,)) for product in platforms),
        *((product, ()) for product in partners),
    ]
    known, found = catalogue(), dict[str, Fingerprint]()
    for product, words in groups:
        # The product's own name is not asked: BuiltWith's "Optimizely" is a testing tool and not the CMS of that name.
        of = next((known.by_name[name] for name in _by_name([product]) if name in known.by_name), None)
        name = of.name if of else product.recognized_by[0]
        hosts = tuple(host for host in map(str.lower, product.hosts) if not (of and _knows_better(of, host)))
        if name not in found:
            names = tuple(dict.fromkeys((*product.recognized_by, *(of.aliases if of else ()))))
            found[name] = Fingerprint.model_construct(
                name=name,
                categories=of.groups if of else words,
                editions=names,
                requests=hosts,
                meta=() if of else tuple(f"generator: {one}" for one in names),
            )
    return found, Index(found.values())


def _knows_better(one: Fingerprint, host: str) -> bool:
    """Whether the fingerprint has the host itself, or only some of its sub-domains and paths."""
    return any(host in endings_of(address.partition("/")[0]) for address in one.requests)


def _see(found: dict[str, Technology], finding: Finding, products: Mapping[str, Fingerprint], source: Source) -> None:
    """Add a finding to what BuiltWith calls this product, the live one first; what is seen now is live.

    Evidence that is not enough by itself is kept with what is known anyway, and states nothing new.
    """
    known = (
        catalogue().by_name.get(finding.name.casefold()) or products.get(finding.name) or Fingerprint(name=finding.name)
    )
    names = {finding.name.casefold(), *(name.casefold() for name in known.editions)}
    if finding.name in products:
        names |= {name.casefold() for name in products[finding.name].editions}
    called = [one for one in found.values() if one.name.casefold() in names]
    enough = finding.confidence >= catalogue().enough
    if not called and not enough:
        return
    today = source.fetched_at.date()
    best = max(
        called, key=lambda one: (one.live, one.name == finding.name, one.last_seen or date.min, one.name), default=None
    ) or Technology(
        name=finding.name, categories=known.groups, first_seen=None, last_seen=today, live=True, sources=(source,)
    )
    seen = {
        "sources": best.sources if source in best.sources else (*best.sources, source),
        **_evidence(best, finding),
    }
    if enough:
        seen |= {"live": True, "main_site": True, "last_seen": max(best.last_seen or today, today)}
    found[best.name] = best.model_copy(update=seen)


def _evidence(one: Technology, finding: Finding) -> dict[str, object]:
    """Evidence of an edition and of the product that it is an edition of comes together: the first of each kind."""
    kinds = {evidence.kind: evidence for evidence in (*finding.evidence, *one.evidence)}
    evidence = tuple(sorted(kinds.values(), key=lambda seen: (-seen.weight, seen.kind)))
    return {"evidence": evidence, "confidence": confidence_of(evidence)}


def _by_name(products: Iterable[P]) -> dict[str, P]:
    """Every name that a product is recognised by, folded; of two products with one name the first wins.

    A product's own name is not among them: BuiltWith's "Optimizely" is a testing tool and not the CMS of that name.
    """
    named: dict[str, P] = {}
    for product in products:
        for name in product.recognized_by:
            named.setdefault(name.casefold(), product)
    return named


def _groups(technology: Technology) -> set[str]:
    return {words.casefold() for words in technology.categories}


def _kind(groups: set[str], platform: PlatformSearch) -> str:
    """`shop` or `cms`: BuiltWith's tag, else what the profile says."""
    tagged = next((tag for tag in (SHOP, CMS) if tag in groups), None)
    return tagged or (CMS if platform.kind == "cms" else SHOP)


def _best(
    technologies: Iterable[Technology], rank: Callable[[Technology], Rank | None], known: Mapping[str, Product]
) -> Fact[str] | None:
    """The best live candidate: the main site's first, then by rank, then the newest, which replaced the others."""
    ranked = [(one, rank(one)) for one in technologies if one.live]
    candidates = [(one.main_site, order, one.first_seen or date.max, one.name, one) for one, order in ranked if order]
    if not candidates:
        return None
    best = max(candidates, key=lambda candidate: candidate[:4])[4]
    product = known.get(best.name.casefold())
    only_home_page = all(source.provider == WebPages.provider for source in best.sources)
    return Fact(value=product.name if product else best.name, sources=best.sources, inferred=only_home_page)
