"""Account calls: read as documented, free for the governor, sorted by each client's own rules.

Not for: what doctor says of them (cli/test_doctor.py).
"""

import httpx
import pytest
from pydantic import SecretStr

from partnerforge_dagster.models.failures import BadAnswer, ProviderError, RateLimited, Refused
from partnerforge_dagster.providers import builtwith, similarweb, web_search
from partnerforge_dagster.providers.account_calls import ACCOUNT_CALLS, AccountCall, Standing, with_account_calls
from partnerforge_dagster.settings_providers import BuiltWithSettings, SimilarWebSettings, WebSearchSettings

KEY = SecretStr("a-key")
POLICIES = {
    "builtwith": with_account_calls(builtwith.policy(BuiltWithSettings(api_key=KEY))),
    "similarweb": with_account_calls(similarweb.policy(SimilarWebSettings(api_key=KEY))),
    "web_search": with_account_calls(web_search.policy(WebSearchSettings(serper_api_key=KEY, tavily_api_key=KEY))),
}
CALLS: dict[str, tuple[str, AccountCall]] = {
    call.endpoint: (provider, call) for provider, calls in ACCOUNT_CALLS.items() for call in calls
}


def sorted_as(endpoint: str, answer: httpx.Response) -> ProviderError | None:
    """What the provider's policy says of an answer to the call."""
    provider, call = CALLS[endpoint]
    answer.request = call.request()
    return POLICIES[provider].classify(answer)


@pytest.mark.parametrize(
    ("endpoint", "body", "standing"),
    [
        (
            "who_am_i",
            {"account": {"plan": "Pro"}, "rate_limits": {"requests_per_second": 10, "concurrency": 8}},
            Standing(plan="Pro", limits="10 a second, 8 at once"),
        ),
        ("usage", {"used": 5, "purchased": 2000, "remaining": 1995}, Standing(remaining=1995)),
        (
            "user_capabilities",
            {"allowance": 10000, "user_remaining": 4989},
            Standing(plan="allowance of 10,000 credits", remaining=4989),
        ),
        ("user_capabilities", {"allowance": None, "user_remaining": None}, Standing()),
        ("serper_account", {"balance": 2500, "rateLimit": 5}, Standing(remaining=2500, limits="5 a second")),
        (
            "tavily_usage",
            {
                "key": {"usage": 150, "limit": 1000},
                "account": {"current_plan": "Bootstrap", "plan_usage": 500, "plan_limit": 15000},
            },
            Standing(plan="Bootstrap", remaining=14500),
        ),
    ],
)
def test_is_read_and_costs_nothing(endpoint: str, body: object, standing: Standing) -> None:
    """The documented form is an answer, though it is none of a module's."""
    provider, call = CALLS[endpoint]
    assert sorted_as(endpoint, httpx.Response(200, json=body)) is None
    assert call.read(body) == standing
    assert POLICIES[provider].credits(call.request()) == 0


@pytest.mark.parametrize("endpoint", CALLS)
@pytest.mark.parametrize("body", [b"<html>sign in</html>", b'{"hello": 1}', b"[]", b"null", b""])
def test_another_form_is_none(endpoint: str, body: bytes) -> None:
    """A page or another object says nothing of an account."""
    assert isinstance(sorted_as(endpoint, httpx.Response(200, content=body)), BadAnswer)


@pytest.mark.parametrize(
    ("endpoint", "answer", "kind"),
    [
        ("usage", httpx.Response(200, json={"Errors": [{"Message": "API Key is incorrect", "Code": -2}]}), Refused),
        ("user_capabilities", httpx.Response(401, text="invalid API key"), Refused),
        ("serper_account", httpx.Response(403, json={"message": "Unauthorized.", "statusCode": 403}), Refused),
        ("tavily_usage", httpx.Response(401, json={"detail": {"error": "Unauthorized"}}), Refused),
        ("usage", httpx.Response(429, json={"retryAfterSeconds": 1}), RateLimited),
    ],
)
def test_refusals_are_the_clients(endpoint: str, answer: httpx.Response, kind: type[ProviderError]) -> None:
    """A wrong key is one here, too."""
    assert type(sorted_as(endpoint, answer)) is kind


def test_what_modules_ask_is_billed_and_sorted_as_before() -> None:
    """The account's form is no answer to another question."""
    request = httpx.Request("GET", "https://api.builtwith.com/v23/api.json?LOOKUP=a.com,b.com")
    assert POLICIES["builtwith"].credits(request) == 2
    answer = httpx.Response(200, json={"remaining": 5}, request=request)
    assert isinstance(POLICIES["builtwith"].classify(answer), BadAnswer)
