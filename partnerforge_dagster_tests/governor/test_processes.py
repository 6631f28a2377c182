"""A process that dies in mid-call, and the next one that finds what it left behind.

Not for: the limits that living processes keep (test_figures.py).
"""

import os
import signal
import time

from sqlalchemy import Engine

from partnerforge_dagster.store.calls import Calls
from partnerforge_dagster_tests.governor.fakes import FastClock, logging_server
from partnerforge_dagster_tests.governor.processes import SPEED, Job, start, together


def job(store_url: str, urls: list[str], clock: FastClock, **limits: object) -> Job:
    """Ask for all URLs together."""
    return Job(store_url, tuple(urls), clock, limits)


def test_a_killed_call_is_found_counted_and_asked_again(store_url: str, engine: Engine) -> None:
    """A process killed in mid-call leaves no lock: the next one asks again, and the lost call's charge is unknown."""
    clock = FastClock(SPEED)
    with logging_server(latency_s=0.5) as server:
        limits = {"at_once": 1, "timeout_s": 5}
        doomed = start(job(store_url, [f"{server.url}/a"], clock, **limits))
        while not (intended := Calls(engine).rows(status="intended")):
            time.sleep(0.02)
        os.kill(doomed.pid or 0, signal.SIGKILL)
        doomed.join()
        together(1, lambda _: job(store_url, [f"{server.url}/a"], clock, **limits))
    lost, found = Calls(engine).rows()
    assert (lost["id"], lost["status"], lost["credits"]) == (intended[0]["id"], "charge_unknown", 1)
    assert (found["status"], found["cached"]) == ("ok", False)
    assert sum(spend.credits for spend in Calls(engine).spend(provider="fake")) == 2
