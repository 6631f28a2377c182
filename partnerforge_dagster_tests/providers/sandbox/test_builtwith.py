"""The emulated BuiltWith speaks BuiltWith: recorded shapes, errors inside a 200, and our own client reads it."""

from typing import Any

import pytest

from partnerforge_dagster.models.failures import Refused
from partnerforge_dagster.providers.builtwith import BuiltWith
from partnerforge_dagster.providers.sandbox import builtwith
from partnerforge_dagster.settings_providers import BuiltWithSettings
from partnerforge_dagster_tests.payloads import body
from partnerforge_dagster_tests.providers.sandbox.asking import WORLD, ask, with_client

SETTINGS = BuiltWithSettings()


def keys(value: Any, at: str = "") -> set[str]:
    """Paths of all keys in a JSON value, lists merged."""
    if isinstance(value, list):
        return {key for item in value for key in keys(item, at)}
    if not isinstance(value, dict):
        return set()
    return {f"{at}/{name}" for name in value} | {
        key for name, item in value.items() for key in keys(item, f"{at}/{name}")
    }


def test_no_key_of_the_domain_answer_is_invented() -> None:
    """Every key that the emulator sends stands in a recorded answer."""
    recorded = keys(body("builtwith/domain__belkin.com.json")) | keys(body("builtwith/domain__kss.com.au.json"))
    for version in ("v14", "v20", "v21", "v23"):
        sent = keys(ask(builtwith, f"/{version}/api.json", LOOKUP="costco.com").json())
        assert sent - recorded == set(), version


def test_flags_leave_out_what_the_recording_leaves_out() -> None:
    """With HIDETEXT, HIDEDL and NOPII the answer has the keys of the v21 recording made with them, no more."""
    recorded = body("builtwith/domain__kss.com.au.json")
    flags = {"HIDETEXT": "", "HIDEDL": "", "NOPII": ""}
    answer = ask(builtwith, "/v21/api.json", LOOKUP="costco.com", **flags).json()
    assert keys(answer) <= keys(recorded)
    meta = answer["Results"][0]["Meta"]
    assert {name for name, value in recorded["Results"][0]["Meta"].items() if value is None} <= {
        name for name, value in meta.items() if value is None
    }


def test_redirects_have_the_recorded_shape() -> None:
    """The same keys as in the recorded answer."""
    recorded = body("builtwith/redirects__blacklanternsecurity.com.json")
    assert keys(ask(builtwith, "/redirect1/api.json", LOOKUP="costco.com").json()) == keys(recorded)


@pytest.mark.parametrize(
    ("path", "params", "headers", "code"),
    [
        ("/v23/api.json", {"LOOKUP": "costco.com"}, {}, -2),
        ("/v23/api.json", {"LOOKUP": "costco.com", "KEY": ""}, {}, -2),
        ("/rec1/api.json", {"LOOKUP": "costco.com"}, {}, -2),
        ("/v23/api.json", {"LOOKUP": "www.costco.com", "KEY": "k"}, {}, -8),
        ("/v23/api.json", {"LOOKUP": "co.uk", "KEY": "k"}, {}, -8),
        ("/v23/api.json", {"LOOKUP": "10.0.0.1", "KEY": "k"}, {}, -8),
        ("/v23/api.json", {"LOOKUP": ",".join(f"shop{n}.com" for n in range(17)), "KEY": "k"}, {}, -5),
        ("/kw2/api.json", {"LOOKUP": "a.com,b.com", "KEY": "k"}, {}, -7),
    ],
)
def test_errors_come_inside_a_200(path: str, params: dict[str, str], headers: dict[str, str], code: int) -> None:
    """As recorded: HTTP 200, empty Results and an error with a code."""
    answer = ask(builtwith, path, headers, **params)
    assert answer.status_code == 200
    assert keys(answer.json()) == keys(body("builtwith/domain-error__usage-code-5.json"))
    assert [error["Code"] for error in answer.json()["Errors"]] == [code]


@pytest.mark.parametrize("path", ["/financial1/api.json", "/social1/api.json"])
def test_retired_endpoints_are_gone(path: str) -> None:
    """Both answer 404."""
    assert ask(builtwith, path, LOOKUP="costco.com").status_code == 404


