"""Every key has its gain, and a key that is set is not missed."""

import pytest
from pydantic import SecretStr

from partnerforge_dagster.key_gains import KEY_GAINS, KeyGain, gain_of, missing_keys
from partnerforge_dagster.models.base import Mode
from partnerforge_dagster.settings import Settings
from partnerforge_dagster.settings_providers import Providers

LIVE = Settings(mode=Mode.LIVE)


def with_key(provider: str, key: str, value: str = "secret") -> Settings:
    """Live settings with one key."""
    changed = getattr(LIVE.providers, provider).model_copy(update={key: SecretStr(value)})
    return LIVE.model_copy(update={"providers": LIVE.providers.model_copy(update={provider: changed})})


def test_every_key_that_is_a_setting_of_its_own_is_told() -> None:
    """`api_key` is everybody's; a key with a name of its own belongs to a service that takes one."""
    named = {
        (name, field)
        for name, provider in Providers().named().items()
        for field in type(provider).model_fields
        if field.endswith("_api_key")
    }
    assert named <= {(gain.provider, key) for gain in KEY_GAINS for key in gain.keys}


@pytest.mark.parametrize("gain", KEY_GAINS, ids=lambda gain: gain.provider)
def test_the_variables_set_the_keys(gain: KeyGain, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the page tells people to set is what counts."""
    monkeypatch.setenv("PARTNERFORGE_MODE", "live")
    for variable in gain.variables:
        assert gain in missing_keys(Settings())
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(variable, "secret")
            assert gain not in missing_keys(Settings())


def test_one_key_of_several_is_enough() -> None:
    """Three engines search; one that can be asked is a search."""
    missing = missing_keys(with_key("web_search", "tavily_api_key"))
    assert [gain.provider for gain in missing] == ["builtwith", "similarweb", "job_boards"]


def test_an_empty_key_is_none() -> None:
    """A key file that is empty opens nothing."""
    assert gain_of("similarweb") in missing_keys(with_key("similarweb", "api_key", ""))


def test_the_sandbox_misses_no_key() -> None:
    """It takes any."""
    assert missing_keys(Settings(mode=Mode.SANDBOX)) == ()


def test_who_takes_no_key_gains_nothing() -> None:
    """EDGAR is free."""
    assert gain_of("sec_edgar") is None
