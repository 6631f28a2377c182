"""Wrong settings, profiles and stores: refused with value, reason and fix, and nothing is done."""

from pathlib import Path

import pytest

from partnerforge_dagster_tests.cli.conftest import Deployed
from partnerforge_dagster_tests.cli.running import run


@pytest.mark.parametrize(
    ("variable", "value", "named"),
    [
        ("PARTNERFORGE_MODE", "production", "'sandbox' or 'live'"),
        ("PARTNERFORGE_PROVIDERS__BUILTWITH__PER_MINUTE", "0", "greater than 0"),
        ("PARTNERFORGE_PROVIDERS__BUILTWITH__PER_MINUT", "9", "did you mean PARTNERFORGE_PROVIDERS__BUILTWITH__PER_"),
        ("PARTNERFORGE_PROVIDER__BUILTWITH__PER_MINUTE", "9", "did you mean PARTNERFORGE_PROVIDERS"),
        ("PARTNERFORGE_PROVIDERS__YAHOO__BASE_URL", "localhost:80", "begins with http:// or https://"),
        ("PARTNERFORGE_SANDBOX_FAULTS", "nobody:down", "'nobody' is not a provider"),
        ("PARTNERFORGE_SANDBOX_LATENCY", "fast", "a factor from 0"),
        ("PARTNERFORGE_ACCOUNTS_A_RUN", "21", "less than or equal to 20"),
        ("PARTNERFORGE_DATABASE_URL", "costco", "not the address of a database"),
        ("PARTNERFORGE_DATABASE_URL", "mysql://host/x", "mysql is not supported"),
    ],
)
def test_wrong_setting(tmp_path: Path, variable: str, value: str, named: str) -> None:
    """A wrong setting is named with its reason, and no deployment is made."""
    refused = run(tmp_path, "status", **{variable: value})
    assert (refused.code, refused.out) == (2, "")
    assert variable in refused.err
    assert named in refused.err
    assert not (tmp_path / ".partnerforge").exists()


def test_no_secret_is_printed(tmp_path: Path) -> None:
    """A key under a misspelt name and the password in a database's address stay out of the messages."""
    refused = run(
        tmp_path,
        "status",
        PARTNERFORGE_PROVIDERS__BUILTWITH__APIKEY="hunter2",
        PARTNERFORGE_DATABASE_URL="mysql://me:hunter2@host/x",
    )
    assert refused.code == 2
    assert "PARTNERFORGE_PROVIDERS__BUILTWITH__API_KEY?" in refused.err
    assert "mysql://me:***@host/x" in refused.err
    assert "hunter2" not in refused.err


def test_malformed_seller_profile(tmp_path: Path) -> None:
    """A wrong profile is refused with its path, the line and the reason."""
    profile = tmp_path / "seller.yaml"
    profile.write_text("name: Acme\ncategory: [search\nproducts: 3\n", encoding="utf-8")
    refused = run(tmp_path, "enrich", "costco.com", PARTNERFORGE_SELLER=str(profile))
    assert refused.code == 2
    assert f"{profile}, line 3" in refused.err
    assert not (tmp_path / ".partnerforge").exists()


def test_store_of_the_other_mode(deployed: Deployed) -> None:
    """Live mode does not touch a store that holds sandbox data, and says both ways out."""
    refused = run(deployed.folder, "enrich", "etsy.com", PARTNERFORGE_MODE="live")
    assert refused.code == 2
    assert "PARTNERFORGE_MODE=sandbox" in refused.err
    assert "PARTNERFORGE_DATABASE_URL" in refused.err
    assert "etsy.com" not in run(deployed.folder, "status").out


def test_database_that_is_away(tmp_path: Path) -> None:
    """A database that does not answer is one line, not a traceback, without the password."""
    failed = run(tmp_path, "status", PARTNERFORGE_DATABASE_URL="postgresql://me:hunter2@127.0.0.1:1/x")
    assert failed.code == 1
    assert "the database cannot be used" in failed.err
    assert "PARTNERFORGE_DATABASE_URL" in failed.err
    assert "Traceback" not in failed.err
    assert "hunter2" not in failed.err
