"""Calls that tell of our own account at a provider and cost nothing: is the key right, which plan, what is left.

| provider | call | free of charge according to |
|---|---|---|
| BuiltWith | /whoamiv1, /usagev2 | vendor's documents (api-evangelist/builtwith, llms/builtwith-llms.txt) |
| SimilarWeb | /user-capabilities | https://developers.similarweb.com/reference/check-user-usage |
| Serper | /account | clients of it; the vendor documents no such call |
| Tavily | /usage | https://docs.tavily.com/documentation/api-reference/endpoint/usage |

For Brave and TheirStack no such call is known: every call is billed. None of this was seen from the real services.
Not for: what a module asks (the clients), or what is made of it (cli/doctor_providers.py).
"""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import httpx

from partnerforge_dagster.governor.policy import ProviderPolicy
from partnerforge_dagster.models.failures import BadAnswer, ProviderError
from partnerforge_dagster.providers import builtwith, similarweb
from partnerforge_dagster.providers.client import parsed_json
from partnerforge_dagster.providers.engines import serper, tavily
from partnerforge_dagster.providers.lenient import mapping, number, text


class Standing(NamedTuple):
    """What a provider says of our account; None for what it does not say."""

    plan: str | None = None
    remaining: int | None = None
    """Credits left."""
    limits: str | None = None
    """The plan's own limits, in words."""


class AccountCall(NamedTuple):
    """One free call."""

    endpoint: str
    """The ledger's name for it."""
    host: str
    path: str
    read: Callable[[object], Standing | None]
    """None for a body that is not of the documented form."""
    key: str = "api_key"
    """The setting with the key that it is about."""

    def request(self) -> httpx.Request:
        """The question, without credentials."""
        return httpx.Request("GET", f"https://{self.host}{self.path}")


def _who_am_i(body: object) -> Standing | None:
    account, rates = mapping(mapping(body).get("account")), mapping(mapping(body).get("rate_limits"))
    if "account" not in mapping(body):
        return None
    second, at_once = number(rates.get("requests_per_second")), number(rates.get("concurrency"))
    limits = f"{second:g} a second, {at_once:g} at once" if second and at_once else None
    return Standing(plan=text(account.get("plan")), limits=limits)


def _usage(body: object) -> Standing | None:
    left = number(mapping(body).get("remaining"))
    return None if left is None else Standing(remaining=int(left))


def _capabilities(body: object) -> Standing | None:
    """`user_remaining` is null where the account sets the user no limit."""
    said = mapping(body)
    if "user_remaining" not in said:
        return None
    left, allowance = number(said["user_remaining"]), number(said.get("allowance"))
    plan = None if allowance is None else f"allowance of {allowance:,.0f} credits"
    return Standing(plan=plan, remaining=None if left is None else int(left))


def _serper_account(body: object) -> Standing | None:
    left, rate = number(mapping(body).get("balance")), number(mapping(body).get("rateLimit"))
    if left is None:
        return None
    return Standing(remaining=int(left), limits=f"{rate:g} a second" if rate else None)


def _tavily_usage(body: object) -> Standing | None:
    account = mapping(mapping(body).get("account"))
    used, most = number(account.get("plan_usage")), number(account.get("plan_limit"))
    if "account" not in mapping(body):
        return None
    left = None if used is None or most is None else int(most - used)
    return Standing(plan=text(account.get("current_plan")), remaining=left)


ACCOUNT_CALLS: dict[str, tuple[AccountCall, ...]] = {
    "builtwith": (
        AccountCall("who_am_i", builtwith.HOST, "/whoamiv1/api.json", _who_am_i),
        AccountCall("usage", builtwith.HOST, "/usagev2/api.json", _usage),
    ),
    "similarweb": (AccountCall("user_capabilities", similarweb.HOST, "/user-capabilities", _capabilities),),
    "web_search": (
        AccountCall("serper_account", serper.HOST, "/account", _serper_account, "serper_api_key"),
        AccountCall("tavily_usage", tavily.HOST, "/usage", _tavily_usage, "tavily_api_key"),
    ),
}


def with_account_calls(policy: ProviderPolicy) -> ProviderPolicy:
    """The policy with the provider's account calls: they cost nothing, and their form is an answer too.

    Failures are sorted by the client's own `classify`.
    """
    known = {(call.host, call.path): call for call in ACCOUNT_CALLS.get(policy.name, ())}
    if not known:
        return policy

    def called(request: httpx.Request) -> AccountCall | None:
        return known.get((request.url.host, request.url.path))

    def classify(response: httpx.Response) -> ProviderError | None:
        failure = policy.classify(response)
        call = called(response.request)
        if call is None or response.status_code != 200 or not isinstance(failure, BadAnswer | None):
            return failure
        try:
            read = call.read(parsed_json(response)) is not None
        except ValueError:
            read = False
        return None if read else BadAnswer(policy.name, f"{call.endpoint} is not in the documented form", status=200)

    def credits_of(request: httpx.Request) -> int:
        return 0 if called(request) else policy.credits(request)

    return replace(policy, classify=classify, credits=credits_of)
