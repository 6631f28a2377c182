"""A key that a provider repeats is in no failure and in no answer."""

import httpx
from pydantic import SecretStr

from partnerforge_dagster.governor.policy import ProviderPolicy
from partnerforge_dagster.models.failures import BadAnswer, ProviderError, Refused
from partnerforge_dagster.providers.keys import keeping_keys, keys_of
from partnerforge_dagster.settings_providers import BuiltWithSettings, WebSearchSettings

KEY = "sk-0123456789"


def refuses(response: httpx.Response) -> ProviderError | None:
    return None if response.status_code == 200 else BadAnswer("builtwith", f"no: {response.text}", status=400)


def classified(response: httpx.Response, key: str | None = KEY) -> ProviderError | None:
    settings = BuiltWithSettings(api_key=SecretStr(key) if key else None)
    return keeping_keys(ProviderPolicy("builtwith", settings, refuses)).classify(response)


def test_a_failure_is_masked() -> None:
    """In its sentence and in its detail; kind and status stay."""
    failure = classified(httpx.Response(400, text=f"bad key {KEY}"))
    assert type(failure) is BadAnswer
    assert (str(failure), failure.detail, failure.status) == (
        "builtwith: no: bad key ***",
        "no: bad key ***",
        400,
    )


def test_an_answer_with_our_key_is_none() -> None:
    """It would be stored."""
    assert type(classified(httpx.Response(200, text=f"hello {KEY}"))) is Refused
    assert classified(httpx.Response(200, text="hello")) is None


def test_words_that_are_short_are_no_keys() -> None:
    """The sandbox's key is a word that pages may hold."""
    assert classified(httpx.Response(200, text="in the sandbox"), "sandbox") is None
    assert classified(httpx.Response(200, text="hello"), None) is None
    several = WebSearchSettings(api_key=SecretStr(KEY), tavily_api_key=SecretStr("tvly-" + KEY))
    assert keys_of(several) == [KEY, "tvly-" + KEY]