def test_sixteen_lookups_cost_sixteen_credits() -> None:
    """A batch answers each domain and counts each in the credit headers."""
    answer = ask(builtwith, "/v23/api.json", LOOKUP=",".join(f"shop{n}.com" for n in range(16)))
    assert len(answer.json()["Results"]) == 16
    assert answer.headers["X-API-CREDITS-USED"] == "16"


def test_live_only_leaves_out_what_is_gone() -> None:
    """With LIVEONLY no technology that the company dropped is listed."""
    answer = ask(builtwith, "/v23/api.json", LOOKUP="costco.com", LIVEONLY="").json()
    names = {row["Name"] for path in answer["Results"][0]["Result"]["Paths"] for row in path["Technologies"]}
    assert names == {tech.name for tech in WORLD.company("costco.com").technologies if tech.last is None}


def test_technologies_repeat_over_paths_as_recorded() -> None:
    """There are more rows than technologies, on several paths, one of them below the root."""
    paths = ask(builtwith, "/v23/api.json", LOOKUP="costco.com").json()["Results"][0]["Result"]["Paths"]
    rows = [row["Name"] for path in paths for row in path["Technologies"]]
    assert len(rows) > 1.5 * len(set(rows))
    assert {("", ""), ("", "dd")} < {(path["SubDomain"], path["Url"]) for path in paths}


@pytest.mark.parametrize("domain", [*WORLD.known(), "acme-tools.com"])
def test_our_client_reads_back_the_world(domain: str) -> None:
    """Names, live or gone and first-seen days are those of the company."""
    company = WORLD.company(domain)
    read = with_client(lambda http: BuiltWith(http, SETTINGS).domain(domain)).value
    assert read is not None
    assert {(t.name, t.live, t.first_detected.date() if t.first_detected else None) for t in read.technologies} == {
        (tech.name, tech.last is None, tech.first) for tech in company.technologies
    }
    assert read.spend_usd == company.monthly_tech_spend
    assert read.employees == company.employees
    assert read.country == company.country


def test_our_client_reads_the_other_endpoints() -> None:
    """Relationships, recommendations, keywords, trust and redirects have something about a known company."""
    company = WORLD.company("costco.com")
    related = with_client(lambda http: BuiltWith(http, SETTINGS).relationships("costco.com")).value
    assert {one.domain for one in related or ()} == set(company.related_domains)
    recommended = with_client(lambda http: BuiltWith(http, SETTINGS).recommendations("costco.com")).value
    assert recommended
    assert {one.name for one in recommended}.isdisjoint(tech.name for tech in company.technologies)
    assert with_client(lambda http: BuiltWith(http, SETTINGS).keywords("costco.com")).value == company.keywords
    redirects = with_client(lambda http: BuiltWith(http, SETTINGS).redirects("costco.com")).value
    assert redirects is not None
    assert {one.domain for one in redirects.inbound} == set(company.related_domains)


@pytest.mark.parametrize("version", ["trustv1", "trustv2"])
def test_our_client_reads_both_versions_of_trust(version: str) -> None:
    """An established shop is told as one."""
    settings = BuiltWithSettings(trust_version=version)
    trust = with_client(lambda http: BuiltWith(http, settings).trust("costco.com")).value
    assert trust is not None
    assert (trust.established, trust.ecommerce, trust.parked) == (True, True, False)


def test_nothing_there_is_an_answer_and_a_missing_key_is_not() -> None:
    """A domain that BuiltWith does not know has the value None; without a key our client is refused."""
    assert with_client(lambda http: BuiltWith(http, SETTINGS).domain("nothing-here.com")).value is None
    with pytest.raises(Refused):
        with_client(lambda http: BuiltWith(http, SETTINGS).domain("costco.com"), headers={})


def test_account_endpoints_answer() -> None:
    """`whoami` tells the batch size that the domain endpoint keeps; usage tells credits; the free endpoint groups."""
    who = ask(builtwith, "/whoamiv1/api.json").json()
    assert who["account"]["max_batch_size"]["domain_lookup"] == 16
    assert set(ask(builtwith, "/usagev2/api.json").json()) == {"used", "purchased", "remaining"}
    free = ask(builtwith, "/free1/api.json", LOOKUP="costco.com").json()
    assert sum(group["live"] + group["dead"] for group in free["groups"]) == len(
        WORLD.company("costco.com").technologies
    )
