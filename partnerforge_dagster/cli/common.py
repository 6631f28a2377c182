"""What the commands share: where things are printed, how bad input is refused, how the deployment is opened.

Dagster takes a second to import, so it is imported where a command needs it and not before.
"""

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError
from rich.console import Console
from rich.text import Text

from partnerforge_dagster.accounts import BadDomain, account_domain
from partnerforge_dagster.cli.trouble import without_password
from partnerforge_dagster.providers.sandbox.faults import Faults
from partnerforge_dagster.providers.sandbox.latency import Latency
from partnerforge_dagster.seller import BadSeller, load_seller
from partnerforge_dagster.settings import Settings, home, secret_names, settings
from partnerforge_dagster.settings_complaints import complaint, misspelt

if TYPE_CHECKING:
    import dagster as dg
    import sqlalchemy as sa

out = Console(highlight=False)
"""Results: standard output."""
err = Console(stderr=True, highlight=False)
"""Progress and messages: standard error."""


@dataclass(frozen=True)
class Deployment:
    """The store and the Dagster instance that this command works on."""

    settings: Settings
    engine: "sa.Engine"
    books: "sa.Engine | None" = None
    """Where calls are noted when it is not the store: a recording has a store of its own (passing_deployment.py)."""

    @property
    def ledger(self) -> "sa.Engine":
        """Where calls are noted."""
        return self.books or self.engine

    @cached_property
    def instance(self) -> "dg.DagsterInstance":
        """Opened when it is first needed: Dagster takes two seconds, and most commands that only look do without."""
        from partnerforge_dagster.orchestration.instance import open_instance

        return open_instance()


def refuse(message: str, code: int = 2) -> NoReturn:
    """Print why, and leave."""
    complain(message)
    raise typer.Exit(code)


def complain(message: str) -> None:
    """Print an error. As text: what a person typed may hold brackets, which rich would read as markup."""
    err.print(Text.assemble(("error", "bold red"), " ", message), soft_wrap=True)


def domains_of(texts: Iterable[str]) -> list[str]:
    """Account domains of what a person typed, each once; every bad one is reported before anything is done."""
    good: dict[str, None] = {}
    bad: list[str] = []
    for text in texts:
        try:
            good[account_domain(text)] = None
        except BadDomain as error:
            bad.append(str(error))
    if bad:
        for message in bad:
            complain(message)
        raise typer.Exit(2)
    return list(good)


def named_or_refused(text: str | None) -> tuple[str, ...] | None:
    """The modules of `--modules`; None is all of them."""
    if text is None:
        return None
    from partnerforge_dagster.orchestration.selection import UnknownModule, named_modules

    try:
        return named_modules(text)
    except UnknownModule as error:
        refuse(str(error))


def checked_settings() -> Settings:
    """The settings and the seller profile, validated; a wrong one is refused with its name, value and reason."""
    wrong = misspelt([*os.environ, *secret_names()])
    try:
        found = settings()
        load_seller(found.seller)
        wrong += _wrong_sandbox(found)
    except ValidationError as error:
        wrong += [complaint(detail) for detail in error.errors(include_url=False)]
    except SettingsError as error:
        wrong.append(f"{error}: {error.__cause__}")
    except BadSeller as error:
        refuse(f"the seller profile is wrong (PARTNERFORGE_SELLER)\n  {error}")
    if wrong:
        lines = "\n  ".join(without_password(line) for line in wrong)
        refuse(f"a setting is wrong (docs/settings.md lists them all)\n  {lines}")
    return found


def _wrong_sandbox(found: Settings) -> list[str]:
    """The two settings whose grammar is the sandbox's."""
    wrong = []
    for name, value, parse in (
        ("PARTNERFORGE_SANDBOX_LATENCY", found.sandbox_latency, Latency.parse),
        ("PARTNERFORGE_SANDBOX_FAULTS", found.sandbox_faults, Faults.parse),
    ):
        try:
            parse(value)
        except ValueError as error:
            wrong.append(f"{name}={value!r}: {error}")
    return wrong


def prepare_home() -> Path:
    """Make the folder of the deployment and its dagster.yaml; name it to Dagster. Idempotent."""
    folder = home().absolute()
    if folder.exists() and not folder.is_dir():
        refuse(f"{str(folder)!r} is not a folder, and the deployment would live there; set DAGSTER_HOME to one")
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "dagster.yaml").exists():
        shutil.copyfile(default_dagster_yaml(), folder / "dagster.yaml")
    os.environ["DAGSTER_HOME"] = str(folder)
    return folder


def default_dagster_yaml() -> Path:
    """The instance configuration that comes with the package (beside the project in a checkout)."""
    package = Path(str(resources.files("partnerforge_dagster")))
    packaged = package / "dagster.yaml"
    return packaged if packaged.exists() else package.parent / "dagster.yaml"


def open_deployment() -> Deployment:
    """Settings and store, whose tables are brought up to date; Dagster's instance follows when it is needed."""
    found = checked_settings()
    prepare_home()
    from partnerforge_dagster.store.database import WrongMode, claim_mode, migrate, open_engine

    engine = open_engine(found.database_url)
    try:
        migrate(engine)
        claim_mode(engine, found.mode)
    except WrongMode as error:
        refuse(str(error))
    return Deployment(found, engine)
