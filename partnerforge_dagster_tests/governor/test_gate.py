"""The small transactions around a request on a clock of our own: hanging up, withdrawing, tidying, renewing a claim.

Not for: what they promise together (test_simulation_limits.py, test_cancelled.py).
"""

from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine, select

from partnerforge_dagster.governor import ledger, limiter
from partnerforge_dagster.governor.cache import StoredAnswer
from partnerforge_dagster.governor.context import CallContext
from partnerforge_dagster.governor.gate import Gate, Outcome
from partnerforge_dagster.governor.leases import HUNG_UP_S, SWEEP, WINDOW_S, Lease
from partnerforge_dagster.governor.ledger import Call
from partnerforge_dagster.governor.limiter import INTERACTIVE_GRACE_S, LEASE_GRACE_S, LONGEST_POLL_S, POLL_S, Wait
from partnerforge_dagster.governor.policy import Open, ProviderPolicy, Send
from partnerforge_dagster.governor.questions import Questions
from partnerforge_dagster.models.failures import Unreachable
from partnerforge_dagster.store.calls import CHARGE_UNKNOWN, Calls
from partnerforge_dagster.store.database import open_engine
from partnerforge_dagster.store.tables import answers, leases
from partnerforge_dagster.store.transaction import begin
from partnerforge_dagster_tests import postgres
from partnerforge_dagster_tests.governor import virtual
from partnerforge_dagster_tests.governor.fakes import HOST, Provider, ask, classify, settings

TIMEOUT_S = 30


def admitted(gate: Gate, clock: virtual.VirtualClock) -> tuple[Call, Lease]:
    """A call that left."""
    call = virtual.question(clock, "fake")
    lease = gate.admit(call, "host")
    assert isinstance(lease, Lease)
    return call, lease


def waits(gate: Gate, clock: virtual.VirtualClock) -> bool:
    """Whether another call would have to; it is withdrawn when it would not."""
    call = virtual.question(clock, "fake")
    answer = gate.admit(call, "host")
    if isinstance(answer, Lease):
        gate.withdraw(call, answer)
    return not isinstance(answer, Lease)


def status(engine: Engine, call: Call) -> str:
    """The ledger's."""
    return next(row["status"] for row in Calls(engine).rows() if row["id"] == call.id)


@pytest.mark.slow
def test_a_call_that_left_is_known_to_a_database_server_that_is_killed(postgres_programs: Path) -> None:
    """It is in the ledger before it leaves, whatever dies: nobody would know of a bill that may come."""
    with postgres.server(postgres_programs) as server:
        engine = open_engine(server.store())
        clock = virtual.VirtualClock()
        gate = virtual.gate(engine, clock, "fake", at_once=9)
        known = []
        for _ in range(5):
            clock.advance(1)
            call, _lease = admitted(gate, clock)
            server.restart()
            engine.dispose()
            known.append(status(engine, call))
        engine.dispose()
    assert known == [ledger.INTENDED] * 5


def test_hanging_up_frees_this_slot_a_moment_later_and_no_other(engine: Engine) -> None:
    """The neighbour's request is under way until its own timeout."""
    clock = virtual.VirtualClock()
    gate = virtual.gate(engine, clock, "fake", at_once=2, timeout_s=TIMEOUT_S)
    call, lease = admitted(gate, clock)
    clock.advance(1)
    admitted(gate, clock)
    clock.advance(1)
    gate.abandon(call, lease)
    assert waits(gate, clock)
    clock.advance(HUNG_UP_S + 0.2)
    admitted(gate, clock)
    clock.advance(1)
    assert waits(gate, clock)


def test_hanging_up_late_does_not_lengthen_a_lease(engine: Engine) -> None:
    """One that runs out in a moment runs out then."""
    clock = virtual.VirtualClock()
    gate = virtual.gate(engine, clock, "fake", at_once=1, timeout_s=TIMEOUT_S)
    call, lease = admitted(gate, clock)
    clock.advance(TIMEOUT_S + limiter.LEASE_GRACE_S - HUNG_UP_S / 2)
    gate.abandon(call, lease)
    clock.advance(HUNG_UP_S / 2 + 0.01)
    assert not waits(gate, clock)


def test_a_withdrawn_call_owes_nothing_in_the_month_it_was_asked(engine: Engine) -> None:
    """Its slot is free at once, and what it was charged is given back."""
    clock = virtual.VirtualClock()
    gate = virtual.gate(engine, clock, "fake", at_once=1, credits_a_month=1)
    call, lease = admitted(gate, clock)
    gate.withdraw(call, lease)
    row = Calls(engine).rows()[0]
    assert (row["status"], row["credits"], row["tries"]) == ("cancelled", 0, 0)
    clock.advance(1)
    admitted(gate, clock)


