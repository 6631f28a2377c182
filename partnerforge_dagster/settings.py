"""Every setting, from the environment (`PARTNERFORGE_*`, nested with `__`) or from a file, partnerforge.toml.

`PARTNERFORGE_PROVIDERS__BUILTWITH__PER_MINUTE=10` sets `Settings().providers.builtwith.per_minute`, and so does
`per_minute = 10` under `[providers.builtwith]` in the file. Where both say something, the environment counts. What
neither says may be a secret of the container engine: a file named as the variable in small letters.
docs/settings.md lists them all; a test fails when one is missing there.
Not for: what is said of wrong ones (settings_complaints.py), or the seller profile (seller.py), which is content and
lives in a YAML file of its own.
"""

import os
import re
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field
from pydantic_settings import (
    BaseSettings,
    NestedSecretsSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from partnerforge_dagster.models.base import Frozen, Mode
from partnerforge_dagster.settings_providers import Origin, Providers, Seconds
from partnerforge_dagster.settings_waterfalls import Waterfalls

PREFIX = "PARTNERFORGE_"
FILE = "partnerforge.toml"

SECRETS = Path("/run/secrets")
"""Where container engines put secrets, other programs' too: only files whose names begin with PREFIX are read."""


def _database(text: str) -> str:
    from sqlalchemy import make_url  # here, because the command line's --help need not wait for it
    from sqlalchemy.exc import ArgumentError

    fix = "give sqlite:////folder/partnerforge.db or postgresql://user@host/database"
    try:
        driver = make_url(text).drivername
    except ArgumentError as error:
        raise ValueError(f"this is not the address of a database; {fix}") from error
    if driver not in DATABASES:
        raise ValueError(f"{driver} is not supported; {fix}")
    return text


def _broker(text: str) -> str:
    if not text.startswith(("redis://", "rediss://")):
        raise ValueError("a broker is a Redis, such as redis://broker-host:6379/0")
    return text


def _cron(text: str) -> str:
    if len(text.split()) != 5 or not re.fullmatch(r"[0-9A-Za-z*/,\- ]+", text):
        raise ValueError("five fields (minute, hour, day, month, weekday), such as 0 2 * * *")
    return text


def _time_zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("this is no time zone; give one as UTC or Europe/Berlin") from error
    return text


DATABASES = ("sqlite", "sqlite+pysqlite", "postgresql", "postgres", "postgresql+psycopg2")

DatabaseUrl = Annotated[str, AfterValidator(_database)]

BrokerUrl = Annotated[str, AfterValidator(_broker)]

Cron = Annotated[str, AfterValidator(_cron)]

TimeZone = Annotated[str, AfterValidator(_time_zone)]

Days = Annotated[float, Field(gt=0, allow_inf_nan=False)]

SANDBOX_TODAY = date(2026, 11, 16)
"""Fixed, so that the sandbox says the same on every machine and every day."""


class FreshDays(Frozen):
    """Days for which a module's result counts as fresh; a fresh one is reused, an older one is made again."""

    company_context: Days = 30.0
    technology_stack: Days = 30.0
    traffic_analysis: Days = 30.0
    financial_profile: Days = 1.0
    competitor_intelligence: Days = 30.0
    hiring_signals: Days = 7.0
    strategic_context: Days = 7.0
    investor_intelligence: Days = 7.0
    executive_intelligence: Days = 30.0
    buying_committee: Days = 30.0
    displacement_analysis: Days = 30.0
    case_study_matching: Days = 30.0
    icp_priority_mapping: Days = 30.0
    signal_scoring: Days = 7.0
    strategic_signal_brief: Days = 1.0


class RetentionSettings(Frozen):
    """Days for which things are kept; daemon and `partnerforge clean` let go of what is older. Empty is for ever."""

    answers_days: Days | None = Field(default=365.0, description="Providers' answers as they came.")
    results_days: Days | None = Field(default=None, description="Results that newer ones have replaced.")
    changes_days: Days | None = Field(default=None, description="What changed when.")
    calls_days: Days | None = Field(default=None, description="The ledger's accounts and words; amounts stay.")


def home() -> Path:
    """DAGSTER_HOME, or `.partnerforge` in the current folder when that is unset."""
    configured = os.environ.get("DAGSTER_HOME")
    return Path(configured) if configured else Path.cwd() / ".partnerforge"


def settings_file() -> Path | None:
    """The settings file: in the deployment's folder, else in the current one; None when there is none."""
    return next((path for path in (home() / FILE, Path.cwd() / FILE) if path.is_file()), None)


def secret_names() -> list[str]:
    """Names of the secrets that are there, as variables."""
    return [path.name.upper() for path in SECRETS.iterdir()] if SECRETS.is_dir() else []


class Settings(BaseSettings):
    """The settings of a deployment."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", frozen=True, extra="forbid", env_ignore_empty=True
    )

    mode: Mode = Field(default=Mode.SANDBOX, description="`sandbox` or `live`; never mixed in one store.")
    database_url: DatabaseUrl = Field(
        default_factory=lambda: f"sqlite:///{home() / 'partnerforge.db'}",
        description="SQLAlchemy URL of the database: SQLite for our own tables, or PostgreSQL for Dagster's as well.",
    )
    broker_url: BrokerUrl | None = Field(
        default=None, description="Redis through which runs get to the workers of several machines."
    )
    sandbox_url: Origin | None = Field(default=None, description="A served sandbox instead of the one in process.")
    sandbox_today: date | Literal["now"] = Field(
        default=SANDBOX_TODAY,
        description="The sandbox's date, and so the `as_of` of sandbox results; `now` lets the clock move.",
    )
    sandbox_latency: str = Field(
        default="none", description="Latency of the in-process sandbox: `none`, `realistic` or a factor of it."
    )
    sandbox_faults: str = Field(default="", description="Faults of the in-process sandbox, as in `sandbox --faults`.")
    seller: Path | None = Field(default=None, description="Path of the seller profile; empty is the built-in one.")
    contact: str = Field(
        default="ops@partnerforge.invalid",
        description="Contact named in the User-Agent of every request, as the SEC and Wikidata ask for.",
    )
    module_timeout_s: Seconds = Field(default=120.0, description="Seconds a module has for one account.")
    run_timeout_s: Seconds = Field(default=600.0, description="Seconds a run of one account has.")
    accounts_a_run: int = Field(default=5, gt=0, le=20, description="Accounts that one run of a batch takes.")
    accounts_at_once: int = Field(
        default=10,
        gt=0,
        description="Most accounts under way at once: in all runs of batches together, or in one other.",
    )
    queue_bound: int = Field(
        default=10_000, gt=0, description="Most accounts waiting or running in batches; past it new work is refused."
    )
    automation: bool = Field(
        default=False, description="Whether schedules and sensors that spend are on from the start."
    )
    nightly_cron: Cron = Field(default="0 2 * * *", description="When what is stale is run.")
    weekly_cron: Cron = Field(default="0 4 * * 6", description="When everything is run.")
    time_zone: TimeZone = Field(default="UTC", description="Time zone of the schedules, as `Europe/Berlin`.")
    briefs: Path = Field(default_factory=lambda: home() / "briefs", description="Folder that briefs are written to.")
    accounts_folder: Path = Field(
        default_factory=lambda: home() / "accounts",
        description="Folder whose files of accounts the sensor imports; nothing happens while there is none.",
    )
    fresh_days: FreshDays = FreshDays()
    waterfalls: Waterfalls = Waterfalls()
    retention: RetentionSettings = RetentionSettings()
    providers: Providers = Providers()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment, then the file, then secrets. Raises SettingsError when the file is no TOML."""
        del dotenv_settings
        secrets = NestedSecretsSettingsSource(file_secret_settings, secrets_dir=SECRETS, secrets_dir_missing="ok")
        file = settings_file()
        if file is None:
            return init_settings, env_settings, secrets
        try:
            return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, file), secrets
        except ValueError as error:  # also for what is not UTF-8
            raise SettingsError(f"{file} is no TOML file") from error

    def sandbox_date(self) -> date:
        """The sandbox's today."""
        return datetime.now(UTC).date() if self.sandbox_today == "now" else self.sandbox_today


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The process's settings, read once. Tests call `settings.cache_clear()` after changing the environment."""
    return Settings()
