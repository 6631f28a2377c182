"""Rules of faults, and what a caller in process meets."""

import json

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.providers.sandbox.faults import PROVIDERS, Faults, Kind, Rule, under
from partnerforge_dagster_tests.providers.sandbox.calls import ONE_OF_EACH, call


@given(st.sampled_from(PROVIDERS), st.sampled_from(Kind), st.floats(0, 1), st.floats(0, 86_400))
def test_a_rule_is_read_as_written(provider: str, kind: Kind, share: float, seconds: float) -> None:
    """Provider, kind, share and seconds come out as they were put in."""
    rule = Rule.parse(f"{provider}/some/path:{kind}:{share!r}:{seconds!r}")
    assert (rule.provider, rule.path, rule.kind, rule.share, rule.seconds) == (
        provider, "some/path", kind, share, seconds,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("bultwith:down", "'bultwith' is not a provider; they are builtwith, similarweb, yahoo"),
        ("builtwith:gone", "'gone' is not a kind of fault; they are down, timeout, reset, 429, 500"),
        ("builtwith", r"expected provider\[/path\]\[@domain\]:kind"),
        ("builtwith:slow:1:2:3", r"expected provider\[/path\]\[@domain\]:kind"),
        ("builtwith:slow:2", "share '2' is not a number from 0 to 1"),
        ("builtwith:slow:1:soon", "seconds 'soon' is not a number"),
        ("builtwith:slow:nan", "share 'nan' is not a number"),
        ("yahoo:500,:down", "'' is not a provider"),
        ("yahoo@co.uk:down", "'co.uk' is a public suffix"),
    ],
)
def test_a_wrong_rule_is_refused_with_the_value_and_what_is_allowed(text: str, said: str) -> None:
    """The message names the rule, what is wrong with it and the choices."""
    with pytest.raises(ValueError, match=said):
        Faults.parse(text)


@given(st.floats(0, 1))
def test_the_share_is_kept_in_the_long_run(share: float) -> None:
    """Of 2,000 requests the share that is struck is near the rule's, and the same in a second run."""
    first, second = (
        [rule.strikes("yahoo", "/v7") for _ in range(2000)]
        for rule in (Rule.parse(f"yahoo:500:{share!r}"), Rule.parse(f"yahoo:500:{share!r}"))
    )
    assert first == second
    assert abs(sum(first) / 2000 - share) < 0.05


def test_the_first_rule_that_strikes_wins_and_others_are_left_alone() -> None:
    """Rules are tried in their order; another provider's requests are never struck."""
    faults = Faults.parse("yahoo/v7:429:0, yahoo:slow, yahoo:500")
    struck = faults.strike("yahoo", "/v7/finance/quote")
    assert struck is not None
    assert struck.kind is Kind.SLOW
    assert faults.strike("builtwith", "/v7/finance/quote") is None
    assert Faults.parse("").rules == ()


def test_a_rule_about_an_account_leaves_the_others_alone() -> None:
    """The domain is read as accounts are; a request about several accounts, or nobody, is not about this one."""
    faults = Faults.parse("similarweb/v5@WWW.Costco.com:500")
    assert faults.by_account
    assert not Faults.parse("similarweb:500").by_account
    assert faults.strike("similarweb", "/v5/x", "costco.com") is not None
    for other in ("etsy.com", "costco.com,etsy.com", None):
        assert faults.strike("similarweb", "/v5/x", other) is None


def test_the_sandbox_finds_whom_a_request_is_about() -> None:
    """Of the same question about two accounts the one is struck and the other answered."""
    costco, etsy = ONE_OF_EACH["similarweb"], ONE_OF_EACH["similarweb"].replace("costco", "etsy")
    struck, spared = (call(url, faults="similarweb@costco.com:500") for url in (costco, etsy))
    assert (struck.status_code, spared.status_code) == (500, 200)


