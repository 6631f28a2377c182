"""From BuiltWith's rows and a home page to one list of technologies, and what of it matters to the seller.

Products are recognised as the seller profile says: by the names that BuiltWith gives them and by the hosts that a home
page loads from. What the profile does not know is taken by BuiltWith's own groups, or not at all.
Not for: asking for any of it (the modules), or what a find is worth (scoring/).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import TypeVar

from partnerforge_dagster.models.provenance import Answer, Fact, Source
from partnerforge_dagster.models.technology_stack import Technology
from partnerforge_dagster.providers.builtwith_records import BuiltWithDomain, DetectedTechnology
from partnerforge_dagster.providers.web_pages import HomePage, WebPages
from partnerforge_dagster.seller import PlatformSearch, Product, Seller

P = TypeVar("P", bound=Product)
Rank = tuple[bool, ...]

SHOP, CMS = "shop", "cms"
"""BuiltWith's tags."""

_SHOP_PLATFORMS = {"enterprise", "hosted solution", "multi-channel", "open source", "smb solution"}
"""BuiltWith's categories of whole platforms under `shop`. The tag alone also covers carts without a platform
(`Non Platform`), apps and product-content tools, which a recorded answer shows beside the platform itself."""

_GENERATOR_NAME = re.compile(r"^[^\d(;,/]+")
"""`Drupal 10 (https://...)` and `WordPress 6.6` name their product before the version."""


def technologies_of(
    looked_up: Answer[BuiltWithDomain] | None, home: Answer[HomePage] | None, seller: Seller
) -> tuple[Technology, ...]:
    """All technologies by name. The home page is the newer witness: what it shows is live, whatever BuiltWith says."""
    found: dict[str, Technology] = {}
    if looked_up is not None and looked_up.value is not None:
        for row in looked_up.value.technologies:
            found[row.name] = _technology(row, looked_up.source)
    if home is not None and home.value is not None:
        for product, words in _shown(home.value, seller):
            seen = _seen_now(product, words, found.values(), home.source)
            found[seen.name] = seen
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
        name=row.name,
        categories=tuple(dict.fromkeys((*row.categories, *row.tags))),
        first_seen=row.first_detected.date() if row.first_detected else None,
        last_seen=row.last_detected.date() if row.last_detected else None,
        live=row.live,
        main_site=row.main_site,
        sources=(source,),
    )


def _shown(home: HomePage, seller: Seller) -> list[tuple[Product, tuple[str, ...]]]:
    """Products that a home page gives away, each with the groups that the profile puts it in."""
    groups: list[tuple[Product, tuple[str, ...]]] = [
        *((product, (seller.category,)) for product in (*seller.own, *seller.competing)),
        *((product, (SHOP if product.kind == "commerce" else CMS,)) for product in seller.platforms),
        *((product, ()) for product in seller.partners),
    ]
    named = _GENERATOR_NAME.match(home.generator or "")
    generator = named.group().strip().casefold() if named else ""
    return [
        (product, words)
        for product, words in groups
        if generator in _by_name([product]) or any(_is_at(host, product.hosts) for host in home.hosts)
    ]


def _is_at(host: str, known: Iterable[str]) -> bool:
    return any(host == one or host.endswith(f".{one}") for one in known)


def _seen_now(product: Product, words: tuple[str, ...], found: Iterable[Technology], source: Source) -> Technology:
    """What BuiltWith calls this product, the live one first, now live with the home page as a further source."""
    names = _by_name([product])
    called = [one for one in found if one.name.casefold() in names]
    today = source.fetched_at.date()
    if not called:
        name = product.recognized_by[0]
        return Technology(name=name, categories=words, first_seen=None, last_seen=today, live=True, sources=(source,))
    best = max(called, key=lambda one: (one.live, one.last_seen or date.min, one.name))
    sources = best.sources if source in best.sources else (*best.sources, source)
    last_seen = max(best.last_seen or today, today)
    return best.model_copy(update={"live": True, "main_site": True, "last_seen": last_seen, "sources": sources})


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
