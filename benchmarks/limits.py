"""Whether limits hold over processes, and how much of what they allow is used, by the log of a local server.

4 processes of 8 workers ask for 95 s at 120 a minute and 5 at once, on SQLite and on a real PostgreSQL where its
programs are found. The allowance is what a sliding minute lets through: 120 for each minute that has begun; with
--batch, whose calls are spread evenly, 120 for each minute that has passed.
"""

import argparse
import math
from concurrent.futures import ThreadPoolExecutor

from benchmarks.governor import engines
from partnerforge_dagster_tests.governor.fakes import FastClock, LoggingServer, logging_server
from partnerforge_dagster_tests.governor.processes import Job, together

PROCESSES, WORKERS, PER_MINUTE, AT_ONCE = 4, 8, 120, 5


def ask(store_url: str, seconds: float, speed: float, *, interactive: bool) -> LoggingServer:
    """The server, when everybody is done."""
    clock = FastClock(speed)
    limits: dict[str, object] = {"per_minute": PER_MINUTE, "at_once": AT_ONCE, "timeout_s": 30}
    with logging_server(latency_s=0.3 / speed) as server:

        def job(number: int) -> Job:
            urls = (f"{server.url}/{number}",)
            return Job(store_url, urls, clock, limits, workers=WORKERS, seconds=seconds, interactive=interactive)

        together(PROCESSES, job)
    return server


def main() -> None:
    """Measure both databases together, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=95, help="on the processes' clock (default 95)")
    parser.add_argument("--speed", type=float, default=1, help="of that clock (default 1: real time)")
    parser.add_argument("--batch", action="store_true", help="batch work instead of interactive work")
    given = parser.parse_args()
    minutes = given.seconds / 60 if given.batch else math.ceil(given.seconds / 60)
    print(f"{PROCESSES} processes x {WORKERS} workers, {PER_MINUTE} a minute, {AT_ONCE} at once, {given.seconds:g} s\n")
    with engines() as stores, ThreadPoolExecutor() as pool:
        urls = [engine.url.render_as_string(hide_password=False) for engine in stores.values()]
        asked = [pool.submit(ask, url, given.seconds, given.speed, interactive=not given.batch) for url in urls]
        for name, server in zip(stores, [done.result() for done in asked], strict=True):
            share = len(server.log) / (PER_MINUTE * minutes)
            print(
                f"{name:<11} {len(server.log)} calls; highest in any sliding 60 s {server.most_in(60 / given.speed)}, "
                f"highest at once {server.most_at_once()}; {share:.1%} of the allowance"
            )


if __name__ == "__main__":
    main()
