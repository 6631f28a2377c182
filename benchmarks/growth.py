"""How time and size grow with the number of accounts, in a new deployment for each size.

For each: `partnerforge import` of so many lines; then, with a result of every module for every account and one asset
materialized for all, what decides which accounts are due (every tick of a schedule), the partitions of that asset in
the web server's GraphQL (first load and after that), and "which partitions has this asset" of the instance.
Results and events are written in bulk, as copies of one real event; all of them small. What a refresh really adds is
measured on some accounts enriched twice.
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import httpx
from dagster._core.storage.event_log import SqlEventLogStorage
from dagster._core.storage.event_log.schema import SqlEventLogStorageTable
from sqlalchemy import Engine, insert, select

from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.orchestration.partitions import ACCOUNT
from partnerforge_dagster.orchestration.selection import young_since
from partnerforge_dagster.settings import FreshDays
from partnerforge_dagster.store.accounts import Accounts
from partnerforge_dagster.store.database import open_engine, write
from partnerforge_dagster.store.results import Results
from partnerforge_dagster.store.tables import results

ASSET = "company_context"
CHUNK = 5_000
PAGE = """
query($key: AssetKeyInput!) { assetNodeOrError(assetKey: $key) { ... on AssetNode {
  partitionStats { numMaterialized numFailed numPartitions }
  assetPartitionStatuses { ... on DefaultPartitionStatuses { materializedPartitions failedPartitions } }
} } }
"""
BIN = Path(sys.executable).parent


def seconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def partnerforge(*words: str) -> None:
    """Run a command in the deployment of this process's environment."""
    subprocess.run([BIN / "partnerforge", *words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def fill_results(engine: Engine, accounts: list[str]) -> None:
    """One small good result of every module for every account."""
    now = datetime.now(UTC)
    row = {"run_id": "filled", "stored_at": now, "as_of": now, "status": "complete", "duration_s": 1.0, "body": "{}"}
    for start in range(0, len(accounts), CHUNK):
        rows = [
            {**row, "account": account, "module": module, "content_hash": "0" * 64}
            for account in accounts[start : start + CHUNK]
            for module in MODULES
        ]
        with write(engine) as connection:
            connection.execute(insert(results), rows)


def fill_events(instance: dg.DagsterInstance, accounts: list[str]) -> None:
    """One asset materialized for every account."""
    instance.report_runless_asset_event(dg.AssetMaterialization(ASSET, partition=accounts[0]))
    storage, events = instance.event_log_storage, SqlEventLogStorageTable
    assert isinstance(storage, SqlEventLogStorage)
    with storage.index_connection() as connection:
        first = dict(connection.execute(select(events).where(events.c.partition == accounts[0])).mappings().one())
    del first["id"]
    for start in range(1, len(accounts), CHUNK):
        rows = [
            {**first, "partition": account, "event": first["event"].replace(accounts[0], account)}
            for account in accounts[start : start + CHUNK]
        ]
        with storage.index_connection() as connection:
            connection.execute(insert(events), rows)


@contextmanager
def webserver(folder: Path) -> Iterator[str]:
    """Address of the GraphQL endpoint of a web server of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    command = [str(BIN / "dagster-webserver"), "-m", "partnerforge_dagster.definitions", "-h", "127.0.0.1", "-p", port]
    with (folder / "webserver.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            url = f"http://127.0.0.1:{port}"
            end = time.monotonic() + 120
            while time.monotonic() < end:
                try:
                    httpx.get(f"{url}/server_info", timeout=5).raise_for_status()
                    break
                except httpx.HTTPError:
                    time.sleep(0.5)
            yield f"{url}/graphql"
        finally:
            process.terminate()
            process.wait()


def page(url: str) -> int:
    """Load what an asset's page shows of partitions; how many are materialized."""
    asked = {"query": PAGE, "variables": {"key": {"path": [ASSET]}}}
    answer = httpx.post(url, json=asked, timeout=600).raise_for_status().json()
    made: int = answer["data"]["assetNodeOrError"]["partitionStats"]["numMaterialized"]
    return made


def measure(folder: Path, size: int) -> dict[str, float]:
    """Seconds by what was done, of one size."""
    file = folder / "accounts.csv"
    file.write_text("domain\n" + "".join(f"shop{number}-example.com\n" for number in range(size)))
    found = {"import": seconds(lambda: partnerforge("import", str(file)))}
    engine = open_engine(f"sqlite:///{folder / 'home' / 'partnerforge.db'}")
    accounts = Accounts(engine).all()
    fill_results(engine, accounts)
    since = young_since(FreshDays(), datetime.now(UTC))
    found["what is due"] = seconds(lambda: Results(engine).freshness_of(Accounts(engine).all(), since))
    with dg.DagsterInstance.get() as instance:
        fill_events(instance, accounts)
        found["partition keys"] = seconds(lambda: instance.get_dynamic_partitions(ACCOUNT))
        key = dg.AssetKey(ASSET)
        found["materialized partitions"] = seconds(lambda: instance.get_materialized_partitions(key))
    with webserver(folder) as url:
        found["asset page, first"] = seconds(lambda: page(url))
        found["asset page, again"] = seconds(lambda: page(url))
        if page(url) != size:
            raise RuntimeError("the page does not show what was filled in")
    return found


def bytes_a_refresh(folder: Path, count: int) -> dict[str, float]:
    """KiB that an account's refresh adds, by where; every answer is bought again."""
    domains = [f"shop{number}-example.com" for number in range(count)]
    partnerforge("enrich", *domains)
    before = _sizes(folder / "home")
    partnerforge("enrich", *domains, "--force")
    return {name: (size - before[name]) / 1024 / count for name, size in _sizes(folder / "home").items()}


def _sizes(home: Path) -> dict[str, int]:
    def of(*files: Path) -> int:
        return sum(file.stat().st_size for file in files if file.exists())

    runs = home / "history" / "runs"
    index = [runs / f"index.db{ending}" for ending in ("", "-wal")]
    return {
        "PartnerForge's tables": of(home / "partnerforge.db", home / "partnerforge.db-wal"),
        "Dagster's index of events": of(*index),
        "Dagster's file of the run": of(*runs.glob("*.db*")) - of(*index),
        "briefs": of(*(home / "briefs").glob("*")),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="*", type=int, default=[1_000, 10_000, 100_000], help="accounts (all three)")
    parser.add_argument("--enriched", type=int, default=10, help="accounts that are really enriched (default 10)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        for size in given.sizes:
            folder = Path(temporary) / str(size)
            folder.mkdir()
            os.environ["DAGSTER_HOME"] = str(folder / "home")
            print(f"\n{size} accounts", *(f"  {k:<26}{s:8.2f} s" for k, s in measure(folder, size).items()), sep="\n")
        folder = Path(temporary) / "enriched"
        folder.mkdir()
        os.environ["DAGSTER_HOME"] = str(folder / "home")
        print(f"\nan account's refresh, of {given.enriched}")
        for name, size in bytes_a_refresh(folder, given.enriched).items():
            print(f"  {name:<26}{size:8.0f} KiB")


if __name__ == "__main__":
    main()
