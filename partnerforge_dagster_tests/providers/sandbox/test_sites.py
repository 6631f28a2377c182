"""Emulated company sites show what a real page would give away, and lead to the job board."""

from urllib.parse import urlsplit

import httpx
import pytest

from partnerforge_dagster.models.failures import Refused
from partnerforge_dagster.models.technology_stack import EvidenceKind
from partnerforge_dagster.providers.sandbox.catalogue import CATALOGUE
from partnerforge_dagster.providers.sandbox.site_traces import TRACES
from partnerforge_dagster.providers.web_pages import WebPages
from partnerforge_dagster.research.fingerprints.matching import findings_on
from partnerforge_dagster_tests.providers.sandbox.asking import WORLD, with_client


def get(url: str) -> httpx.Response:
    return with_client(lambda http: http.get(url))


@pytest.mark.parametrize("domain", [*WORLD.known(), "acme-tools.com"])
def test_home_pages_load_the_scripts_of_their_technologies(domain: str) -> None:
    """Our page reader finds a script for each live technology that shows itself, and none of a dropped one."""
    company = WORLD.company(domain)
    page = with_client(lambda http: WebPages(http).home(domain)).value
    assert page is not None
    hints = [tech.hint for tech in company.technologies if tech.hint]
    assert hints
    assert len(page.traces.scripts) == len(set(hints))
    hosts = {urlsplit(hint).hostname for hint in hints} - {None}
    assert hosts <= {urlsplit(script).hostname for script in page.traces.scripts}
    assert all(tech.hint is None for tech in company.technologies if tech.last is not None)


@pytest.mark.parametrize("domain", [*WORLD.known(), "acme-tools.com", "shop7.de"])
def test_careers_pages_lead_to_the_board(domain: str) -> None:
    """The home page links to a careers page, and that to the board, when the company has one."""
    company = WORLD.company(domain)
    home = with_client(lambda http: WebPages(http).home(domain)).value
    assert home is not None
    assert home.careers_url is not None
    careers = with_client(lambda http: WebPages(http).page(home.careers_url)).value
    assert careers is not None
    found = [(link.board, link.slug) for link in careers.board_links]
    assert found == ([company.board] if company.board else [])


@pytest.mark.parametrize("domain", [*WORLD.known(), "acme-tools.com", "north-1.com"])
def test_home_pages_show_no_technology_that_the_company_has_not(domain: str) -> None:
    """What our fingerprints find is live in the sandbox's world, or is what an edition of it shows."""
    page = with_client(lambda http: WebPages(http).home(domain)).value
    assert page is not None
    live = {tech.name for tech in WORLD.company(domain).technologies if tech.last is None}
    shown = {name for name in live if name in TRACES}
    editions = {"Shopify": "Shopify Plus", "Magento": "Adobe Commerce"}
    found = {one.name for one in findings_on(page.traces, page.url)}
    assert {name for name in found if editions.get(name) not in live} <= live
    assert {name for name in shown if name not in editions.values()} - found == set()


def test_every_kind_of_evidence_is_on_some_home_page() -> None:
    """All but records of the domain, which are no page's: headers, cookies and policies come over the wire."""
    kinds = set()
    for domain in WORLD.known():
        page = with_client(lambda http, domain=domain: WebPages(http).home(domain)).value
        assert page is not None
        kinds |= {evidence.kind for one in findings_on(page.traces, page.url) for evidence in one.evidence}
    assert kinds == set(EvidenceKind) - {EvidenceKind.DNS}


def test_a_closed_site_forbids_robots() -> None:
    """Its pages are there, and we do not ask for them."""
    assert get("https://closed-shop.com/").status_code == 200
    with pytest.raises(Refused, match=r"robots\.txt of closed-shop.com forbids"):
        with_client(lambda http: WebPages(http).home("closed-shop.com"))


def test_a_hidden_careers_page_is_in_the_sitemap() -> None:
    """No link leads there from the home page; a packed file of an index does."""
    home = with_client(lambda http: WebPages(http).home("hidden-shop.com")).value
    assert home is not None
    assert home.careers_url is None
    found = with_client(lambda http: WebPages(http).careers_url(home.url))
    assert (found.value, found.source.endpoint) == ("https://hidden-shop.com/careers", "sitemap")


def test_a_generator_is_named() -> None:
    """A site on WordPress says so in its head."""
    domains = (f"blog{number}.com" for number in range(200))
    domain = next(d for d in domains if any(t.name == "WordPress" and t.hint for t in WORLD.company(d).technologies))
    page = with_client(lambda http: WebPages(http).home(domain)).value
    assert page is not None
    assert "generator" in dict(page.traces.meta)


def test_sub_domains_are_the_same_company() -> None:
    """`www.` and other hosts of a site answer as the company of the registrable domain."""
    assert (
        get("https://www.costco.com/").text == get("https://costco.com/").text == get("https://jobs.costco.com/").text
    )


def test_unknown_companies_have_no_site() -> None:
    """A `nothing-` domain answers 404, which our reader takes for "nothing there"."""
    assert get("https://nothing-here.com/careers").status_code == 404
    assert with_client(lambda http: WebPages(http).home("nothing-here.com")).value is None


def test_other_pages_are_not_there() -> None:
    """Only home, careers, robots.txt and sitemap are served."""
    assert get("https://costco.com/robots.txt").status_code == 200
    assert get("https://costco.com/search?q=tv").status_code == 404


def test_names_of_the_catalogue_are_safe_in_a_page() -> None:
    """No hint breaks out of its attribute."""
    assert not any(set('"<>') & set(entry.hint) for entry in CATALOGUE.values() if entry.hint)
