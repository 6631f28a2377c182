"""The deployment as `partnerforge doctor` sees it: versions, settings, database, Dagster, disk, clock. Changes nothing.

Not for: the providers (doctor_providers.py).
"""

import os
import platform
import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from partnerforge_dagster import __version__
from partnerforge_dagster.cli.doctor_findings import Finding, State
from partnerforge_dagster.cli.trouble import explain, machine_errors
from partnerforge_dagster.models.base import Mode
from partnerforge_dagster.seller import load_seller
from partnerforge_dagster.settings import Settings, home, settings_file

if TYPE_CHECKING:
    import dagster as dg
    import sqlalchemy as sa

PART = "Deployment"
ROOM = 1_000_000_000
"""Bytes that should be free: a thousand accounts take about 0.2 GB."""
SKEW_S = 5.0
"""Limits and `Retry-After` are kept by this machine's clock."""
HEARTBEAT = timedelta(minutes=5)
"""A daemon beats every 30 s."""


def settings_findings(settings: Settings) -> Iterator[Finding]:
    """What holds before anything is opened."""
    dagster = version("dagster")
    found = f"PartnerForge {__version__}, Dagster {dagster}, Python {platform.python_version()}"
    details = {"partnerforge": __version__, "dagster": dagster, "python": platform.python_version()}
    yield Finding(PART, "versions", State.OK, found, details=details)
    file = settings_file()
    yield Finding(PART, "mode", State.OK, f"{settings.mode.value}; settings from {file or 'the environment alone'}")
    seller = load_seller(settings.seller)
    yield Finding(PART, "seller", State.OK, f"{seller.name}, {settings.seller or 'the built-in profile'}")
    if settings.mode is Mode.LIVE and settings.contact.endswith(".invalid"):
        fix = "PARTNERFORGE_CONTACT=you@your-company.com: SEC and Wikidata block clients that cannot be reached"
        yield Finding(PART, "contact", State.FIX, f"{settings.contact} is nobody's address", fix)
    yield _disk()


def _disk() -> Finding:
    folder = home().absolute()
    there = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(there).free
    found = f"{free / 1e9:,.1f} GB free in {folder}"
    low = free < ROOM
    fix = "free some space: a full disk stops every run" if low else None
    return Finding(PART, "disk", State.FIX if low else State.OK, found, fix, {"free_bytes": free})


def database_finding(settings: Settings) -> tuple[Finding, "sa.Engine | None"]:
    """The store, and its engine when it can be worked with. It is neither made nor brought up to date."""
    import sqlalchemy as sa

    from partnerforge_dagster.store.database import WrongMode, check_mode, open_engine
    from partnerforge_dagster.store.versions import newest, version_of

    address = sa.make_url(settings.database_url)
    shown = address.render_as_string(hide_password=True)
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").is_file():
        return Finding(PART, "database", State.OFF, f"{shown} is not there yet", "the first command makes it"), None
    try:
        engine = open_engine(settings.database_url)
        with engine.connect() as connection:
            found = version_of(connection)
        if found is None:
            return Finding(PART, "database", State.OFF, f"{shown} is empty", "partnerforge db upgrade"), None
        details = {"version": found, "newest": newest()}
        if found != newest():
            said = f"{shown} has tables of version {found}, and this program works with {newest()}"
            return Finding(PART, "database", State.FIX, said, "partnerforge db upgrade", details), None
        check_mode(engine, settings.mode)
    except WrongMode as error:
        said, _, fix = str(error).partition("; the two never mix: ")
        return Finding(PART, "database", State.FIX, said, fix), None
    except machine_errors() as error:
        said = explain(error).removeprefix("the database cannot be used: ")
        said, _, fix = said.partition("; see ")
        return Finding(PART, "database", State.FIX, f"{shown}: {said}", f"see {fix}" if fix else None), None
    return Finding(PART, "database", State.OK, f"{shown}, tables of version {found}", details=details), engine


def dagster_findings(settings: Settings) -> Iterator[Finding]:
    """The instance: its home, its tables, its daemon."""
    folder = home().absolute()
    if not (folder / "dagster.yaml").exists():
        yield Finding(PART, "dagster", State.OFF, f"{folder} holds no instance yet", "the first command makes it")
        return
    os.environ["DAGSTER_HOME"] = str(folder)
    from partnerforge_dagster.orchestration.instance import open_instance, versions

    try:
        with open_instance() as instance:
            behind = [one.part for one in versions(instance) if one.found != one.wanted]
            if behind:
                said = f"{', '.join(behind)} in {folder} are of another version of Dagster"
                yield Finding(PART, "dagster", State.FIX, said, "partnerforge db upgrade")
            else:
                yield Finding(PART, "dagster", State.OK, f"instance in {folder}")
            yield _daemon(settings, instance)
    except machine_errors() as error:
        yield Finding(PART, "dagster", State.FIX, explain(error), "mend the database first")


def _daemon(settings: Settings, instance: "dg.DagsterInstance") -> Finding:
    import dagster as dg

    beats = [status.last_heartbeat for status in instance.get_daemon_statuses().values() if status.last_heartbeat]
    newest = max((beat.timestamp for beat in beats), default=None)
    age = None if newest is None else datetime.now(UTC) - datetime.fromtimestamp(newest, UTC)
    details = {"heartbeat_s": None if age is None else round(age.total_seconds())}
    if age is not None and age < HEARTBEAT:
        return Finding(PART, "daemon", State.OK, f"alive {age.total_seconds():.0f} s ago", details=details)
    said = "never ran" if age is None else f"last alive {age.total_seconds() / 3600:,.1f} hours ago"
    waiting = instance.get_runs_count(dg.RunsFilter(statuses=[dg.DagsterRunStatus.QUEUED]))
    needed = "schedules are switched on" if settings.automation else f"{waiting} runs wait for it" if waiting else None
    if needed:
        return Finding(PART, "daemon", State.FIX, f"{said}, and {needed}", "start it: partnerforge ui", details)
    return Finding(PART, "daemon", State.OFF, said, "only batches, schedules and sensors need it", details)


def clock_finding(skews: Sequence[float]) -> Finding:
    """Against the Date header of providers' answers, in seconds; positive: this machine is ahead."""
    if not skews:
        return Finding(PART, "clock", State.NOT_ASKED, "no provider's answer carried the time")
    skew = sorted(skews)[len(skews) // 2]
    details = {"skew_s": round(skew, 1)}
    if abs(skew) <= SKEW_S:
        return Finding(PART, "clock", State.OK, f"within {max(abs(skew), 1):.0f} s of the providers'", details=details)
    way = "ahead of" if skew > 0 else "behind"
    fix = "switch on time synchronisation (NTP): limits and pauses that providers ask for are kept by this clock"
    return Finding(PART, "clock", State.FIX, f"{abs(skew):,.0f} s {way} the providers' clocks", fix, details)
