"""A batch on several machines, and what becomes of it when something is lost in the middle. Needs root.

Machines are network namespaces with addresses of their own, with a worker each; PostgreSQL, broker, sandbox, code
server and daemon run beside them. The sandbox's log is the judge. Parts, each a deployment and a batch of its own:

- none: nothing is lost;
- machine: `kill -9` of everything on one machine, for good;
- cable: one machine is cut off for a minute, and comes back;
- broker: `kill -9`, started again;
- database: PostgreSQL is stopped at once, without a farewell to anybody, and started again.

Exit status 1: a batch did not end complete, something was bought twice, or a limit was passed.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster_tests.hosts.cluster import Cluster, cluster
from partnerforge_dagster_tests.hosts.network import Host, missing

CUT_S = 60
LOOK_S = 1.0


def machine(running: Cluster, host: Host) -> str:
    """Lose it for good."""
    return f"{host.name} lost with {running.running_on(host)} runs: {running.lose(host)} processes killed"


def cable(running: Cluster, host: Host) -> str:
    """Pull it for a while."""
    told = f"{host.name} cut off with {running.running_on(host)} runs, for {CUT_S} s"
    host.cut()
    time.sleep(CUT_S)
    host.join()
    return told


def broker(running: Cluster, _host: Host) -> str:
    """Kill it; it is started again."""
    running.restart_broker()
    return "broker killed"


def database(running: Cluster, _host: Host) -> str:
    """Restart it as after a crash."""
    running.restart_database()
    return "PostgreSQL stopped at once and started"


PARTS: dict[str, Callable[[Cluster, Host], str] | None] = {
    "none": None,
    "machine": machine,
    "cable": cable,
    "broker": broker,
    "database": database,
}


def measure(folder: Path, part: str, given: argparse.Namespace) -> bool:
    """One batch; whether all is well."""
    folder.mkdir()
    with cluster(folder, given.hosts, latency=given.latency, limits=given.limits) as running:
        victim, hosts = next(iter(running.workers)), list(running.workers)
        begun = time.monotonic()
        running.ask(given.runs)
        trouble, wanted = PARTS[part], given.runs * len(MODULES)
        while not running.complete() and time.monotonic() - begun < given.longest:
            stored = running.stored()
            print(f"  {part}: {stored} of {wanted} results", end="\r", flush=True)
            if trouble is not None and stored > wanted / 4 and running.running_on(victim):
                print(f"  {part}: after {stored} results: {trouble(running, victim)}")
                trouble = None
            time.sleep(LOOK_S)
        whole, seconds = running.complete(), time.monotonic() - begun
        offences, limits = running.offences(), running.limits()
        print(
            f"{part:<9} {'complete' if whole else 'NOT COMPLETE'} after {seconds:.0f} s, runs: {dict(running.runs())}"
        )
        print("  runs taken: " + ", ".join(f"{host.name} {running.taken_by(host)}" for host in hosts))
        print(f"  bought twice or in one book only: {len(offences)}")
        for provider, seen in limits.items():
            print(
                f"  {provider:<11} {seen.a_minute:>5} of {seen.allowed_a_minute} in the fullest 60 s, "
                f"{seen.at_once:>3} of {seen.allowed_at_once} at once{'' if seen.kept else '  PASSED'}"
            )
        return whole and not offences and all(seen.kept for seen in limits.values())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", default=list(PARTS), metavar="PART", help=f"{', '.join(PARTS)} (all)")
    parser.add_argument("--hosts", type=int, default=2, help="machines (default 2)")
    parser.add_argument("--runs", type=int, default=40, help="runs of one account each (default 40)")
    parser.add_argument("--limits", type=float, default=5, help="times the providers' limits (default 5)")
    parser.add_argument("--latency", type=float, default=0.1, help="of the sandbox, times realistic (default 0.1)")
    parser.add_argument("--longest", type=float, default=3600, help="seconds after which a batch is given up")
    given = parser.parse_args()
    reason = missing()
    if reason is not None:
        sys.exit(reason)
    with tempfile.TemporaryDirectory() as temporary:
        well = [measure(Path(temporary) / part, part, given) for part in given.parts]
    sys.exit(0 if all(well) else 1)


if __name__ == "__main__":
    main()
