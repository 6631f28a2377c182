"""What the governor promises in figures, on real processes, judged by the log of a real server.

Minutes are shortened: processes share a clock that runs SPEED times as fast. PARTNERFORGE_TESTS_FULL=1 takes real
minutes (benchmarks/limits.py prints what it finds). How much is done in a time is judged only then: it is the machine's
doing. Not for: what one process shows (test_transport.py), crashes (test_processes.py).
"""

import os
import signal
import threading
import time
from collections import Counter
from itertools import pairwise

import pytest
from sqlalchemy import Engine

from partnerforge_dagster.governor.leases import WINDOW_S
from partnerforge_dagster.governor.limiter import LEASE_GRACE_S
from partnerforge_dagster.store.calls import Calls
from partnerforge_dagster_tests.governor.fakes import FastClock, LoggingServer, logging_server
from partnerforge_dagster_tests.governor.processes import Job, SteppedClock, joined, start, together

FULL = bool(os.environ.get("PARTNERFORGE_TESTS_FULL"))
SPEED = 1.0 if FULL else 20.0
PER_MINUTE, AT_ONCE, TIMEOUT_S, SECONDS = 120, 5, 20.0, 95.0
LIMITS = {"per_minute": PER_MINUTE, "at_once": AT_ONCE, "timeout_s": TIMEOUT_S}
LEASE_S = TIMEOUT_S + LEASE_GRACE_S
SLACK_S = 5.0
"""Real seconds that a busy machine may take to notice that it may go on."""


def gaps(server: LoggingServer) -> list[tuple[float, float]]:
    """Seconds on the fast clock between one arrival and the next, and when the pause began; the longest first."""
    arrivals = sorted(came for _, came, _ in server.log)
    return sorted((((b - a) * SPEED, a) for a, b in pairwise(arrivals)), reverse=True)


@pytest.mark.slow
def test_limits_hold_and_are_used(store_url: str) -> None:
    """4 processes of 8 workers in 95 s: at most 120 a minute and 5 at once; in real time 95 % of two minutes' worth."""
    clock = FastClock(SPEED)
    with logging_server(latency_s=0.3 / SPEED) as server:
        together(4, lambda n: Job(store_url, (f"{server.url}/{n}",), clock, LIMITS, workers=8, seconds=SECONDS))
        assert server.most_in(60 / SPEED) <= PER_MINUTE
        assert server.most_at_once() <= AT_ONCE
        assert len(server.log) >= (0.95 * 2 * PER_MINUTE if FULL else PER_MINUTE / 2)


@pytest.mark.slow
def test_slots_of_the_dead_come_back(store_url: str) -> None:
    """All 5 slots are with a process that is killed: never over 5, and the others have them after one lease."""
    clock = FastClock(SPEED)
    with logging_server(latency_s=0.01) as server:
        held = threading.Semaphore(0)

        def respond(path: str) -> tuple[int, dict[str, str]]:
            if path.startswith("/held"):
                held.release()
                time.sleep(TIMEOUT_S / SPEED)
            return 200, {}

        server.respond = respond
        holder = start(Job(store_url, tuple(f"{server.url}/held-{n}" for n in range(9)), clock, LIMITS))
        for _ in range(AT_ONCE):
            held.acquire()
        os.kill(holder.pid or 0, signal.SIGKILL)
        killed = time.time()
        together(3, lambda n: Job(store_url, (f"{server.url}/{n}",), clock, LIMITS, workers=8, seconds=2 * LEASE_S))
        holder.join()
        assert server.most_at_once() <= AT_ONCE
        assert server.most_in(60 / SPEED) <= PER_MINUTE
        first = min(came for path, came, _ in server.log if not path.startswith("/held"))
        assert first - killed <= LEASE_S / SPEED + SLACK_S


