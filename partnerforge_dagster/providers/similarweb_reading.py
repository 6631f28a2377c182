"""How SimilarWeb's rows become records: the `data` of the v5 envelope, row by row.

No v5 answer has been recorded by anybody we know of. Rows of traffic, channels, geography, rank, referrals and similar
sites follow what clients of v5 read; those marked "unverified" below were never seen anywhere, and several spellings
are taken, the legacy v1 and v4 ones among them.
Not for: the records (models/traffic_analysis.py), requests and errors (similarweb.py).
"""

import re
from collections.abc import Iterable
from datetime import date

from partnerforge_dagster.models.traffic_analysis import (
    Demographics,
    Keyword,
    MonthlyTraffic,
    NamedShare,
    PopularPage,
    SiteShare,
)
from partnerforge_dagster.providers.days import iso_day
from partnerforge_dagster.providers.lenient import Row, mapping, number, read_rows, text

_AGE_METRIC = re.compile(r"^age_(\d+)_(?:to_(\d+)|plus)(?:_share)?$")
_GENDER_METRIC = re.compile(r"^(male|female)(?:_share)?$")


def read_traffic(data: object) -> tuple[MonthlyTraffic, ...]:
    """Months, oldest first. A month without visits is skipped."""
    months = {month.month: month for month in read_rows(_measured(data, "visits"), _read_month, "data")}
    return tuple(months[month] for month in sorted(months))


def _read_month(row: Row) -> MonthlyTraffic | None:
    day, visits = iso_day(row.get("date")), number(row.get("visits"))
    if day is None or visits is None or visits < 0:
        return None
    return MonthlyTraffic(
        month=day.replace(day=1),
        visits=visits,
        unique_visitors=number(row.get("unique_visitors")),
        page_views=number(row.get("page_views")),
        bounce_rate=share(row.get("bounce_rate")),
        average_visit_s=number(row.get("average_visit_duration")),
        pages_per_visit=number(row.get("pages_per_visit")),
    )


def read_channels(data: object) -> tuple[NamedShare, ...]:
    """Shares of the visits of all rows by channel, largest first; an empty tuple when there were no visits."""
    visits = _summed(read_rows(data, _read_channel, "data"))
    total = sum(visits.values())
    return _largest_first(NamedShare(name=name, share=count / total) for name, count in visits.items() if count)


def _read_channel(row: Row) -> tuple[str, float] | None:
    return _named(text(row.get("source_type")), number(row.get("visits")))


def read_countries(data: object) -> tuple[NamedShare, ...]:
    """Shares by country, largest first; names are the provider's: a code, or a name where it gives one."""
    return _largest_first(read_rows(data, _read_country, "data"))


def _read_country(row: Row) -> NamedShare | None:
    name, part = text(row.get("country_name")) or text(row.get("country")), share(row.get("share"))
    return None if name is None or part is None else NamedShare(name=name, share=part)


def read_demographics(data: object) -> Demographics | None:
    """Shares by age and by gender. Unverified: rows of a group with its share, or the legacy one-row metrics."""
    groups = [group for row in read_rows(data, _read_groups, "data") for group in row]
    age = _summed((name, part) for kind, name, part in groups if kind == "age")
    gender = _summed((name, part) for kind, name, part in groups if kind == "gender")
    if not groups:
        return None
    return Demographics(
        age=tuple(NamedShare(name=name, share=min(1.0, age[name])) for name in sorted(age)),
        gender=tuple(NamedShare(name=name, share=min(1.0, gender[name])) for name in sorted(gender)),
    )


def _read_groups(row: Row) -> list[tuple[str, str, float]] | None:
    part = share(row.get("share"))
    ages = text(row.get("age_group")) or text(row.get("age_bucket")) or text(row.get("age"))
    found = [
        (kind, name, part)
        for kind, name in (("age", ages), ("gender", text(row.get("gender"))))
        if name is not None and part is not None
    ]
    for metric, value in row.items():
        name, flat = _metric_group(metric), share(value)
        if name is not None and flat is not None:
            found.append((*name, flat))
    return found or None


def _metric_group(metric: str) -> tuple[str, str] | None:
    age, gender = _AGE_METRIC.match(metric), _GENDER_METRIC.match(metric)
    if age:
        return "age", f"{age[1]}-{age[2]}" if age[2] else f"{age[1]}+"
    return ("gender", gender[1]) if gender else None


def read_keywords(data: object) -> tuple[Keyword, ...]:
    """Terms in the provider's order. Unverified; the names are those of the v4 rows."""
    return read_rows(data, _read_keyword, "data")


def _read_keyword(row: Row) -> Keyword | None:
    term = text(row.get("keyword"))
    if term is None:
        return None
    return Keyword(term=term, share=_first_share(row, "traffic_share", "share"), visits=number(row.get("clicks")))


def read_sites(data: object) -> tuple[SiteShare, ...]:
    """Other sites in the provider's order: referrals (`share`), similar sites (`affinity`; v1 had `url`, `score`).

    Unverified for audience interests and keyword competitors (`overlap` in either is our guess).
    """
    return read_rows(data, _read_site, "data")


def _read_site(row: Row) -> SiteShare | None:
    domain = text(row.get("domain")) or text(row.get("url"))
    if domain is None:
        return None
    return SiteShare(domain=domain.lower(), share=_first_share(row, "share", "affinity", "overlap", "score"))


def read_pages(data: object) -> tuple[PopularPage, ...]:
    """Pages in the provider's order. Unverified: never seen."""
    return read_rows(data, _read_page, "data")


def _read_page(row: Row) -> PopularPage | None:
    url = text(row.get("page")) or text(row.get("url"))
    return None if url is None else PopularPage(url=url, share=_first_share(row, "share", "traffic_share"))


def read_rank(data: object) -> int | None:
    """The newest row's rank; `country_rank` of country `ww` is the world rank."""
    ranks = read_rows(_measured(data, "country_rank"), _read_rank, "data")
    return max(ranks)[1] if ranks else None


def _read_rank(row: Row) -> tuple[date, int] | None:
    rank = number(row.get("country_rank"))
    if rank is None or rank < 1:
        return None
    return iso_day(row.get("date")) or date.min, int(rank)


def _measured(data: object, metric: str) -> object:
    """The rows without those that say null or 0 of the metric: understood, but nothing was measured."""
    if not isinstance(data, list):
        return data
    return [row for row in data if metric not in mapping(row) or row[metric]]


def share(value: object) -> float | None:
    """A part of a whole, 0 to 1; None for anything else, a percentage among it."""
    part = number(value)
    return part if part is not None and 0 <= part <= 1 else None


def _first_share(row: Row, *names: str) -> float | None:
    return next((part for part in (share(row.get(name)) for name in names) if part is not None), None)


def _named(name: str | None, value: float | None) -> tuple[str, float] | None:
    return None if name is None or value is None or value < 0 else (name, value)


def _summed(pairs: Iterable[tuple[str, float]]) -> dict[str, float]:
    sums: dict[str, float] = {}
    for name, value in pairs:
        sums[name] = sums.get(name, 0.0) + value
    return sums


def _largest_first(shares: Iterable[NamedShare]) -> tuple[NamedShare, ...]:
    return tuple(sorted(shares, key=lambda one: (-one.share, one.name)))
