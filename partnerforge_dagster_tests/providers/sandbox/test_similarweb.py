"""The emulated SimilarWeb speaks v5 as far as it is known, agrees with itself, and our own client reads it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.models.failures import Refused
from partnerforge_dagster.providers.sandbox import similarweb
from partnerforge_dagster.providers.sandbox.similarweb_rows import visits
from partnerforge_dagster.providers.similarweb import Months, SimilarWeb, last_months
from partnerforge_dagster_tests.providers.sandbox.asking import AS_OF, WORLD, ask, with_client

SITES = "/v5/website-analysis/websites"
QUARTER = last_months(AS_OF, 3)
DATES = {"start_date": "2026-08", "end_date": "2026-10"}


def test_the_envelope_echoes_the_request_and_hides_the_key() -> None:
    """`meta.request` widens the dates to whole months and does not repeat a key."""
    answer = ask(similarweb, f"{SITES}/traffic-and-engagement", {}, domain="costco.com", api_key="secret", **DATES)
    assert answer.json()["meta"] == {
        "request": {"domain": "costco.com", "start_date": "2026-08-01", "end_date": "2026-10-31"},
        "last_updated": "2026-10-31",
    }


def test_a_missing_key_is_plain_text_and_no_data_is_json() -> None:
    """Both are 401, told apart by their bodies."""
    missing = ask(similarweb, f"{SITES}/website-rank", {}, domain="costco.com")
    assert (missing.status_code, missing.text) == (401, "invalid API key")
    assert missing.headers["content-type"].startswith("text/plain")
    nothing = ask(similarweb, f"{SITES}/website-rank", domain="nothing-here.com")
    assert (nothing.status_code, nothing.headers["content-type"]) == (401, "application/json")


@pytest.mark.parametrize(
    ("path", "params", "code"),
    [
        ("website-rank", {"start_date": "2026-10", "end_date": "2026-11"}, 101),
        ("website-rank", {"start_date": "2019-01", "end_date": "2019-02"}, 101),
        ("website-rank", {"start_date": "2026-10", "end_date": "2026-08"}, 101),
        ("website-rank", {"start_date": "october"}, 101),
        ("website-rank", {"granularity": "yearly"}, 102),
        ("website-rank", {"country": "atlantis"}, 103),
        ("similar-sites/aggregated", {"start_date": "2026-09", "end_date": "2026-10"}, 101),
    ],
)
def test_bad_questions_get_a_code(path: str, params: dict[str, str], code: int) -> None:
    """Dates, granularity and country out of range are refused with the documented code."""
    answer = ask(similarweb, f"{SITES}/{path}", domain="costco.com", **params)
    assert answer.status_code == 400
    assert answer.json()["error_code"] == code


def test_limit_offset_and_metrics_are_honoured() -> None:
    """Lists come in pages, and only the metrics asked for are sent."""
    path = f"{SITES}/similar-sites/aggregated"
    whole = ask(similarweb, path, domain="costco.com", **DATES).json()["data"]
    assert ask(similarweb, path, domain="costco.com", offset="2", limit="3", **DATES).json()["data"] == whole[2:5]
    row = ask(similarweb, f"{SITES}/traffic-and-engagement", domain="costco.com", metrics="visits").json()["data"][0]
    assert set(row) == {"date", "visits"}


def test_the_newest_month_has_the_company_s_visits_and_a_year_its_growth() -> None:
    """October 2026 has exactly the world's visits; a year earlier they were less by the yearly growth, give or take."""
    company = WORLD.company("costco.com")
    now, before = (visits(WORLD, company, month) for month in (date(2026, 10, 1), date(2025, 10, 1)))
    assert now == company.visits
    assert now / before - 1 == pytest.approx(company.yearly_growth, abs=0.08)


@given(start=st.integers(0, 30), length=st.integers(1, 7))
def test_windows_over_the_same_month_agree(start: int, length: int) -> None:
    """A month's visits do not depend on the window that is asked for."""
    company = WORLD.company("acme-tools.com")
    months = [date(2024 + (n // 12), n % 12 + 1, 1) for n in range(start, start + length)]
    assert [visits(WORLD, company, month) for month in months] == [
        visits(WORLD, company, month) for month in months[::-1]
    ][::-1]
    assert all(visits(WORLD, company, month) > 0 for month in months)


def test_shops_have_a_christmas_season() -> None:
    """November and December bring a shop more visits than February."""
    company = WORLD.company("costco.com")
    february, november, december = (
        visits(WORLD, company, day) for day in (date(2025, 2, 1), date(2025, 11, 1), date(2025, 12, 1))
    )
    assert min(november, december) > 1.15 * february


@pytest.mark.parametrize("domain", [*WORLD.known(), "acme-tools.com"])
def test_our_client_reads_every_endpoint(domain: str) -> None:
    """All eleven endpoints (keywords in two halves) give our client something, with shares that add up to 1 at most."""
    company = WORLD.company(domain)

    def read(name: str) -> object:
        return with_client(lambda http: getattr(SimilarWeb(http), name)(domain, QUARTER)).value

    traffic = read("traffic")
    assert [month.month for month in traffic] == [date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1)]
    assert traffic[-1].visits == company.visits
    assert read("global_rank") == company.global_rank
    assert tuple(site.domain for site in read("similar_sites")) == company.similar_sites
    searched = sum(part.share for part in read("channels") if part.name in ("Organic Search", "Paid Search"))
    assert searched == pytest.approx(company.search_share, abs=1e-4)
    groups = read("demographics")
    for parts in (groups.age, groups.gender, read("geography"), read("organic_keywords"), read("paid_keywords")):
        assert parts
        assert 0 < sum(part.share for part in parts) <= 1.001
    for name in ("audience_interests", "referrals", "popular_pages", "keyword_competitors"):
        assert read(name), name


def test_thirteen_months_are_there() -> None:
    """A year of growth can be computed."""
    months = with_client(lambda http: SimilarWeb(http).traffic("costco.com", last_months(AS_OF, 13))).value
    assert len(months) == 13


def test_nothing_there_is_an_answer_and_a_refusal_is_not() -> None:
    """A site without data has the value None; dates out of range and a missing key are failures."""
    assert with_client(lambda http: SimilarWeb(http).traffic("nothing-here.com", QUARTER)).value is None
    future = Months(date(2027, 1, 1), date(2027, 1, 1))
    with pytest.raises(Refused, match="101"):
        with_client(lambda http: SimilarWeb(http).traffic("costco.com", future))
    with pytest.raises(Refused):
        with_client(lambda http: SimilarWeb(http).traffic("costco.com", QUARTER), headers={})