@pytest.mark.slow
def test_a_dead_provider_is_probed_at_growing_intervals(store_url: str) -> None:
    """4 processes of 8 workers: five failures, then one probe after 60 s, 120 s and 240 s; two successes close it."""
    clock = FastClock(3 * SPEED)
    # A lease so long that a process which a busy machine stops for a moment does not look dead.
    limits = {**LIMITS, "breaker_after": 5, "breaker_open_s": 60, "timeout_s": 300}
    with logging_server(latency_s=0.02) as server:
        back = clock.start + 400 / clock.speed
        server.respond = lambda _: (200 if time.time() >= back else 500, {})
        together(4, lambda n: Job(store_url, (f"{server.url}/{n}",), clock, limits, workers=8, seconds=900))
        arrivals = sorted(came for _, came, _ in server.log)
        spans = [(b - a) * clock.speed for a, b in pairwise(arrivals)]
        pauses = [span for span in spans if span >= 50]
        assert len(pauses) >= 3
        died = spans.index(pauses[0]) + 1
        # From the fifth that came: a straggler of those under way then may come when the breaker is open already.
        assert (arrivals[died] - arrivals[4]) * clock.speed >= 60
        assert all(span >= least for span, least in zip(pauses[1:3], (120, 240), strict=True))
        assert died <= 5 + AT_ONCE - 1, "what was under way when the fifth failed may still have failed"
        assert spans[died : died + 2] == pauses[1:3], "a single probe after each pause"
        assert len(arrivals) > died + 4, "closed again, and asked for more"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("killed", "speed", "timeout_s", "open_s"), [(True, SPEED, TIMEOUT_S, 60.0), (False, 1.0, 1.0, 2.0)]
)
def test_a_lost_prober_is_replaced(store_url: str, killed: bool, speed: float, timeout_s: float, open_s: float) -> None:
    """A prober that is killed, or whose probe is never answered, is replaced; nobody probes beside it."""
    clock = FastClock(speed)
    limits = {**LIMITS, "breaker_after": 1, "breaker_open_s": open_s, "timeout_s": timeout_s}
    with logging_server(latency_s=0.01) as server:
        probing = threading.Event()

        def respond(path: str) -> tuple[int, dict[str, str]]:
            if path == "/lost":
                probing.set()
                time.sleep(1.2 * timeout_s / speed)
            return (500, {}) if path == "/dead" else (200, {})

        server.respond = respond
        together(1, lambda _: Job(store_url, (f"{server.url}/dead",), clock, limits))
        time.sleep((open_s + 0.1) / speed)
        prober = start(Job(store_url, (f"{server.url}/lost",), clock, limits))
        probing.wait()
        if killed:
            os.kill(prober.pid or 0, signal.SIGKILL)
        seconds = LEASE_S + 60 if killed else 12  # a silent probe has failed: open for twice as long
        together(3, lambda n: Job(store_url, (f"{server.url}/{n}",), clock, limits, workers=8, seconds=seconds))
        prober.join()
        came, ended = next(entry[1:] for entry in server.log if entry[0] == "/lost")
        arrivals = [arrived for _, arrived, _ in server.log if arrived > came]
        assert min(arrivals) >= came + 0.95 * timeout_s / speed
        assert sum(arrived > ended for arrived in arrivals) > 2


@pytest.mark.slow
def test_of_a_thousand_callers_one_probes(store_url: str) -> None:
    """Half-open, 1,000 callers in 4 processes: exactly 1 leaves until it is answered."""
    clock = FastClock(speed=1)
    limits = {"per_minute": 60_000, "at_once": 50, "breaker_after": 1, "breaker_open_s": 60}
    with logging_server(latency_s=0) as server:
        arrived: list[str] = []
        probing, answer = threading.Event(), threading.Event()

        def respond(path: str) -> tuple[int, dict[str, str]]:
            arrived.append(path)
            if path != "/dead":
                probing.set()
                answer.wait()
            return (500 if path == "/dead" else 200), {}

        server.respond = respond
        together(1, lambda _: Job(store_url, (f"{server.url}/dead",), clock, limits))
        clock.jump(61)
        urls = [tuple(f"{server.url}/{n}-{i}" for i in range(250)) for n in range(4)]
        callers = [start(Job(store_url, urls[n], clock, limits, seconds=10)) for n in range(4)]
        probing.wait()
        time.sleep(3)
        asked = arrived[1:]
        answer.set()
        joined(callers)
        assert len(asked) == 1
        assert len(arrived) > 4, "closed after two successes"