@pytest.mark.parametrize(("prefix", "inside"), [("", True), ("v7", True), ("v7/finance", True), ("v", False)])
def test_paths_are_compared_by_whole_segments(prefix: str, inside: bool) -> None:
    """`/v7/finance` is under `v7` and not under `v`."""
    assert under("/v7/finance", prefix) is inside


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(
    ("kind", "error"),
    [("down", httpx.ConnectError), ("reset", httpx.ReadError), ("timeout:1:0.01", httpx.ReadTimeout)],
)
def test_dropped_connections_are_httpx_errors_in_process(provider: str, kind: str, error: type[Exception]) -> None:
    """A caller in process meets what a caller over a socket meets."""
    with pytest.raises(error):
        call(ONE_OF_EACH[provider], faults=f"{provider}:{kind}")


def test_the_callers_own_timeout_counts_in_process_too() -> None:
    """A read timeout shorter than the fault ends the call, as it would on a socket."""
    with pytest.raises(httpx.ReadTimeout):
        call(ONE_OF_EACH["yahoo"], faults="yahoo:slow:1:60", timeout=0.05)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_truncated_answer_ends_in_the_middle(provider: str) -> None:
    """Half of the right body, with a length that fits."""
    whole, cut = (call(ONE_OF_EACH[provider], faults=faults).content for faults in ("", f"{provider}:truncated"))
    assert cut == whole[: len(whole) // 2]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_html_and_server_errors_come_from_every_provider(provider: str) -> None:
    """`html` is a web page with 200, `500` a 500."""
    page = call(ONE_OF_EACH[provider], faults=f"{provider}:html")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert call(ONE_OF_EACH[provider], faults=f"{provider}:500").status_code == 500


def test_too_many_requests_is_said_in_each_providers_words() -> None:
    """Body and Retry-After as documented; seconds in the rule set Retry-After."""
    said = {provider: call(url, faults=f"{provider}:429") for provider, url in ONE_OF_EACH.items()}
    assert {answer.status_code for answer in said.values()} == {429}
    assert said["builtwith"].json()["retryAfterSeconds"] == 1
    assert "retry-after" not in said["similarweb"].headers
    assert said["yahoo"].text.strip() == "Too Many Requests"
    assert said["wikidata"].headers["retry-after"] == "5"
    assert said["web_search"].json()["error"]["code"] == "RATE_LIMITED"
    assert said["web_search"].headers["x-ratelimit-remaining"] == "0, 14000"
    slowed = call(ONE_OF_EACH["similarweb"], faults="similarweb:429:1:7")
    assert slowed.headers["retry-after"] == "7"


def test_bad_keys_are_refused_in_each_providers_words() -> None:
    """BuiltWith with 200 and -2, SimilarWeb in plain text, Yahoo by crumb, EDGAR in HTML, Brave with 422."""
    said = {provider: call(url, faults=f"{provider}:unauthorized") for provider, url in ONE_OF_EACH.items()}
    statuses = {provider: answer.status_code for provider, answer in said.items()}
    assert statuses == {
        "builtwith": 200, "similarweb": 401, "yahoo": 401, "sec_edgar": 403, "web_search": 422, "job_boards": 403,
        "wikidata": 403, "web_page": 403, "gdelt": 403, "tranco": 403, "common_crawl": 403, "dns": 403,
    }  # fmt: skip
    assert said["builtwith"].json()["Errors"][0]["Code"] == -2
    assert said["similarweb"].text == "invalid API key"
    assert said["yahoo"].json()["finance"]["error"]["description"] == "Invalid Crumb"
    assert "<html>" in said["sec_edgar"].text
    assert said["web_search"].json()["error"]["code"] == "SUBSCRIPTION_TOKEN_INVALID"
    serper = call("https://google.serper.dev/search", method="POST", json={"q": "x"}, faults="web_search:unauthorized")
    assert (serper.status_code, serper.json()["statusCode"]) == (403, 403)


@pytest.mark.parametrize("provider", sorted(set(PROVIDERS) - {"web_page", "gdelt"}))
def test_errors_inside_a_200_are_json_without_data(provider: str) -> None:
    """A 200 whose JSON is not what was asked for; GDELT's is a sentence."""
    right, wrong = (call(ONE_OF_EACH[provider], faults=faults) for faults in ("", f"{provider}:error200"))
    assert wrong.status_code == 200
    assert json.loads(wrong.content) != right.json()
    assert "rror" in wrong.text
