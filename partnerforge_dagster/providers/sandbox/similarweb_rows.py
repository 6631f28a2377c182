"""The rows of SimilarWeb's endpoints, from a company's visits, growth and shares.

A month's visits depend on the domain and the month alone, so that two windows over the same month agree.
Not for: requests, keys and the envelope (similarweb.py).
"""

from datetime import date
from typing import Any

from partnerforge_dagster.providers.sandbox.building import EPOCH
from partnerforge_dagster.providers.sandbox.company import Company
from partnerforge_dagster.providers.sandbox.draw import Draw
from partnerforge_dagster.providers.sandbox.world import World

Row = dict[str, Any]

_SEASON = (0.97, 0.9, 0.97, 0.96, 0.99, 0.96, 0.97, 0.98, 0.97, 1.0, 1.22, 1.18)
"""Of shops by month, January first. Others have half of it."""
_SEARCH = ("Organic Search", "Paid Search")
_OTHER_CHANNELS = (
    ("Direct", 0.62), ("Referrals", 0.12), ("Social", 0.08), ("Mail", 0.07), ("Display Ads", 0.05), ("Gen AI", 0.03),
    ("Affiliates", 0.02), ("Internal", 0.01),
)  # fmt: skip
"""Share of what does not come from search engines."""
_AGES = (("18-24", 0.14), ("25-34", 0.25), ("35-44", 0.22), ("45-54", 0.17), ("55-64", 0.13), ("65+", 0.09))
_PAGES = ("/", "/search", "/new", "/sale", "/cart", "/login", "/stores", "/category/popular", "/help", "/gift-cards")
_SENDERS = ("google.com", "facebook.com", "reddit.com", "slickdeals.net", "youtube.com", "instagram.com", "bing.com")


def visits(world: World, company: Company, month: date) -> float:
    """Visits of a month: growth, season and a little noise; exactly `company.visits` in the last whole month before the
    world was made."""
    age = _age(world, month)
    trend: float = (1 + company.yearly_growth) ** (-age / 12)
    now = month.year * 12 + month.month - 1
    return round(company.visits * trend * _mood(company, now) / _mood(company, now + age), 2)


def _age(world: World, month: date) -> int:
    """Months from this one to the last whole one before the world was made; negative for later ones."""
    made = min(world.today, EPOCH)
    return (made.year - month.year) * 12 + made.month - month.month - 1


def _mood(company: Company, month: int) -> float:
    season = _SEASON[month % 12]
    if not any(tech.tag == "shop" for tech in company.technologies):
        season = (season + 1) / 2
    return season * Draw(company.domain).between(f"noise {month}", 0.97, 1.03)


def traffic(world: World, company: Company, months: list[date]) -> list[Row]:
    """A row a month."""
    draw = Draw(company.domain)
    pages, seconds = draw.between("pages", 2.4, 8.0), draw.between("seconds", 90, 420)
    bounce, people = draw.between("bounce", 0.28, 0.6), draw.between("people", 0.38, 0.6)
    series = []
    for month in months:
        count = visits(world, company, month)
        row = {
            "date": month.isoformat(),
            "visits": count,
            "unique_visitors": round(count * people, 2),
            "page_views": round(count * pages, 2),
            "bounce_rate": round(bounce, 4),
            "average_visit_duration": round(seconds, 2),
            "pages_per_visit": round(pages, 4),
        }
        series.append(row)
    return series


def _channel_parts(company: Company) -> list[tuple[str, float]]:
    organic = Draw(company.domain).between("organic part of search", 0.72, 0.95)
    search = [company.search_share * organic, company.search_share * (1 - organic)]
    others = [(name, (1 - company.search_share) * part) for name, part in _OTHER_CHANNELS]
    return [*zip(_SEARCH, search, strict=True), *others]


def channels(world: World, company: Company, months: list[date]) -> list[Row]:
    """A row for each month and channel."""
    return [
        {"date": month.isoformat(), "source_type": name, "visits": round(visits(world, company, month) * part, 2)}
        for month in months
        for name, part in _channel_parts(company)
    ]


def channel_shares(_world: World, company: Company, _months: list[date]) -> list[Row]:
    """A row a channel."""
    return [
        {"domain": company.domain, "source_type": name, "share": round(part, 6)}
        for name, part in _channel_parts(company)
    ]