@pytest.mark.slow
def test_the_same_questions_are_bought_once(store_url: str, engine: Engine) -> None:
    """4 processes of 8 workers ask the same 200 things: 200 paid calls, and 600 rows that say cached."""
    clock = FastClock(speed=1)
    limits = {"per_minute": 60_000, "at_once": 50}
    with logging_server(latency_s=0.02) as server:
        urls = tuple(f"{server.url}/{i}" for i in range(200))
        together(4, lambda n: Job(store_url, urls[n * 10 :] + urls[: n * 10], clock, limits, workers=8))
        assert Counter(path for path, _, _ in server.log) == {f"/{i}": 1 for i in range(200)}
    rows = Calls(engine).rows()
    assert Counter((row["status"], row["cached"]) for row in rows) == {("ok", False): 200, ("ok", True): 600}


@pytest.mark.slow
def test_a_budget_is_exact(store_url: str, engine: Engine) -> None:
    """64 racers in 4 processes and 100 credits: exactly 100 calls."""
    clock = FastClock(speed=1)
    limits = {"per_minute": 60_000, "at_once": 64, "credits_a_month": 100}
    with logging_server(latency_s=0.01) as server:
        urls = [tuple(f"{server.url}/{n}-{i}" for i in range(64)) for n in range(4)]
        together(4, lambda n: Job(store_url, urls[n], clock, limits, workers=16))
        assert len(server.log) == 100
    assert sum(spend.credits for spend in Calls(engine).spend(provider="fake")) == 100


@pytest.mark.slow
def test_retry_after_holds_every_process(store_url: str) -> None:
    """One process is told `Retry-After: 3`: all four stop for 3 s and then go on."""
    clock = FastClock(speed=1)
    limits = {"per_minute": 60_000, "at_once": AT_ONCE}
    with logging_server(latency_s=0.01) as server:
        everybody, told = {f"/{n}" for n in range(4)}, threading.Lock()

        def respond(path: str) -> tuple[int, dict[str, str]]:
            asked = {path.split("-")[0] for path, _, _ in server.log}
            if asked == everybody and told.acquire(blocking=False):
                return 429, {"Retry-After": "3"}
            return 200, {}

        server.respond = respond
        together(4, lambda n: Job(store_url, (f"{server.url}/{n}",), clock, limits, workers=8, seconds=9))
        arrivals = sorted((came, path) for path, came, _ in server.log)
        pause, at = max((b[0] - a[0], number) for number, (a, b) in enumerate(pairwise(arrivals)))
        assert pause >= 2.95
        assert {path.split("-")[0] for _, path in arrivals[: at + 1]} == everybody
        assert {path.split("-")[0] for _, path in arrivals[at + 1 :]} == everybody


@pytest.mark.slow
@pytest.mark.parametrize("jump", [-3600.0, 3600.0])
def test_a_clock_that_is_set_brings_no_flood_and_no_standstill(store_url: str, jump: float) -> None:
    """Set back: the limits hold. Set ahead: one more allowance at that moment.

    From that moment on nobody waits past the horizon, however long he has waited before.
    """
    per_minute, after = 30, 40 / SPEED
    limits = {**LIMITS, "per_minute": per_minute}
    clock = SteppedClock(SPEED, time.time(), after=after, jump=jump)
    with logging_server(latency_s=0.3 / SPEED) as server:
        together(3, lambda n: Job(store_url, (f"{server.url}/{n}",), clock, limits, workers=4, seconds=150))
        moment = clock.start + after
        later = [entry for entry in server.log if entry[1] > moment]
        allowed = per_minute if jump < 0 else 2 * per_minute
        assert server.most_in(60 / SPEED) <= allowed
        assert server.most_at_once() <= (AT_ONCE if jump < 0 else 2 * AT_ONCE)
        assert later, "somebody was answered after the clock was set"
        server.log[:] = later
        assert server.most_in(60 / SPEED) <= per_minute + AT_ONCE * (jump > 0)
        server.log.append(("the clock is set", moment, moment))
        assert gaps(server)[0][0] <= LEASE_S + WINDOW_S + SLACK_S * SPEED
