"""What each provider's key adds to a brief, and what is used without it: the one place that knows.

The brief names the keys that would fill its gaps, `partnerforge doctor` and `plan` those that are not set.
Not for: a provider's limits or prices (settings.py, docs/providers).
"""

from typing import NamedTuple

from partnerforge_dagster.models.base import Mode
from partnerforge_dagster.settings import PREFIX, Settings


class KeyGain(NamedTuple):
    """One paid service. Any one of its keys is enough."""

    provider: str
    """As in the settings: `similarweb`."""
    service: str
    """As people write it: `SimilarWeb`."""
    keys: tuple[str, ...]
    """Settings of the provider that hold a key: `api_key`."""
    adds: str
    """What a key adds, to be read after "would add"."""
    instead: str
    """What is used without a key, as a sentence without its full stop."""
    asked_without: bool = False
    """True when the provider is asked for other things without the key."""

    @property
    def variables(self) -> tuple[str, ...]:
        """Environment variables that take a key."""
        return tuple(f"{PREFIX}PROVIDERS__{self.provider}__{key}".upper() for key in self.keys)


KEY_GAINS: tuple[KeyGain, ...] = (
    KeyGain(
        "builtwith",
        "BuiltWith",
        ("api_key",),
        adds=(
            "technologies that the home page does not show, since when each is used and what was dropped, technology "
            "spend, related domains, competitors' stacks, and estimates of a private company's revenue and size"
        ),
        instead="What the home page itself loads is recognised",
    ),
    KeyGain(
        "similarweb",
        "SimilarWeb",
        ("api_key",),
        adds=(
            "visits by month and their growth, where visitors come from, keywords, referrals, audience, and the "
            "competitors with their visits"
        ),
        instead="Tranco says how popular the domain is",
    ),
    KeyGain(
        "web_search",
        "Web search (Brave, Serper or Tavily)",
        ("api_key", "serper_api_key", "tavily_api_key"),
        adds=(
            "news of the last year with excerpts, what executives said and when, earnings news, and the company's own "
            "pages about itself and its people"
        ),
        instead="GDELT gives the headlines of the last three months",
    ),
    KeyGain(
        "job_boards",
        "TheirStack",
        ("theirstack_api_key",),
        adds="open roles where no board on Greenhouse, Lever, Ashby or Workable is found to be the company's",
        instead="The public boards are asked",
        asked_without=True,
    ),
)
"""In the order of what they add to the brief of an unknown company."""


def gain_of(provider: str) -> KeyGain | None:
    """What a key of this provider adds; None for one that takes no key."""
    return next((gain for gain in KEY_GAINS if gain.provider == provider), None)


def missing_keys(settings: Settings) -> tuple[KeyGain, ...]:
    """Services that have no key; () in sandbox mode, which needs none."""
    if settings.mode is Mode.SANDBOX:
        return ()
    return tuple(gain for gain in KEY_GAINS if not any(_is_set(settings, gain.provider, key) for key in gain.keys))


def _is_set(settings: Settings, provider: str, key: str) -> bool:
    secret = getattr(settings.providers.named()[provider], key)
    return bool(secret and secret.get_secret_value())
