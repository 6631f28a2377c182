"""docs/providers says what the code does: a page a provider, the same headings, its limits, and what is verified."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from partnerforge_dagster import providers
from partnerforge_dagster.providers.verification import VERIFIED, Seen
from partnerforge_dagster.settings_providers import Providers, ProviderSettings

PAGES = Path(__file__).parents[1] / "docs" / "providers"
CODE = Path(providers.__file__).parent
SETTINGS = Providers().named()

HEADINGS = [
    "What it gives",
    "Key and price",
    "Limits",
    "Quirks",
    "Terms",
    "People",
    "Endpoints",
    "How it was verified",
]
LIMITS = {
    "per_minute",
    "at_once",
    "per_host_at_once",
    "breaker_after",
    "breaker_open_s",
    "cache_s",
    "spacing_s",
    "timeout_s",
    "max_body_bytes",
}
ASKING = {"ask", "_ask", "_about", "_json", "_get", "_read", "_records"}
"""Methods of the clients whose first argument is the endpoint's name."""


def page(name: str) -> str:
    """A provider's page; a provider without one fails here."""
    path = PAGES / f"{name}.md"
    assert path.exists(), f"docs/providers/{name}.md is missing: {name} is a provider in the settings"
    return path.read_text(encoding="utf-8")


def rows(text: str, columns: int) -> Iterator[list[str]]:
    """Cells of the rows of all tables of so many columns, without their heads."""
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("| `") and len(cells) == columns:
            yield cells


def asked() -> dict[str, set[str]]:
    """Endpoints that each client asks for, read off its code."""
    found: dict[str, set[str]] = {}
    for path in CODE.glob("*.py"):
        for client in (node for node in ast.parse(path.read_text()).body if isinstance(node, ast.ClassDef)):
            named = [
                node.value.value
                for node in client.body
                if isinstance(node, ast.AnnAssign)
                and getattr(node.target, "id", "") == "provider"
                and isinstance(node.value, ast.Constant)
            ]
            if named:
                found.setdefault(str(named[0]), set()).update(_endpoints(client))
    return found


def _endpoints(client: ast.ClassDef) -> Iterator[str]:
    for node in ast.walk(client):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ASKING
            and node.args
        ):
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


ASKED = asked()


def test_every_provider_has_a_client_and_a_table_of_endpoints() -> None:
    """Who is in the settings is in the code, and the other way round."""
    assert set(ASKED) == set(SETTINGS) == set(VERIFIED)
    assert {path.stem for path in PAGES.glob("*.md")} == {*SETTINGS, "README"}


@pytest.mark.parametrize("name", SETTINGS)
def test_every_endpoint_is_marked(name: str) -> None:
    """What a client asks is recorded or unverified, and nothing else is in the table."""
    assert ASKED[name] == set(VERIFIED[name])
    for verification in VERIFIED[name].values():
        assert (verification.recorded is not None) == (verification.seen is Seen.RECORDED)


@pytest.mark.parametrize("name", SETTINGS)
def test_the_page_has_the_headings_in_order(name: str) -> None:
    """So that pages can be compared; none of them is empty."""
    parts = re.split(r"^## (.*)$", page(name), flags=re.MULTILINE)
    assert parts[1::2] == HEADINGS
    assert all(text.strip() for text in parts[2::2])


@pytest.mark.parametrize(("name", "settings"), SETTINGS.items())
def test_limits_are_the_settings(name: str, settings: ProviderSettings) -> None:
    """All of them, with their defaults."""
    said = {setting.strip("`"): float(default) for setting, default, _ in rows(page(name), 3)}
    assert said == {key: float(getattr(settings, key)) for key in LIMITS if hasattr(settings, key)}


@pytest.mark.parametrize("name", SETTINGS)
def test_the_pages_endpoints_are_the_codes(name: str) -> None:
    """With how far each is verified, when, and on what it rests."""
    said = {endpoint.strip("`"): tuple(rest) for endpoint, *rest in rows(page(name), 4)}
    assert said == {
        endpoint: (known.seen.value, known.recorded or "never", known.basis)
        for endpoint, known in VERIFIED[name].items()
    }


def test_the_index_names_every_page() -> None:
    """With the settings' limits and the number of endpoints that were recorded."""
    index = (PAGES / "README.md").read_text(encoding="utf-8")
    said = dict(re.findall(r"^\| \[(\w+)\]\(\1\.md\) \|(.*)\|$", index, re.MULTILINE))
    assert set(said) == set(SETTINGS)
    for name, settings in SETTINGS.items():
        cells = [cell.strip() for cell in said[name].split("|")]
        recorded = sum(known.seen is Seen.RECORDED for known in VERIFIED[name].values())
        assert cells[2] == f"{settings.per_minute}, {settings.at_once}"
        assert cells[-1] == f"{recorded} of {len(VERIFIED[name])} endpoints recorded"
