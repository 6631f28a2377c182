"""How much longer one account takes than it must.

The sandbox is served by a process of its own with realistic latencies (scaled by --factor): each module that asks
providers takes the design's seconds over its longest chain of calls, the others take none. The longest path through
the graph over these seconds is the critical path: no scheduler can be faster. Retries, limits and bookkeeping are not
in it. Against it, each with an empty store:

- PartnerForge: one Dagster run, from run start to run success;
- plain asyncio with a barrier after each wave, over the same functions and clients;
- Dagster's default executor (a process for each step), unless --no-multiprocess.
"""

import argparse
import asyncio
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from partnerforge_dagster.models.result import ModuleResult

DOMAIN = "costco.com"


class Measured(NamedTuple):
    """One run, in seconds."""

    took: float
    critical_path: float

    @property
    def ratio(self) -> float:
        """How many times the critical path it took."""
        return self.took / self.critical_path


@contextmanager
def sandbox(factor: float, log: Path) -> Iterator[str]:
    """A served sandbox; yields its address."""
    command = [sys.executable, "-m", "partnerforge_dagster.cli", "sandbox", "--port", "0", "--log", str(log)]
    process = subprocess.Popen([*command, "--latency", str(factor)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"http://\S+", line)
        if found is None:
            raise SystemExit(f"the sandbox did not start: {line!r}")
        yield found.group()
    finally:
        process.terminate()
        process.wait(10)


def measure(kind: str, factor: float) -> Measured:
    """One run of `kind` in a process of its own, with an empty store, against a sandbox of its own."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "requests.jsonl"
        with sandbox(factor, log) as address:
            environment = {
                **os.environ,
                "DAGSTER_HOME": folder,
                "PARTNERFORGE_SANDBOX_URL": address,
                "PARTNERFORGE_DATABASE_URL": f"sqlite:///{folder}/partnerforge.db",
            }
            child = subprocess.run(
                [sys.executable, "-m", "benchmarks.one_account", "--child", kind],
                env=environment,
                capture_output=True,
                text=True,
                check=False,
                cwd=Path(__file__).parents[1],
            )
        if child.returncode:
            raise SystemExit(f"{kind} failed:\n{child.stdout}\n{child.stderr}")
        return Measured(json.loads(child.stdout.splitlines()[-1])["took_s"], critical_path(log, factor))


def critical_path(log: Path, factor: float) -> float:
    """Longest path through the graph, a module's length being the providers' own latency over its chain of calls.

    Modules that did not ask anybody (the log says who did) have no length.
    """
    from partnerforge_dagster.definitions import declared_modules
    from partnerforge_dagster.models.modules import MODULES
    from partnerforge_dagster.providers.sandbox.latency import MODULE_SECONDS

    asked = {json.loads(line).get("module") for line in log.read_text().splitlines()}
    ends: dict[str, float] = {}
    for name in MODULES:
        own = MODULE_SECONDS[name] * factor if name in asked else 0.0
        ends[name] = own + max((ends[need] for need in declared_modules()[name].needs), default=0.0)
    return max(ends.values())


def dagster_run(multiprocess: bool) -> float:
    """Seconds from run start to run success of one Dagster run, by Dagster's own record."""
    import dagster as dg

    from partnerforge_dagster.cli.common import default_dagster_yaml
    from partnerforge_dagster.orchestration.partitions import add_accounts

    Path(os.environ["DAGSTER_HOME"], "dagster.yaml").write_text(default_dagster_yaml().read_text())
    if multiprocess:
        from benchmarks.multiprocess_definitions import enrich
    else:
        from partnerforge_dagster.definitions import enrich
    with dg.DagsterInstance.get() as instance:
        add_accounts(instance, [DOMAIN])
        result = dg.execute_job(dg.reconstructable(enrich), instance, tags={"dagster/partition": DOMAIN})
        if not result.success:
            raise SystemExit("the run failed")
        record = instance.get_run_record_by_id(result.run_id)
    if record is None or record.start_time is None or record.end_time is None:
        raise SystemExit("the run left no times")
    return record.end_time - record.start_time


def plain_asyncio() -> float:
    """Seconds for the same functions and clients, wave after wave, nothing kept but in memory."""
    from partnerforge_dagster.definitions import declared_modules, open_store
    from partnerforge_dagster.governor.context import calling
    from partnerforge_dagster.models.account import Account
    from partnerforge_dagster.models.modules import MODULES
    from partnerforge_dagster.orchestration.enrichment import moment
    from partnerforge_dagster.providers.clients import build_clients
    from partnerforge_dagster.seller import load_seller
    from partnerforge_dagster.settings import settings

    modules = declared_modules()
    clients = build_clients(settings(), open_store(settings()))
    tools = {**vars(clients), "seller": load_seller(None)}
    account = Account(domain=DOMAIN, as_of=moment(settings()))

    async def call(name: str, done: dict[str, Any]) -> "ModuleResult":
        with calling(account=DOMAIN, module=name):
            return await modules[name].function(
                account,
                **{need: done[need] for need in modules[name].needs},
                **{tool: tools[tool] for tool in modules[name].resources},
            )

    async def run() -> None:
        done: dict[str, Any] = {}
        waiting = list(MODULES)
        while waiting:  # within a wave too, what stands on a module of the same wave comes after a barrier
            ready = [name for name in waiting if not set(modules[name].needs) & set(waiting)]
            wave = min(MODULES[name].wave for name in ready)
            batch = [name for name in ready if MODULES[name].wave == wave]
            results = await asyncio.gather(*(call(name, done) for name in batch))
            done |= dict(zip(batch, results, strict=True))
            waiting = [name for name in waiting if name not in batch]

    started = time.monotonic()
    asyncio.run(run())
    return time.monotonic() - started


def show(name: str, runs: list[Measured]) -> float:
    """Print one line; return the best ratio."""
    best = min(runs, key=lambda run: run.ratio)
    median = statistics.median(run.ratio for run in runs)
    print(
        f"{name:<34} {best.took:7.2f} s over {best.critical_path:6.2f} s   "
        f"best {best.ratio:5.2f}   median of {len(runs)} {median:5.2f}",
        flush=True,
    )
    return median


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--factor", type=float, default=1.0, help="share of the realistic latencies (default 1)")
    parser.add_argument("--runs", type=int, default=5, help="runs of each (default 5)")
    parser.add_argument("--no-multiprocess", action="store_true", help="leave Dagster's default executor out")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        took = plain_asyncio() if arguments.child == "asyncio" else dagster_run(arguments.child == "multiprocess")
        print(json.dumps({"took_s": took}))
        return
    print(f"{DOMAIN}, {arguments.factor:g} of realistic latencies, time over critical path\n", flush=True)
    ours = show("PartnerForge on Dagster", [measure("ours", arguments.factor) for _ in range(arguments.runs)])
    plain = show("plain asyncio, wave barriers", [measure("asyncio", arguments.factor) for _ in range(arguments.runs)])
    print(f"\nours over plain asyncio with barriers: {ours / plain:.2f}")
    if not arguments.no_multiprocess:
        default = show("\nDagster's multiprocess executor", [measure("multiprocess", arguments.factor)])
        print(f"multiprocess over ours: {default / ours:.1f}")


if __name__ == "__main__":
    main()
