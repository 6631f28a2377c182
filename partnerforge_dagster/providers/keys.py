"""Keys stay out of what is kept and shown, even when a provider repeats one in its answer.

Not for: adding keys to requests (governor/policy.py).
"""

import copy
from dataclasses import replace

import httpx
from pydantic import SecretStr

from partnerforge_dagster.governor.policy import ProviderPolicy
from partnerforge_dagster.models.failures import ProviderError, Refused
from partnerforge_dagster.settings_providers import ProviderSettings

MASK = "***"


def keeping_keys(policy: ProviderPolicy) -> ProviderPolicy:
    """The policy with a `classify` that lets no key through: masked in a failure's words, and no answer holds one."""
    keys = keys_of(policy.settings)
    if not keys:
        return policy

    def classify(response: httpx.Response) -> ProviderError | None:
        failure = policy.classify(response)
        if failure is not None:
            return _masked(failure, keys)
        if any(key.encode() in response.content for key in keys):
            words = "the answer repeats our key, which no answer with data does"
            return Refused(policy.name, words, status=response.status_code)
        return None

    return replace(policy, classify=classify)


def keys_of(settings: ProviderSettings) -> list[str]:
    """Every key of a provider that is set and long enough not to be an ordinary word."""
    values = (getattr(settings, name) for name in type(settings).model_fields)
    keys = [value.get_secret_value() for value in values if isinstance(value, SecretStr)]
    return [key for key in keys if len(key) >= SHORTEST]


SHORTEST = 8
"""Characters; the sandbox takes any key, and ours for it is a word that pages may hold."""


def _masked(failure: ProviderError, keys: list[str]) -> ProviderError:
    detail = failure.detail
    for key in keys:
        detail = detail.replace(key, MASK)
    told = copy.copy(failure)
    told.detail = detail
    told.args = (f"{failure.provider}: {detail}",)
    return told