def geography(world: World, company: Company, months: list[date]) -> list[Row]:
    """A row a country, largest first."""
    total = sum(visits(world, company, month) for month in months)
    return [
        {"country": code.lower(), "share": share, "visits": round(total * share, 2)}
        for code, share in company.countries
    ]


def demographics(_world: World, company: Company, _months: list[date]) -> list[Row]:
    """A row an age group, then a row a gender."""
    draw = Draw(company.domain)
    weights = [(group, part * draw.between(f"age {group}", 0.7, 1.3)) for group, part in _AGES]
    total = sum(weight for _, weight in weights)
    female = round(draw.between("female", 0.32, 0.68), 4)
    return [
        *({"age_group": group, "share": round(weight / total, 4)} for group, weight in weights),
        {"gender": "female", "share": female},
        {"gender": "male", "share": round(1 - female, 4)},
    ]


def _falling(names: tuple[str, ...], first: float) -> list[tuple[str, float]]:
    """Each name with a share that is three quarters of the one before."""
    return [(name, round(first * 0.75**position, 5)) for position, name in enumerate(names)]


def _keyword_rows(world: World, company: Company, months: list[date], terms: tuple[str, ...], part: float) -> list[Row]:
    searches = sum(visits(world, company, month) for month in months) * company.search_share * part
    draw = Draw(company.domain)
    return [
        {
            "keyword": term,
            "traffic_share": share,
            "clicks": round(searches * share, 2),
            "volume": int(searches * share * 3),
            "cpc": round(draw.between(f"cpc {term}", 0.2, 2.5), 2),
            "position": position,
        }
        for position, (term, share) in enumerate(_falling(terms, 0.22), start=1)
    ]


def organic_keywords(world: World, company: Company, months: list[date]) -> list[Row]:
    """A row a term, most clicks first; the company's own name leads."""
    name = company.name.lower()
    terms = (name, f"{name} login", *company.keywords, f"{name} near me")
    return _keyword_rows(world, company, months, terms, 0.85)


def paid_keywords(world: World, company: Company, months: list[date]) -> list[Row]:
    """The same for advertisements."""
    terms = tuple(f"buy {keyword}" for keyword in company.keywords[:4])
    return _keyword_rows(world, company, months, (company.name.lower(), *terms), 0.15)


def interests(_world: World, company: Company, _months: list[date]) -> list[Row]:
    """Sites that the same people visit."""
    sites = ("youtube.com", *company.similar_sites[:5], "reddit.com", "wikipedia.org")
    return [{"domain": site, "overlap": share} for site, share in _falling(sites, 0.55)]


def ranks(world: World, company: Company, months: list[date]) -> list[Row]:
    """A row a month; a growing site had a worse rank before."""
    yearly = 1 + company.yearly_growth
    return [
        {
            "date": month.isoformat(),
            "country_rank": max(1, round(company.global_rank * yearly ** (_age(world, month) / 12))),
            "category_rank": max(1, company.global_rank // 90),
        }
        for month in months
    ]


def referrals(_world: World, company: Company, _months: list[date]) -> list[Row]:
    """Sites that send visitors."""
    draw = Draw(company.domain)
    sites = (*company.related_domains[:1], *draw.some("senders", _SENDERS, 5))
    return [
        {"domain": site, "share": share, "change": round(draw.between(f"change {site}", -0.2, 0.3), 4)}
        for site, share in _falling(sites, 0.19)
    ]


def outgoing(_world: World, company: Company, _months: list[date]) -> list[Row]:
    """Sites that visitors go on to."""
    sites = ("paypal.com", *company.related_domains)
    return [{"domain": site, "share": share, "change": 0.0} for site, share in _falling(sites, 0.3)]


def pages(_world: World, company: Company, _months: list[date]) -> list[Row]:
    """Most visited pages."""
    return [{"page": f"{company.domain}{page}", "share": share} for page, share in _falling(_PAGES, 0.21)]


def similar_sites(_world: World, company: Company, _months: list[date]) -> list[Row]:
    """Sites like this one, closest first."""
    return [
        {"domain": site, "affinity": round(0.97 * 0.95**position, 4)}
        for position, site in enumerate(company.similar_sites)
    ]


def keyword_competitors(_world: World, company: Company, _months: list[date]) -> list[Row]:
    """Sites found by the same search terms."""
    order = Draw(company.domain).some("keyword competitors", company.similar_sites, 8)
    return [{"domain": site, "overlap": share} for site, share in _falling(order, 0.42)]
