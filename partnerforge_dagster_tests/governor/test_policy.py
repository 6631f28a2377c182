import asyncio

import httpx
import pytest
from pydantic import SecretStr

from partnerforge_dagster.governor.policy import HeaderKeys, Open, free

KEYS = HeaderKeys(
    {
        "keyed.example": ("Authorization", "Bearer {key}", SecretStr("k")),
        "unset.example": ("Authorization", "Bearer {key}", None),
        "empty.example": ("Authorization", "Bearer {key}", SecretStr("")),
    }
)


def request(host: str) -> httpx.Request:
    return httpx.Request(
        "POST", f"https://{host}/a?b=1", headers={"X-Kept": "yes"}, content=b"body", extensions={"kept": 1}
    )


def signed(host: str) -> httpx.Request:
    async def never(_: httpx.Request) -> httpx.Response:
        raise AssertionError("a header needs no request")

    return asyncio.run(KEYS.sign(request(host), never))


def test_a_key_is_added_and_nothing_else_is_changed() -> None:
    """Method, address, headers, body and extensions stay as they were."""
    found = signed("keyed.example")
    assert (found.method, str(found.url)) == ("POST", "https://keyed.example/a?b=1")
    assert found.headers["Authorization"] == "Bearer k"
    assert found.headers["X-Kept"] == "yes"
    assert found.read() == b"body"
    assert found.extensions["kept"] == 1


@pytest.mark.parametrize("host", ["free.example", "unset.example"])
def test_without_a_key_the_request_stays_as_it_is(host: str) -> None:
    """No header for a host that needs none, or whose key is not set."""
    assert "Authorization" not in signed(host).headers


@pytest.mark.parametrize(
    ("host", "configured"),
    [("keyed.example", True), ("free.example", True), ("unset.example", False), ("empty.example", False)],
)
def test_a_host_whose_key_is_missing_is_not_configured(host: str, configured: bool) -> None:
    """A host that is not listed needs no key; an empty key is none."""
    assert KEYS.configured(request(host)) is configured


def test_a_wrong_key_is_not_tried_again() -> None:
    """Neither a header key nor no key at all can be renewed."""
    assert not KEYS.rejected(httpx.Response(401))
    assert not Open().rejected(httpx.Response(401))


def test_a_free_provider_costs_nothing() -> None:
    """Its calls take no credits of a budget."""
    assert free(request("free.example")) == 0
