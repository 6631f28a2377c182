"""What the commands share: where things are printed, how bad input is refused, how the deployment is opened.

Dagster takes a second to import, so it is imported where a command needs it and not before.
"""

import os
import shutil
import warnings
from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, NoReturn

import typer
from pydantic import ValidationError
from rich.console import Console

from partnerforge_dagster.accounts import BadDomain, account_domain
from partnerforge_dagster.seller import BadSeller, load_seller
from partnerforge_dagster.settings import Settings, home, settings

if TYPE_CHECKING:
    import dagster as dg
    import sqlalchemy as sa

out = Console(highlight=False)
"""Results: standard output."""
err = Console(stderr=True, highlight=False)
"""Progress and messages: standard error."""


class Deployment(NamedTuple):
    """The store and the Dagster instance that this command works on."""

    settings: Settings
    engine: "sa.Engine"
    instance: "dg.DagsterInstance"


def refuse(message: str, code: int = 2) -> NoReturn:
    """Print why, and leave."""
    err.print(f"[bold red]error[/] {message}", markup=True, soft_wrap=True)
    raise typer.Exit(code)


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
            err.print(f"[bold red]error[/] {message}", soft_wrap=True)
        raise typer.Exit(2)
    return list(good)


def checked_settings() -> Settings:
    """The settings and the seller profile, validated; a wrong one is refused with its name and reason."""
    try:
        found = settings()
        load_seller(found.seller)
    except ValidationError as error:
        lines = [
            f"PARTNERFORGE_{'__'.join(str(part).upper() for part in e['loc'])}={e['input']!r}: {e['msg']}"
            for e in error.errors(include_url=False)
        ]
        refuse("a setting is wrong\n  " + "\n  ".join(lines))
    except BadSeller as error:
        refuse(str(error))
    return found


def prepare_home() -> Path:
    """Make the folder of the deployment and its dagster.yaml; name it to Dagster. Idempotent."""
    folder = home().absolute()
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
    """Settings, store and Dagster instance. The store's tables are brought up to date."""
    prepare_home()
    found = checked_settings()
    import dagster as dg

    from partnerforge_dagster.store.database import WrongMode, claim_mode, migrate, open_engine

    warnings.filterwarnings("ignore", category=dg.BetaWarning)
    warnings.filterwarnings("ignore", category=dg.PreviewWarning)
    engine = open_engine(found.database_url)
    try:
        migrate(engine)
        claim_mode(engine, found.mode)
    except WrongMode as error:
        refuse(str(error))
    return Deployment(found, engine, dg.DagsterInstance.get())
