"""How BuiltWith's JSON becomes records.

Shapes are those of the recorded answers of 2019 to 2024 and of the vendor's documents for later versions
(https://api.builtwith.com/domain-api); no answer of v22 or later, and none of relationships, recommendations,
keywords or trust, has been seen from the real service.
Not for: the records (builtwith_records.py), requests and errors (builtwith.py).
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from partnerforge_dagster.providers.builtwith_records import (
    BuiltWithDomain,
    DetectedTechnology,
    MonthlySpend,
    Recommendation,
    Redirect,
    Redirects,
    Related,
    Trust,
)
from partnerforge_dagster.providers.lenient import Row, mapping, number, read_rows, text, texts

LIVE_WITHIN = timedelta(days=7)
"""A technology is live when last seen at most this long before the path's last crawl. BuiltWith reads a site's pages on
different days of one crawl: in the recorded answers nearly all of what is still there lies within 5 days, then comes a
thin tail from 10 days on (a page dropped, a monthly data set)."""

ABANDONED_AFTER = timedelta(days=365)
"""A path not crawled for a year before the domain's newest crawl is gone, and so is what was last seen there: a mobile
site that stopped resolving years ago would otherwise keep its 2012 stack "live" for ever."""

_NET_DATE = re.compile(r"^/Date\((-?\d+)(?:[+-]\d{4})?\)/$")


def moment(value: object) -> datetime | None:
    """BuiltWith's dates: epoch ms, epoch seconds (told apart by size), ISO, `/Date(ms)/`; zero and junk are None."""
    said = text(value)
    net = _NET_DATE.match(said) if said else None
    stamp = number(net.group(1) if net else value)
    try:
        if stamp is None:
            found = datetime.fromisoformat(said or "")
            found = found if found.tzinfo else found.replace(tzinfo=UTC)
        else:
            found = datetime.fromtimestamp(stamp / 1000 if abs(stamp) >= 1e11 else stamp, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return found.astimezone(UTC) if found.year > 1970 else None


def flag(value: object) -> bool | None:
    """A bool, also as the strings `"True"` and `"False"` that v20 and later send."""
    if isinstance(value, bool):
        return value
    return {"true": True, "yes": True, "false": False, "no": False}.get((text(value) or "").lower())


def count(value: object) -> int | None:
    """A whole number above zero; 0 is BuiltWith's "unknown"."""
    found = number(value)
    return int(found) if found and found > 0 else None


def read_domains(results: object, asked: Sequence[str]) -> dict[str, BuiltWithDomain]:
    """The `Results` of a domain answer by the domain asked for; a domain that BuiltWith does not know is absent."""
    found = read_rows(results, _read_domain, "Results")
    if len(asked) == 1 and len(found) == 1:
        found = (found[0].model_copy(update={"domain": asked[0]}),)
    known = {one.domain: one for one in found if one.indexed or one.technologies or one.company_name}
    return {domain: known[domain] for domain in asked if domain in known}


def _read_domain(row: Row) -> BuiltWithDomain:
    result, meta, attributes = (mapping(row.get(part)) for part in ("Result", "Meta", "Attributes"))
    paths = read_rows(result.get("Paths"), lambda path: path, "Paths")
    last_indexed = moment(row.get("LastIndexed")) or _newest(moment(path.get("LastIndexed")) for path in paths)
    history = read_rows(result.get("SpendHistory"), _read_spend, "SpendHistory")
    return BuiltWithDomain(
        domain=(text(row.get("Lookup")) or "").lower().rstrip("."),
        indexed=flag(result.get("IsDB")),
        first_indexed=moment(row.get("FirstIndexed")),
        last_indexed=last_indexed,
        technologies=merged(found for path in paths for found in detections(path, last_indexed)),
        spend_usd=number(result.get("Spend")),
        spend_history=tuple(sorted(history, key=lambda point: point.on)),
        sales_revenue_usd=count(row.get("SalesRevenue")),
        employees=count(attributes.get("Employees")),
        followers=count(attributes.get("Followers")),
        company_name=text(meta.get("CompanyName")),
        vertical=text(meta.get("Vertical")),
        social=texts(meta.get("Social")),
        city=text(meta.get("City")),
        state=text(meta.get("State")),
        postcode=text(meta.get("Postcode")),
        country=text(meta.get("Country")),
    )


def _read_spend(row: Row) -> MonthlySpend | None:
    on, usd = moment(row.get("D")), number(row.get("S"))
    return None if on is None or usd is None else MonthlySpend(on=on, usd=usd)


def detections(path: Row, domain_last_indexed: datetime | None) -> tuple[DetectedTechnology, ...]:
    """The technologies of one entry of `Paths`, each judged live or gone against that path's own last crawl."""
    main_site = (text(path.get("SubDomain")) or "www").lower() == "www"
    rows = read_rows(path.get("Technologies"), lambda row: _read_detection(row, main_site), "Technologies")
    crawled = moment(path.get("LastIndexed")) or _newest(row.last_detected for row in rows)
    if crawled is None or (domain_last_indexed is not None and crawled < domain_last_indexed - ABANDONED_AFTER):
        return rows
    since = crawled - LIVE_WITHIN
    return tuple(
        row.model_copy(update={"live": row.last_detected is not None and row.last_detected >= since}) for row in rows
    )


def _read_detection(row: Row, main_site: bool) -> DetectedTechnology | None:
    name = text(row.get("Name"))
    if name is None:
        return None
    return DetectedTechnology(
        name=name,
        tags=texts(row.get("Tag")),
        categories=texts(row.get("Categories")),
        first_detected=moment(row.get("FirstDetected")),
        last_detected=moment(row.get("LastDetected")),
        live=False,
        main_site=main_site,
    )


def merged(rows: Iterable[DetectedTechnology]) -> tuple[DetectedTechnology, ...]:
    """One row a name: earliest first, latest last, live when live on any path. The order of `rows` does not matter."""
    by_name: dict[str, list[DetectedTechnology]] = {}
    for row in rows:
        by_name.setdefault(row.name, []).append(row)
    return tuple(_merge(name, by_name[name]) for name in sorted(by_name))


def _merge(name: str, rows: list[DetectedTechnology]) -> DetectedTechnology:
    return DetectedTechnology(
        name=name,
        tags=tuple(sorted({tag for row in rows for tag in row.tags})),
        categories=tuple(sorted({category for row in rows for category in row.categories})),
        first_detected=min((row.first_detected for row in rows if row.first_detected), default=None),
        last_detected=_newest(row.last_detected for row in rows),
        live=any(row.live for row in rows),
        main_site=any(row.main_site for row in rows),
    )


def _newest(moments: Iterable[datetime | None]) -> datetime | None:
    return max((found for found in moments if found is not None), default=None)


def read_relationships(relationships: object, domain: str) -> tuple[Related, ...]:
    """Domains sharing an identifier, by name, the domain itself left out. Shape from a client's schema, never seen."""
    identifiers = [
        identifier
        for entry in read_rows(relationships, lambda row: row, "Relationships")
        for identifier in read_rows(entry.get("Identifiers"), lambda row: row, "Identifiers")
    ]
    found: dict[str, list[Related]] = {}
    for identifier in identifiers:
        for match in read_rows(identifier.get("Matches"), _read_dated_domain, "Matches"):
            shared = match.model_copy(update={"shared": texts(identifier.get("Type"))})
            found.setdefault(match.domain, []).append(shared)
    return tuple(_merge_related(name, found[name]) for name in sorted(found) if name != domain)


def _read_dated_domain(row: Row) -> Related | None:
    domain = text(row.get("Domain"))
    if domain is None:
        return None
    first = moment(row.get("First") or row.get("FirstDetected"))
    last = moment(row.get("Last") or row.get("LastDetected"))
    return Related(domain=domain.lower(), shared=(), first=first, last=last)


def _merge_related(domain: str, rows: list[Related]) -> Related:
    return Related(
        domain=domain,
        shared=tuple(sorted({shared for row in rows for shared in row.shared})),
        first=min((row.first for row in rows if row.first), default=None),
        last=_newest(row.last for row in rows),
    )


def read_recommendations(compiled: object) -> tuple[Recommendation, ...]:
    """Best match first. Shape from a client's schema (a top-level array), never seen from the real service."""
    found = [
        recommendation
        for entry in read_rows(compiled, lambda row: row, "the answer")
        for recommendation in read_rows(entry.get("Recommendations"), _read_recommendation, "Recommendations")
    ]
    return tuple(sorted(found, key=lambda one: (-(one.match or 0.0), one.name)))


def _read_recommendation(row: Row) -> Recommendation | None:
    name = text(row.get("name")) or text(row.get("Name"))
    if name is None:
        return None
    return Recommendation(name=name, categories=texts(row.get("categories")), match=number(row.get("match")))


def read_keywords(keywords: object) -> tuple[str, ...]:
    """Words of the site in BuiltWith's order. Shape from a client's schema, never seen from the real service."""
    entries = read_rows(keywords, lambda row: texts(row.get("Keywords")), "Keywords")
    return tuple(dict.fromkeys(word for words in entries for word in words))


def read_trust(body: Row) -> Trust | None:
    """v2 (`Assessment`, `BusinessProfile`) or v1 (`DBRecord`); None when the site is unknown to both. Never seen."""
    level = text(mapping(body.get("Assessment")).get("TrustLevel"))
    profile, record = mapping(body.get("BusinessProfile")), mapping(body.get("DBRecord"))
    trust = Trust(
        level=level,
        established=flag(profile.get("IsEstablishedBusiness", record.get("Established"))),
        parked=flag(profile.get("IsParkedDomain", record.get("Parked"))),
        ecommerce=flag(profile.get("IsEcommerceSite", record.get("Ecommerce"))),
    )
    return trust if trust != Trust(level=None, established=None, parked=None, ecommerce=None) else None


def read_redirects(body: Row) -> Redirects | None:
    """Inbound and outbound redirects; None when there are neither. Seen in a recorded answer of 2023."""
    inbound = read_rows(body.get("Inbound"), _read_redirect, "Inbound")
    outbound = read_rows(body.get("Outbound"), _read_redirect, "Outbound")
    return Redirects(inbound=inbound, outbound=outbound) if inbound or outbound else None


def _read_redirect(row: Row) -> Redirect | None:
    found = _read_dated_domain(row)
    return None if found is None else Redirect(domain=found.domain, first=found.first, last=found.last)
