"""One batch on two machines, through all that can go wrong with machines: one is lost, broker and database restart.

Judged by the store, the ledger and the log of one sandbox, which sees the requests of both. With more runs, and each
trouble by itself: `benchmarks/hosts.py`.
Not for: what a killed process leaves behind (orchestration/test_kills.py), or limits in full size (governor/).
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from partnerforge_dagster_tests.cli.running import wait_until
from partnerforge_dagster_tests.hosts.cluster import Cluster, cluster
from partnerforge_dagster_tests.hosts.network import missing

RUNS = 8
LONGEST_S = 900
"""Two minutes on an idle machine of two cores."""
PROGRESS = 10
"""Results between two troubles."""


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Cluster]:
    """Two hosts with a worker each, of two runs at once."""
    reason = missing()
    if reason is not None:
        pytest.skip(reason)
    with cluster(tmp_path) as running:
        yield running


@pytest.mark.slow
@pytest.mark.timeout(LONGEST_S + 300)
def test_a_batch_on_two_machines_ends_complete_whatever_is_lost(machines: Cluster) -> None:
    """Both work; the broker is killed, PostgreSQL is, then a whole machine: all is complete, nothing is bought twice,
    and no provider sees more than it allows from both together."""
    first, second = machines.workers

    def further() -> None:
        before = machines.stored()
        wait_until(lambda: machines.stored() >= before + PROGRESS, LONGEST_S / 3)
        assert not machines.complete()

    machines.ask(RUNS)
    wait_until(lambda: all(machines.running_on(host) for host in (first, second)), LONGEST_S / 3)
    further()
    machines.restart_broker()
    further()
    machines.restart_database()
    further()
    wait_until(lambda: machines.running_on(first) > 0, LONGEST_S / 3)
    assert machines.lose(first) > 2
    wait_until(machines.complete, LONGEST_S)
    assert machines.taken_by(first) > 0
    assert machines.taken_by(second) > RUNS / 2 - 1
    assert machines.offences() == []
    assert {name: limits for name, limits in machines.limits().items() if not limits.kept} == {}