def test_a_dead_senders_call_is_found_by_the_next_one(engine: Engine) -> None:
    """Not before its request must have ended, and also when the clock was set back an hour meanwhile."""
    for back_s in (0.0, 3600.0):
        clock = virtual.VirtualClock()
        name = next(virtual.names)
        gate = virtual.gate(engine, clock, name, timeout_s=TIMEOUT_S)
        lost = virtual.question(clock, name)
        assert isinstance(gate.admit(lost, "host"), Lease)
        clock.jump(-back_s)
        clock.advance(1)
        gate.admit(virtual.question(clock, name), "host")
        assert status(engine, lost) == ledger.INTENDED
        clock.advance(TIMEOUT_S + limiter.LEASE_GRACE_S + 1)
        assert isinstance(gate.admit(virtual.question(clock, name), "host"), Lease)
        assert status(engine, lost) == CHARGE_UNKNOWN


def test_old_leases_are_swept(engine: Engine) -> None:
    """The table holds what the last minute needs and little more, however long the provider is asked."""
    clock = virtual.VirtualClock()
    gate = virtual.gate(engine, clock, "fake", per_minute=60)
    for _ in range(4 * SWEEP):
        gate.settle(*admitted(gate, clock), Outcome())
        clock.advance(1.1)
    with engine.connect() as connection:
        kept = connection.execute(select(leases.c.id)).all()
    assert WINDOW_S / 1.1 - 1 < len(kept) <= WINDOW_S / 1.1 + SWEEP + 2


def test_a_renewed_claim_stands_for_its_providers_time(engine: Engine) -> None:
    """`claim_s` of the settings counts at every renewal, not the usual 30 s."""
    clock = virtual.VirtualClock()
    questions = Questions(engine, clock, fresh_s=3600, claim_s=5)
    mine, other = virtual.question(clock, "fake"), virtual.question(clock, "fake")
    assert virtual.entered(engine, questions, "key", mine) is True
    clock.advance(4)
    questions.renew("key", mine)
    clock.advance(4)
    assert virtual.entered(engine, questions, "key", other) is False
    clock.advance(2)
    assert virtual.entered(engine, questions, "key", other) is True


def test_an_answer_is_kept_as_of_the_shared_clock(engine: Engine) -> None:
    """Not of this machine's."""
    clock = virtual.VirtualClock()
    gate = virtual.gate(engine, clock, "fake")
    call, lease = admitted(gate, clock)
    left_at = clock.shared
    clock.advance(3)
    kept = gate.settle_with(
        call, lease, StoredAnswer(200, (), b"{}", fetched_at=virtual.NOON.replace(year=2000)), "key", ""
    )
    assert kept.fetched_at == clock.shared
    with begin(engine) as transaction:
        assert limiter.lock(transaction, "fake").last_at == left_at


def test_an_answer_is_kept_without_what_nobody_may_see(engine: Engine) -> None:
    """The provider's policy cleans the body for the account; the asker gets what is kept."""
    clock = virtual.VirtualClock()

    def clean(body: bytes, account: str | None) -> bytes:
        return body.replace(b"Jane Roe", str(account).encode())

    policy = ProviderPolicy(name="fake", settings=settings(), classify=classify, clean=clean)
    gate, who = Gate(policy, engine, clock), CallContext(account="costco.com")
    call = Call("fake", "/a", who, cost=1, monotonic=clock.monotonic)
    lease = gate.admit(call, "host")
    assert isinstance(lease, Lease)
    told = gate.settle_with(call, lease, StoredAnswer(200, (), b"CEO: Jane Roe", clock.shared), "key", "https://host/a")
    with begin(engine) as transaction:
        kept = virtual.see(transaction, "key").answer
    assert kept == told
    assert told.body == b"CEO: costco.com"


def test_an_answer_is_kept_under_the_address_that_was_asked(engine: Engine) -> None:
    """Without what the authorizer added."""

    class Keyed(Open):
        async def sign(self, request: httpx.Request, send: Send) -> httpx.Request:  # noqa: ARG002
            return httpx.Request("GET", request.url.copy_set_param("key", "s3cret"))

    ask(engine, Provider(), authorizer=Keyed())
    with engine.connect() as connection:
        assert connection.execute(select(answers.c.url)).scalar_one() == f"{HOST}/a"


