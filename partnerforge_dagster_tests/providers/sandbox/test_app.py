"""Which emulator answers, and what the log says of it."""

import json
from pathlib import Path

import pytest

from partnerforge_dagster.providers.sandbox.faults import PROVIDERS
from partnerforge_dagster.providers.sandbox.request_log import RequestLog
from partnerforge_dagster_tests.providers.sandbox.calls import ONE_OF_EACH, call


def logged(tmp_path: Path, url: str, **options: object) -> dict[str, object]:
    """The line of the request."""
    log = RequestLog(tmp_path / "log")
    call(url, log=log, **options)
    log.close()
    line: dict[str, object] = json.loads((tmp_path / "log").read_text().splitlines()[0])
    return line


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_host_says_which_provider_is_meant(tmp_path: Path, provider: str) -> None:
    """Every provider's own address is answered by it, about the account that the request names."""
    assert call(ONE_OF_EACH[provider]).status_code == 200
    line = logged(tmp_path, ONE_OF_EACH[provider])
    assert (line["provider"], line["domain"]) == (provider, "costco.com")


@pytest.mark.parametrize("provider", sorted(set(PROVIDERS) - {"web_page"}))
@pytest.mark.parametrize("origin", ["http://127.0.0.1:8765", "http://localhost", "http://[::1]:1"])
def test_at_its_own_address_the_path_says_it(tmp_path: Path, provider: str, origin: str) -> None:
    """An address or a name without a dot is the sandbox itself; a host with a dot never is."""
    path = ONE_OF_EACH[provider].split("/", 3)[3]
    assert logged(tmp_path, f"{origin}/{path}")["provider"] == provider


def test_a_forwarded_host_wins(tmp_path: Path) -> None:
    """A reverse proxy's X-Forwarded-Host names the provider, as a served sandbox's clients do."""
    line = logged(tmp_path, "http://127.0.0.1/", headers={"x-forwarded-host": "www.acme-tools.com"})
    assert (line["provider"], line["domain"]) == ("web_page", "acme-tools.com")


@pytest.mark.parametrize(
    ("method", "url", "body", "domain"),
    [
        ("GET", "https://api.builtwith.com/v23/api.json?LOOKUP=Costco.com,etsy.com", None, "costco.com,etsy.com"),
        ("GET", "https://query2.finance.yahoo.com/v8/finance/chart/OCDO.L", None, "ocado.com"),
        ("GET", "https://query2.finance.yahoo.com/v7/finance/quote?symbols=COST,HD", None, "costco.com"),
        ("GET", "https://query1.finance.yahoo.com/v1/test/getcrumb", None, None),
        ("GET", "https://fc.yahoo.com/", None, None),
        ("GET", "https://www.sec.gov/Archives/edgar/data/909832/1/index.json", None, "costco.com"),
        ("GET", "https://www.sec.gov/files/company_tickers.json", None, None),
        ("GET", "https://query.wikidata.org/sparql?query=<https://www.etsy.com/> P856", None, "etsy.com"),
        ("GET", "https://careers.costco.com/", None, "costco.com"),
        ("POST", "https://google.serper.dev/news", {"q": '"Etsy" funding'}, "etsy.com"),
        ("POST", "https://api.theirstack.com/v1/jobs/search", {"company_domain_or": ["etsy.com"]}, "etsy.com"),
        ("GET", "https://api.search.brave.com/res/v1/web/search?q=search engines compared", None, None),
    ],
)
def test_the_account_is_found_in_the_request(
    tmp_path: Path, method: str, url: str, body: object, domain: str | None
) -> None:
    """By LOOKUP, symbol, SEC number, website, search words or posting filter; null when it does not tell."""
    assert logged(tmp_path, url, method=method, json=body)["domain"] == domain


def test_unknown_paths_and_methods_are_refused_as_the_web_does() -> None:
    """404 for a path that the provider has not, 405 for a method."""
    assert call("https://api.builtwith.com/financial1/api.json?LOOKUP=costco.com").status_code == 404
    assert call("https://api.search.brave.com/res/v1/web/search", method="POST").status_code == 405
