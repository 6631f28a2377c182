"""One result of BuiltWith's domain endpoint: a company's technologies spread over the paths of its site.

Keys are those of the recorded answers (belkin.com 2019, kss.com.au v21). The same technology stands on several paths,
as there: readers have to take the earliest first and the latest last.
Not for: requests, keys and the other endpoints (builtwith.py).
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from partnerforge_dagster.providers.sandbox.catalogue import CATALOGUE
from partnerforge_dagster.providers.sandbox.company import Company, Tech
from partnerforge_dagster.providers.sandbox.draw import Draw

_PERSONAL = ("CompanyName", "Telephones", "City", "State", "Postcode", "Names", "Social")


def ms(day: date) -> int:
    """Milliseconds since 1970 of a day's midnight, UTC."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)


def crawled(company: Company, today: date) -> tuple[date, date]:
    """When BuiltWith saw the site first and last."""
    first = min((tech.first for tech in company.technologies), default=today)
    return first - timedelta(days=200), today - timedelta(days=2)


def domain_result(company: Company, today: date, version: int, flags: frozenset[str]) -> dict[str, Any]:
    """One item of `Results`. Versions before 20 had no revenue and a real boolean (seen in recorded answers)."""
    first, last = crawled(company, today)
    known, modern = not company.unknown, version >= 20
    result: dict[str, Any] = {
        "IsDB": str(known) if modern else known,
        "Spend": company.monthly_tech_spend,
        "Paths": _paths(company, first, last, flags) if known else [],
    }
    if modern:
        result["SpendHistory"] = _spend_history(company, last) if known else []
    answer = {
        "Result": result,
        "Meta": _meta(company, flags),
        "Attributes": _attributes(company, modern),
        "FirstIndexed": ms(first) if known else 0,
        "LastIndexed": ms(last) if known else 0,
        "Lookup": company.domain,
    }
    return answer | ({"SalesRevenue": _monthly_revenue(company)} if version >= 21 else {})


def _monthly_revenue(company: Company) -> int:
    """The provider's guess: the real figure, a fifth too high or too low, in round numbers."""
    if not company.years:
        return 0
    guess = company.years[0].revenue / 12 * Draw(company.domain).between("revenue guess", 0.8, 1.2)
    return int(float(f"{guess:.2g}"))


def _spend_history(company: Company, last: date) -> list[dict[str, int]]:
    """A point for each half year of the last five."""
    points = [last - timedelta(days=182 * age) for age in range(10, -1, -1)]
    return [
        {"D": ms(point), "S": round(company.monthly_tech_spend * (0.55 + 0.045 * position))}
        for position, point in enumerate(points)
    ]


def _meta(company: Company, flags: frozenset[str]) -> dict[str, Any]:
    draw, known = Draw(company.domain), not company.unknown
    meta = {
        "Majestic": int(draw.log_between("majestic", 200, 900_000)) if known else 0,
        "Umbrella": int(draw.log_between("umbrella", 200, 900_000)) if known else 0,
        "Vertical": company.vertical if known else "",
        "Social": list(company.socials) or None,
        "CompanyName": company.legal_name if known else None,
        "Telephones": [f"+1-555-01{int(draw.unit('telephone') * 100):02d}"] if known else None,
        "Emails": [],
        "City": company.city if known else None,
        "State": company.region,
        "Postcode": None,
        "Country": company.country if known else "",
        "Names": None,
        "ARank": company.global_rank or -1,
        "QRank": -1,
    }
    return meta | (dict.fromkeys(_PERSONAL, None) if "NOPII" in flags else {})


def _attributes(company: Company, modern: bool) -> dict[str, int]:
    draw, known = Draw(company.domain), not company.unknown
    counted = {
        name: int(draw.log_between(name, low, high)) if known else 0
        for name, low, high in (
            ("MJRank", 200, 900_000), ("MJTLDRank", 100, 500_000), ("RefSN", 50, 60_000), ("RefIP", 60, 90_000),
            ("Sitemap", 40, 2_000_000),
        )
    }  # fmt: skip
    tags = dict.fromkeys(("QubitTags", "TealiumTags", "AdobeTags", "CDimensions", "CGoals", "CMetrics"), 0)
    live = {tech.name for tech in company.technologies if tech.last is None}
    tags |= {"GTMTags": int("Google Tag Manager" in live), "TealiumTags": int("Tealium" in live)}
    recent = {"Employees": company.employees, "Followers": company.employees * 7, "ProductCount": 0}
    return counted | tags | (recent if modern else {"TTFB": 0, "SourceBytes": 0})


def _paths(company: Company, first: date, last: date, flags: frozenset[str]) -> list[dict[str, Any]]:
    """The root, the pages below it ("dd"), two subdomains, and a mobile site that was given up long ago."""
    draw = Draw(company.domain)
    live = [tech for tech in company.technologies if tech.last is None]
    everywhere = [tech for tech in live if tech.tag in ("javascript", "analytics", "widgets", "cdn", "cdns")]
    plan = [
        ("", "", list(company.technologies), first, last),
        ("", "dd", [tech for tech in company.technologies if tech.tag != "mx"], first, last - timedelta(days=1)),
        ("careers", "", list(draw.some("careers", tuple(everywhere), 6)), first, last - timedelta(days=9)),
        ("m", "", list(draw.some("mobile", tuple(live), 5)), first, last - timedelta(days=1_300)),
    ]
    paths = []
    for subdomain, url, techs, since, until in plan:
        rows = [
            _technology(tech, draw, f"{subdomain}/{url}", until, flags)
            for tech in techs
            if tech.first < until and not ("LIVEONLY" in flags and tech.last is not None)
        ]
        if rows:
            paths.append(
                {
                    "FirstIndexed": ms(since),
                    "LastIndexed": ms(until),
                    "Domain": company.domain,
                    "Url": url,
                    "SubDomain": subdomain,
                    "Technologies": rows,
                }
            )
    return paths


def _technology(tech: Tech, draw: Draw, path: str, crawled_on: date, flags: frozenset[str]) -> dict[str, Any]:
    """A row. Below the root a technology is found somewhat later, and pages are read on different days of a crawl."""
    entry = CATALOGUE[tech.name]
    seen = min(tech.last or crawled_on, crawled_on)
    delay = 0 if path == "/" else int(draw.unit(f"{path} {tech.name}") * 60)
    found = min(tech.first + timedelta(days=delay), seen)
    last = seen - timedelta(days=int(draw.unit(f"{path} {tech.name} last") * 3)) if tech.last is None else seen
    row = {
        "Name": tech.name,
        "Tag": tech.tag,
        "FirstDetected": ms(found),
        "LastDetected": ms(max(found, last)),
        "IsPremium": "yes" if entry.premium else "no",
    }
    if not flags & {"HIDETEXT", "HIDEDL"}:
        row["Description"] = f"{tech.name} is used on this site."
        row["Link"] = f"https://trends.builtwith.com/{tech.tag}/{tech.name.replace(' ', '-')}"
    if "HIDETEXT" not in flags:
        row["Categories"] = list(tech.categories) or None
    return row