def test_batch_work_of_all_processes_stays_back_for_interactive_work_that_waits(engine: Engine) -> None:
    """Until a little after the moment when that will look again; when it does not, the batch goes on."""
    clock = virtual.VirtualClock()
    here, elsewhere = (virtual.gate(engine, clock, "fake", per_minute=60, at_once=1) for _ in range(2))
    under_way = admitted(here, clock)
    clock.advance(2)
    wait = here.admit(virtual.question(clock, "fake"), "host")
    assert isinstance(wait, Wait)
    here.settle(*under_way, Outcome())
    stays_back = elsewhere.admit(virtual.question(clock, "fake", interactive=False), "host")
    assert isinstance(stays_back, Wait), "there is a slot, and it is not for the batch"
    assert stays_back.seconds == pytest.approx(wait.seconds + INTERACTIVE_GRACE_S)
    clock.advance(stays_back.seconds)
    assert isinstance(elsewhere.admit(virtual.question(clock, "fake", interactive=False), "host"), Lease)


def test_batch_work_does_not_stay_back_for_a_full_host(engine: Engine) -> None:
    """Interactive work that waits for one host leaves the provider to the others."""
    clock = virtual.VirtualClock()
    gate = virtual.gate(engine, clock, "fake", per_host=1)
    admitted(gate, clock)
    clock.advance(2)
    assert gate.admit(virtual.question(clock, "fake"), "host") == Wait(POLL_S, host_full=True)
    assert isinstance(gate.admit(virtual.question(clock, "fake", interactive=False), "other"), Lease)


def test_batch_work_stays_back_no_longer_after_the_clock_was_set_back(engine: Engine) -> None:
    """It waits what anybody may wait for interactive work, and not the hour."""
    clock = virtual.VirtualClock()
    gate = virtual.gate(engine, clock, "fake", at_once=1)
    under_way = admitted(gate, clock)
    clock.advance(2)
    assert isinstance(gate.admit(virtual.question(clock, "fake"), "host"), Wait)
    gate.settle(*under_way, Outcome())
    clock.jump(-3600)
    stays_back = gate.admit(virtual.question(clock, "fake", interactive=False), "host")
    assert isinstance(stays_back, Wait)
    assert 0 < stays_back.seconds <= LONGEST_POLL_S
    clock.advance(LONGEST_POLL_S + INTERACTIVE_GRACE_S)
    assert isinstance(gate.admit(virtual.question(clock, "fake", interactive=False), "host"), Lease)


def test_the_ledger_says_why_a_call_failed(engine: Engine) -> None:
    """In the failure's own words, and nothing when it did not."""
    clock = virtual.VirtualClock()
    gate = virtual.gate(engine, clock, "fake")
    failed = admitted(gate, clock)
    gate.settle(*failed, Outcome(Unreachable("fake", "HTTP 503")))
    clock.advance(1)
    good = admitted(gate, clock)
    gate.settle(*good, Outcome())
    assert [(row["status"], row["detail"]) for row in Calls(engine).rows()] == [
        ("unreachable", "fake: HTTP 503"),
        ("ok", None),
    ]


def test_a_full_minute_is_looked_at_again_when_its_oldest_request_leaves_it(engine: Engine) -> None:
    """And while none has ended, as often as for a slot."""
    clock = virtual.VirtualClock()
    gate = virtual.gate(engine, clock, "fake", per_minute=2, at_once=9)
    under_way = [admitted(gate, clock)]
    clock.advance(1)
    under_way.append(admitted(gate, clock))
    clock.advance(1)
    assert gate.admit(virtual.question(clock, "fake"), "host") == Wait(POLL_S)
    for call, lease in under_way:
        gate.settle(call, lease, Outcome())
        clock.advance(1)
    clock.advance(WINDOW_S - 2 - 0.3)
    wait = gate.admit(virtual.question(clock, "fake"), "host")
    assert isinstance(wait, Wait)
    assert wait.seconds == pytest.approx(0.3)
    clock.advance(0.3)
    admitted(gate, clock)


def test_a_call_under_way_is_not_lost_with_one_whose_process_died(engine: Engine) -> None:
    """Only what must have ended is given up."""
    clock = virtual.VirtualClock()
    gate = virtual.gate(engine, clock, "fake", at_once=9, timeout_s=TIMEOUT_S)
    dead, _ = admitted(gate, clock)
    clock.advance(TIMEOUT_S)
    living, lease = admitted(gate, clock)
    clock.advance(TIMEOUT_S + LEASE_GRACE_S - 1)
    admitted(gate, clock)
    assert (status(engine, dead), status(engine, living)) == (CHARGE_UNKNOWN, ledger.INTENDED)
    gate.settle(living, lease, Outcome())
    assert status(engine, living) == ledger.OK
