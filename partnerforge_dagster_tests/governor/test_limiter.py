from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from partnerforge_dagster.governor import leases, limiter
from partnerforge_dagster.governor.breaker import Breaker
from partnerforge_dagster.governor.leases import Lease, Traffic
from partnerforge_dagster.governor.limiter import Limits, ProviderRow, wait_for_turn
from partnerforge_dagster.governor.situation import look
from partnerforge_dagster.store.database import migrate, open_engine
from partnerforge_dagster.store.transaction import begin
from partnerforge_dagster_tests.governor.virtual import NOON, VirtualClock, question

LIMITS = Limits(per_minute=8, at_once=3, per_host=2, timeout_s=20)
QUIET = Traffic(under_way=0, to_host=0, probes=0, in_window=0, frees_in=0.0)


@dataclass
class Request:
    """What the provider may have seen: it arrived at some time from `left` to `ended`."""

    host: str
    left: datetime
    lease: Lease
    ended: datetime = field(default=NOON)


steps = st.lists(
    st.tuples(
        st.floats(0, 15, allow_nan=False),  # seconds that pass
        st.integers(0, 2),  # requests that end
        st.sampled_from(["a.example", "b.example"]),
        st.booleans(),  # interactive
    ),
    min_size=20,
    max_size=60,
)


@pytest.fixture(scope="module")
def sqlite_engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """One store for all examples; each takes a provider of its own."""
    folder: Path = tmp_path_factory.mktemp("limiter")
    engine = open_engine(f"sqlite:///{folder / 'store.db'}")
    migrate(engine)
    return engine


names = map(str, count())


# Shrinking replays the database thousands of times: minutes.
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], phases=[Phase.generate])
@given(steps)
def test_no_sliding_minute_sees_more_than_the_limit(sqlite_engine: Engine, steps: list) -> None:
    """When a request leaves, fewer than the limit of the earlier ones can have arrived less than a minute ago.

    So says a list that is kept beside the limiter, whatever requests take and however many senders die (never end).
    """
    name, clock, requests = next(names), VirtualClock(), []
    for seconds, endings, host, interactive in steps:
        clock.advance(seconds)
        now = clock.shared
        live = [request for request in requests if request.ended > now]
        with begin(sqlite_engine) as transaction:
            limiter.lock(transaction, name)
            for request in live[:endings]:
                leases.end(transaction, request.lease, now)
                request.ended = now
            there = look(transaction, clock, LIMITS, question(clock, name), host)
            row = there.row
            if wait_for_turn(row, there.traffic, LIMITS, now, interactive=interactive) is not None:
                continue
            earlier = [request for request in requests if request.ended > now - timedelta(seconds=60)]
            live = [request for request in requests if request.ended > now]
            assert len(earlier) < LIMITS.per_minute
            assert len(live) < LIMITS.at_once
            assert sum(request.host == host for request in live) < 2
            lease = limiter.give(transaction, row, host, LIMITS, now, clock.monotonic())
            requests.append(Request(host, now, lease, now + timedelta(seconds=LIMITS.lease_s)))
            limiter.save(transaction, row)
    assert requests


def wait(row: ProviderRow, seen: Traffic = QUIET, *, interactive: bool = True) -> float:
    """Seconds to wait at noon; 0 for none."""
    found = wait_for_turn(row, seen, LIMITS, NOON, interactive=interactive)
    return 0.0 if found is None else found.seconds


def ago(seconds: float) -> datetime:
    return NOON - timedelta(seconds=seconds)


def test_an_idle_provider_is_asked_at_once() -> None:
    """Nothing under way, nothing lately: nobody waits."""
    assert wait(ProviderRow("p", Breaker())) == 0
    assert wait(ProviderRow("p", Breaker()), interactive=False) == 0


def test_batch_work_is_spread_and_interactive_work_may_burst() -> None:
    """A second after a request, interactive work may leave and batch work waits for its share of the minute (7.5 s)."""
    row = ProviderRow("p", Breaker(), last_at=ago(1), turn_at=ago(1))
    assert wait(row) == 0
    assert wait(row, interactive=False) > 0
    assert wait(ProviderRow("p", Breaker(), last_at=ago(7.5), turn_at=ago(7.5)), interactive=False) == 0
    assert 0 < wait(ProviderRow("p", Breaker(), last_at=ago(0.04))) <= 0.06 + 1e-9


def test_leaving_late_costs_only_oneself(sqlite_engine: Engine) -> None:
    """Turns are counted from turns; who comes a whole turn late and more has lost the one that nobody took."""
    with begin(sqlite_engine) as transaction:
        row = limiter.lock(transaction, "late")
        for left, turn in ((0.0, 0.0), (8.0, 7.5), (15.2, 15.0), (60.0, 52.5), (60.2, 60.0)):
            limiter.give(transaction, row, "host", LIMITS, NOON + timedelta(seconds=left), left)
            assert row.turn_at == NOON + timedelta(seconds=turn)
            assert row.last_at == NOON + timedelta(seconds=left)


def test_batch_work_stays_back_while_interactive_work_waits() -> None:
    """Only batch work heeds that interactive work is queueing."""
    row = ProviderRow("p", Breaker(), interactive_until=ago(-0.3))
    assert wait(row) == 0
    assert wait(row, interactive=False) == pytest.approx(0.3)


def test_half_open_is_one_at_a_time() -> None:
    """Half-open, a probe under way holds up all others; what began before the breaker opened does not."""
    row = ProviderRow("p", Breaker(open_until=ago(1), open_for_s=60, generation=1))
    assert wait(row, Traffic(under_way=2, to_host=0, probes=0, in_window=2, frees_in=0.0)) == 0
    assert wait(row, Traffic(under_way=2, to_host=0, probes=1, in_window=2, frees_in=0.0)) > 0


@pytest.mark.parametrize("interactive", [True, False])
def test_a_pause_between_requests_is_kept_by_people_too(interactive: bool) -> None:
    """5.5 s, where others of a person leave a tenth of a second apart."""
    limits = Limits(per_minute=60, at_once=1, per_host=None, timeout_s=20, spacing_s=5.5)
    row = ProviderRow("gdelt", Breaker(), last_at=NOON)

    def waits(seconds: float) -> bool:
        now = NOON + timedelta(seconds=seconds)
        return wait_for_turn(row, QUIET, limits, now, interactive=interactive) is not None

    assert [waits(seconds) for seconds in (0, 1, 5.4, 5.6)] == [True, True, True, False]
