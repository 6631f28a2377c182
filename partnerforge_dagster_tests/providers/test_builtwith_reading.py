"""How BuiltWith's JSON becomes records: dates, what is live, and one row a technology."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.providers.builtwith_reading import (
    ABANDONED_AFTER,
    LIVE_WITHIN,
    count,
    flag,
    merged,
    moment,
    read_domains,
)
from partnerforge_dagster.providers.builtwith_records import BuiltWithDomain, DetectedTechnology

CRAWLED = datetime(2024, 9, 26, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (1_727_334_000_000, datetime(2024, 9, 26, 7, tzinfo=UTC)),  # recorded, 2024
        (1_727_334_000, datetime(2024, 9, 26, 7, tzinfo=UTC)),  # free1's documents: seconds
        ("1727334000000", datetime(2024, 9, 26, 7, tzinfo=UTC)),
        ("/Date(1749427200000)/", datetime(2025, 6, 9, tzinfo=UTC)),  # rec1
        ("/Date(1749427200000+0000)/", datetime(2025, 6, 9, tzinfo=UTC)),
        ("2025-06-09T00:00:00Z", datetime(2025, 6, 9, tzinfo=UTC)),  # documents of rec1, tag1, redirect1
        ("2025-06-09T02:00:00+02:00", datetime(2025, 6, 9, tzinfo=UTC)),
        ("2025-06-09T00:00:00.0000000", datetime(2025, 6, 9, tzinfo=UTC)),
        ("2025-06-09", datetime(2025, 6, 9, tzinfo=UTC)),
        (0, None),
        ("0001-01-01T00:00:00", None),
        (True, None),
        (10**30, None),
        (float("nan"), None),
        ("soon", None),
        (None, None),
        ([], None),
    ],
)
def test_a_date_is_read_in_each_form_that_builtwith_sends(written: object, meant: datetime | None) -> None:
    """Zero, .NET's first day and junk are no date."""
    assert moment(written) == meant


def test_flags_and_counts_are_read_in_each_form() -> None:
    """Strings since v20, bools before; a count of 0 means unknown."""
    assert [flag(value) for value in ("True", "False", True, False, "maybe", None)] == [
        True, False, True, False, None, None,
    ]  # fmt: skip
    assert [count(value) for value in (250, "250", 0, -1, None, True)] == [250, 250, None, None, None, None]


def row(name: str, last: datetime, first: datetime = CRAWLED - timedelta(days=900)) -> dict[str, Any]:
    return {"Name": name, "FirstDetected": ms(first), "LastDetected": ms(last)}


def ms(when: datetime) -> int:
    return int(when.timestamp() * 1000)


def path(rows: list[dict[str, Any]], crawled: datetime = CRAWLED, subdomain: str = "") -> dict[str, Any]:
    return {"SubDomain": subdomain, "Url": "", "LastIndexed": ms(crawled), "Technologies": rows}


def read(paths: list[dict[str, Any]]) -> BuiltWithDomain:
    result = {"Lookup": "x.com", "LastIndexed": ms(CRAWLED), "Result": {"IsDB": "True", "Paths": paths}}
    return read_domains([result], ["x.com"])["x.com"]


def live(paths: list[dict[str, Any]]) -> list[str]:
    return [technology.name for technology in read(paths).technologies if technology.live]


def test_a_technology_is_live_when_the_last_crawl_of_a_path_saw_it() -> None:
    """A crawl takes some days; what was last seen before them is gone."""
    seen, missed = CRAWLED - LIVE_WITHIN, CRAWLED - LIVE_WITHIN - timedelta(days=1)
    assert live([path([row("seen", seen), row("missed", missed)])]) == ["seen"]


