"""A batch through the daemon: how much of the scarcest provider's allowance it uses, and what an account costs us.

Three batches, one after the other, in new deployments; the sandbox's log is the judge of calls:

- batch: so many accounts, several a run, under every provider's limits times --limits (1: as they are; then 200
  accounts take more than an hour, as SimilarWeb's 60 calls a minute bind);
- one run per account: the same conditions, fewer accounts, the reference for CPU seconds and accounts a minute;
- no limits: what our own engine can do at most, 20 accounts a run.

Then the batch's accounts are asked for again: all are fresh, so no call leaves.
"""

import argparse
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.daemon import Team, arrivals, most_in, team
from partnerforge_dagster.settings_providers import Providers
from partnerforge_dagster.store.database import open_engine
from partnerforge_dagster.store.tables import results

NO_LIMITS = 10_000.0
WARM = 0.1
"""Share of a provider's calls at either end that is start and end, not batch."""


@dataclass(frozen=True)
class Figures:
    """Of one batch."""

    accounts: int
    seconds: float
    """From the daemon's first request to the last brief."""
    cpu_seconds: float
    """Ours: of the daemon, code server and runs."""
    sandbox_cpu_seconds: float
    """The provider's, on the same processors."""
    calls: dict[str, list[float]]
    """Arrivals by provider."""


def batch(team: Team, accounts: int, longest_s: float) -> Figures:
    """Import the accounts, have them enriched, wait for the last brief."""
    file = team.folder / "accounts.csv"
    file.write_text("domain\n" + "".join(f"shop{number}-example.com\n" for number in range(accounts)))
    team.meter.look()
    team.sandbox.look()
    before, before_sandbox = team.meter.seconds, team.sandbox.seconds
    team.command("import", str(file), "--enrich")
    ended = _last_brief(team, accounts, longest_s)
    calls = arrivals(team.log)
    first = min(times[0] for times in calls.values())
    ours, sandbox = team.meter.seconds - before, team.sandbox.seconds - before_sandbox
    return Figures(accounts, ended - first, ours, sandbox, calls)


def _last_brief(team: Team, accounts: int, longest_s: float) -> float:
    """Unix seconds when the last account had its brief."""
    engine = open_engine(f"sqlite:///{team.folder / 'home' / 'partnerforge.db'}")
    briefs = select(func.count(results.c.account.distinct())).where(results.c.module == "strategic_signal_brief")
    end = time.monotonic() + longest_s
    had = 0
    while time.monotonic() < end:
        with engine.connect() as connection:
            now = connection.execute(briefs).scalar_one()
        if now != had:
            print(f"  {now} of {accounts} accounts have a brief", end="\r", flush=True)
            had = now
        if had >= accounts:
            print()
            engine.dispose()
            return time.time()
        time.sleep(0.5)
    raise TimeoutError(f"{had} of {accounts} briefs after {longest_s:g} s; see {team.folder / 'dagster-daemon.log'}")


def again(team: Team) -> tuple[float, int]:
    """Ask for the fresh accounts once more: seconds of the command, and requests that left."""
    before = sum(len(times) for times in arrivals(team.log).values())
    started = time.monotonic()
    team.command("import", str(team.folder / "accounts.csv"), "--enrich", "--json")
    took = time.monotonic() - started
    time.sleep(10)  # a daemon that had been given work would have begun
    return took, sum(len(times) for times in arrivals(team.log).values()) - before


def allowance(figures: Figures, limits: float) -> tuple[str, int, float, int]:
    """The provider whose allowance was used most: name, limit a minute, share used once warm, most in any 60 s."""

    def share(provider: str) -> float:
        times = figures.calls[provider]
        first, last = times[int(WARM * len(times))], times[int((1 - WARM) * len(times)) - 1]
        counted = sum(first <= moment < last for moment in times)
        return counted / ((last - first) / 60 * _limit(provider, limits)) if last > first else 0.0

    scarcest = max((p for p, times in figures.calls.items() if len(times) > 20), key=share)
    return scarcest, _limit(scarcest, limits), share(scarcest), most_in(figures.calls[scarcest], 60)


def _limit(provider: str, factor: float) -> int:
    return max(1, round(Providers().named()[provider].per_minute * factor))


def tell(name: str, figures: Figures) -> None:
    """One line."""
    print(
        f"{name:<20} {figures.accounts} accounts in {figures.seconds:.0f} s: "
        f"{60 * figures.accounts / figures.seconds:.1f} a minute, "
        f"{figures.cpu_seconds / figures.accounts:.2f} CPU s an account, "
        f"and {figures.sandbox_cpu_seconds / figures.accounts:.2f} the sandbox's"
    )


def limited(folder: Path, given: argparse.Namespace) -> None:
    """The batch, and the same once more."""
    with team(folder, limits=given.limits, accounts_a_run=5, latency=given.latency) as running:
        figures = batch(running, given.accounts, given.longest)
        took, left = again(running)
    tell("5 accounts a run", figures)
    provider, limit, share, most = allowance(figures, given.limits)
    print(f"  {provider}: {share:.1%} of {limit} a minute once warm; most in any sliding 60 s: {most}")
    print(f"  again, all fresh: {left} calls, {1000 * took / given.accounts:.1f} ms an account")


def one_each(folder: Path, given: argparse.Namespace) -> None:
    """The reference."""
    with team(folder, limits=given.limits, accounts_a_run=1, latency=given.latency) as running:
        tell("1 account a run", batch(running, given.reference, given.longest))


def ceiling(folder: Path, given: argparse.Namespace) -> None:
    """Without limits."""
    with team(folder, limits=NO_LIMITS, accounts_a_run=20, latency=0.0) as running:
        tell("no limits, 20 a run", batch(running, given.accounts, given.longest))


PARTS = {"batch": limited, "reference": one_each, "ceiling": ceiling}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", default=list(PARTS), metavar="PART", help=f"{', '.join(PARTS)} (all)")
    parser.add_argument("--accounts", type=int, default=200, help="of the batch (default 200)")
    parser.add_argument("--reference", type=int, default=20, help="accounts of the reference (default 20)")
    parser.add_argument("--limits", type=float, default=10, help="times the providers' limits (default 10)")
    parser.add_argument("--latency", type=float, default=0.0, help="of the sandbox, times realistic (default 0)")
    parser.add_argument("--longest", type=float, default=3600, help="seconds after which a batch is given up")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        for name in given.parts:
            PARTS[name](Path(temporary) / name, given)


if __name__ == "__main__":
    main()
