"""partnerforge.toml and secrets: the same settings as the environment's, which counts before them."""

import os
import re
from pathlib import Path

import pytest
from pydantic import ValidationError
from pydantic_settings import SettingsError

from partnerforge_dagster import settings as settings_module
from partnerforge_dagster.settings import FILE, Settings, secret_names, settings_file
from partnerforge_dagster.settings_complaints import complaint, misspelt

DOCUMENTED = re.search(
    r"```toml\n(.*?)```", (Path(__file__).parents[1] / "docs" / "settings.md").read_text(encoding="utf-8"), re.DOTALL
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder, and no settings of ours in the environment."""
    for name in [name for name in os.environ if name.startswith(("PARTNERFORGE_", "DAGSTER_"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def complaints(text: str) -> list[str]:
    """What is said about a file with this text."""
    Path(FILE).write_text(text, encoding="utf-8")
    with pytest.raises(ValidationError) as refused:
        Settings()
    return [complaint(error) for error in refused.value.errors(include_url=False)]


def test_the_documented_file_is_read() -> None:
    """The example of docs/settings.md sets what it says and leaves the rest as it is."""
    assert DOCUMENTED
    Path(FILE).write_text(DOCUMENTED[1], encoding="utf-8")
    found = Settings()
    assert found.accounts_a_run == 10
    assert (found.providers.builtwith.per_minute, found.providers.builtwith.at_once) == (10, 5)
    assert found.providers.builtwith.credits_a_month == 2000
    assert (found.fresh_days.company_context, found.fresh_days.technology_stack) == (14, 30)


def test_the_environment_counts_before_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each setting by itself: what the environment does not say is the file's."""
    Path(FILE).write_text("[providers.yahoo]\nper_minute = 7\nat_once = 3\n", encoding="utf-8")
    monkeypatch.setenv("PARTNERFORGE_PROVIDERS__YAHOO__PER_MINUTE", "9")
    assert (Settings().providers.yahoo.per_minute, Settings().providers.yahoo.at_once) == (9, 3)


def test_the_deployments_folder_comes_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One file counts: that of DAGSTER_HOME, or of .partnerforge, before the current folder's."""
    assert settings_file() is None
    (folder / FILE).write_text("accounts_a_run = 1\n", encoding="utf-8")
    assert Settings().accounts_a_run == 1
    for number, home in enumerate((folder / ".partnerforge", folder / "elsewhere"), start=2):
        home.mkdir()
        (home / FILE).write_text(f"accounts_a_run = {number}\n", encoding="utf-8")
    assert Settings().accounts_a_run == 2
    monkeypatch.setenv("DAGSTER_HOME", str(folder / "elsewhere"))
    assert Settings().accounts_a_run == 3


def test_a_key_in_the_file_stays_secret() -> None:
    """A key may be in the file; it shows in no print of the settings and in no complaint about a wrong one."""
    Path(FILE).write_text('[providers.builtwith]\napi_key = "hunter2"\n', encoding="utf-8")
    key = Settings().providers.builtwith.api_key
    assert key is not None
    assert key.get_secret_value() == "hunter2"
    assert "hunter2" not in repr(Settings())
    (told,) = complaints('[providers.builtwith]\napi_key = ["hunter2"]\n')
    assert "providers.builtwith.api_key" in told
    assert "hunter2" not in told


def test_wrong_names_and_values_are_told_with_the_file(folder: Path) -> None:
    """File, name, the value and the reason; a near name is suggested as the file would have it."""
    file = folder / FILE
    assert complaints("[providers.builtwith]\nper_minut = 3\n") == [
        f"{file}: providers.builtwith.per_minut: there is no such setting; did you mean providers.builtwith.per_minute?"
    ]
    assert complaints("accounts_a_run = 99\n") == [
        f"{file}: accounts_a_run=99: Input should be less than or equal to 20"
    ]
    assert complaints("[fresh_days]\nx = 1\n") == [f"{file}: fresh_days.x: there is no such setting"]


def test_a_wrong_variable_is_not_blamed_on_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the environment says wrongly is told as a variable, whatever the file says."""
    monkeypatch.setenv("PARTNERFORGE_ACCOUNTS_A_RUN", "99")
    (told,) = complaints("accounts_a_run = 5\n")
    assert told.startswith("PARTNERFORGE_ACCOUNTS_A_RUN='99': ")


@pytest.mark.parametrize("zone", ["Mars/Olympus", "Europe", "../UTC", "/etc/passwd", "a\tb"])
def test_a_time_zone_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    """Also where a folder or another file has that name."""
    monkeypatch.setenv("PARTNERFORGE_TIME_ZONE", zone)
    with pytest.raises(ValidationError, match="this is no time zone; give one as UTC or Europe/Berlin"):
        Settings()


@pytest.mark.parametrize("content", [b"mode = \n", b'contact = "caf\xe9"\n'])
def test_what_is_no_toml_is_refused_with_its_path(folder: Path, content: bytes) -> None:
    """A file that cannot be read as TOML in UTF-8 is an error that names it and the reason."""
    (folder / FILE).write_bytes(content)
    with pytest.raises(SettingsError, match=FILE) as refused:
        Settings()
    assert refused.value.__cause__ is not None


@pytest.fixture
def secrets(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that a container engine would put secrets in."""
    place = folder / "secrets"
    place.mkdir()
    monkeypatch.setattr(settings_module, "SECRETS", place)
    return place


def test_a_secret_is_a_setting(secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file named as the variable holds its value; other programs' secrets are not ours."""
    (secrets / "postgres_password").write_text("hunter1", encoding="utf-8")
    (secrets / "partnerforge_providers__builtwith__api_key").write_text("hunter2\n", encoding="utf-8")
    builtwith = Settings().providers.builtwith
    assert builtwith.api_key is not None
    assert (builtwith.api_key.get_secret_value(), builtwith.per_minute) == ("hunter2", 30)
    assert "hunter" not in repr(Settings())
    monkeypatch.setenv("PARTNERFORGE_PROVIDERS__BUILTWITH__API_KEY", "hunter3")
    counts = Settings().providers.builtwith.api_key
    assert counts is not None
    assert counts.get_secret_value() == "hunter3"


def test_a_misspelt_secret_is_told(secrets: Path) -> None:
    """A key under a name that is nearly a setting would be ignored in silence."""
    (secrets / "partnerforge_provider__builtwith__api_key").write_text("hunter2", encoding="utf-8")
    assert [line.partition(":")[0] for line in misspelt(secret_names())] == [
        "PARTNERFORGE_PROVIDER__BUILTWITH__API_KEY"
    ]