def test_a_path_that_is_no_longer_crawled_keeps_nothing_alive() -> None:
    """The same row counts on a path crawled within the year, and not on one given up before."""
    recent, old = CRAWLED - ABANDONED_AFTER, CRAWLED - ABANDONED_AFTER - timedelta(days=1)
    assert live([path([row("shop", recent)], crawled=recent)]) == ["shop"]
    assert live([path([row("shop", old)], crawled=old)]) == []
    assert live([path([row("shop", old)], crawled=old), path([row("shop", CRAWLED)])]) == ["shop"]


def test_a_path_without_a_crawl_date_is_judged_by_its_newest_row() -> None:
    """Nothing is called gone only because a date is missing."""
    undated = path([row("a", CRAWLED), row("b", CRAWLED - timedelta(days=400))])
    del undated["LastIndexed"]
    assert live([undated]) == ["a"]


def test_a_malformed_technology_is_skipped() -> None:
    """Nameless, null and misshapen rows cost only themselves; dates of the wrong type are unknown."""
    rows: list[Any] = [None, 7, {"Name": None}, {"Name": "a", "FirstDetected": {}, "Categories": "Fonts", "Tag": None}]
    (only,) = read([path(rows)]).technologies
    assert (only.name, only.categories, only.tags, only.first_detected) == ("a", ("Fonts",), (), None)


def test_keys_that_nobody_has_seen_are_ignored() -> None:
    """v25 adds confidence and registration data somewhere; the rest is read as before."""
    new = row("a", CRAWLED) | {"Confidence": 0.9}
    assert live([path([new]) | {"Registration": {"Number": 1}}]) == ["a"]


moments = st.integers(min_value=0, max_value=3000).map(
    lambda day: datetime(2015, 1, 1, tzinfo=UTC) + timedelta(days=day)
)
detections = st.builds(
    DetectedTechnology,
    name=st.sampled_from(["Hybris", "jQuery", "nginx"]),
    tags=st.sampled_from([(), ("shop",), ("cms",)]),
    categories=st.sampled_from([(), ("Enterprise",), ("Site Search",)]),
    first_detected=st.none() | moments,
    last_detected=st.none() | moments,
    live=st.booleans(),
    main_site=st.booleans(),
)


@given(st.lists(detections, max_size=12), st.randoms(use_true_random=False), st.integers(min_value=0, max_value=12))
def test_merging_does_not_care_for_order_or_for_how_rows_are_spread(
    rows: list[DetectedTechnology], random: Any, cut: int
) -> None:
    """Shuffled, split in two and merged in two steps, the same rows are the same technologies."""
    shuffled = random.sample(rows, len(rows))
    assert merged(shuffled) == merged(rows)
    assert merged([*merged(rows[:cut]), *merged(rows[cut:])]) == merged(rows)


@given(st.lists(detections, max_size=12))
def test_merging_loses_no_technology_and_widens_no_date(rows: list[DetectedTechnology]) -> None:
    """One row a name, spanning exactly from the earliest first to the latest last, live when any was."""
    found = {technology.name: technology for technology in merged(rows)}
    assert set(found) == {one.name for one in rows}
    for name, technology in found.items():
        same = [one for one in rows if one.name == name]
        assert technology.first_detected == min(
            (one.first_detected for one in same if one.first_detected), default=None
        )
        assert technology.last_detected == max((one.last_detected for one in same if one.last_detected), default=None)
        assert technology.live == any(one.live for one in same)


@given(st.lists(st.sampled_from(["Hybris", "jQuery", "nginx", "React"]), min_size=1, max_size=8), st.data())
def test_rows_spread_over_any_paths_of_one_crawl_are_the_same_technologies(
    names: list[str], data: st.DataObject
) -> None:
    """BuiltWith lists a technology under each path where it met it; how it spreads them says nothing."""
    rows = [row(name, CRAWLED - timedelta(days=data.draw(st.integers(0, 30)))) for name in names]
    spread: dict[int, list[dict[str, Any]]] = {}
    for one in data.draw(st.permutations(rows)):
        spread.setdefault(data.draw(st.integers(0, 3)), []).append(one)
    assert read([path(part) for part in spread.values()]).technologies == read([path(rows)]).technologies
